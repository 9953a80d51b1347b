#include "harness/judge/device_peaks.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "harness/results/run_folder.hpp"
#include "kernels/base/csv.hpp"
#include "kernels/base/parse_number.hpp"

namespace chipfit::judge {

namespace {

const std::vector<std::string>& header() {
  static const std::vector<std::string> fields{"device_uid", "chip",   "quantity", "input", "accumulator",
                                               "math",       "method", "value",    "unit"};
  return fields;
}

}  // namespace

Result<std::vector<DevicePeak>> read_device_peaks(const std::filesystem::path& file) {
  const std::string hint = "chipfit-cuda-peak > FILE makes such a file";
  const auto text = results::read_whole(file);
  if (!text) return pass_on(text.error());
  csv::Reader reader(file.string(), *text);
  csv::Record record;
  std::vector<DevicePeak> peaks;
  for (bool is_header = true;; is_header = false) {
    const auto more = reader.next(record);
    if (!more) return pass_on(more.error());
    if (!*more) {
      if (is_header) return fail(Error::Kind::bad_data, "the file of measured peaks is empty", file.string(), hint);
      return peaks;
    }
    if (is_header) {
      if (record.fields != header())
        return fail(Error::Kind::bad_data, "this is not what chipfit-cuda-peak prints", reader.where(record, 0), hint);
      continue;
    }
    if (record.fields.size() != header().size())
      return fail(Error::Kind::bad_data, fmt::format("{} fields were expected", header().size()),
                  reader.where(record, 0), hint);
    const std::string& number = record.fields[7];
    DevicePeak peak{
        record.fields[0], record.fields[2], record.fields[3], record.fields[4], record.fields[5], record.fields[6], 0};
    peak.value = parse_number<double>(number).value_or(0);
    if (!(peak.value > 0))
      return fail(Error::Kind::bad_data, fmt::format("'{}' is no rate", number), reader.where(record, 7), hint);
    peaks.push_back(std::move(peak));
  }
}

double measured_peak(std::span<const DevicePeak> peaks, const std::string& device_uid, const Problem& problem) {
  const DtypeCombo& types = dtypes(problem);
  double best = 0;
  for (const DevicePeak& peak : peaks)
    if (peak.quantity == "peak" && peak.device_uid == device_uid && peak.input == info(types.a).name &&
        peak.accumulator == info(types.acc).name && peak.math == name(math(problem)))
      best = std::max(best, peak.value);
  return best;
}

results::ManifestPeak for_manifest(const DevicePeak& peak) {
  if (peak.quantity == "memory") return {peak.device_uid, "memory", "empirical", peak.method, peak.value, "byte/s", 0};
  const std::string what = peak.math == "strict" ? peak.input : peak.input + ":" + peak.math;
  return {peak.device_uid, what, "empirical", peak.method, peak.value, "FLOP/s", 0};
}

}  // namespace chipfit::judge
