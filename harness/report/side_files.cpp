#include "harness/report/side_files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <unordered_map>

#include "harness/results/run_folder.hpp"
#include "kernels/base/csv.hpp"
#include "kernels/base/parse_number.hpp"

namespace chipfit::report {
namespace {

/// Records of a CSV file by column name. A torn last line is left out.
class NamedRecords {
 public:
  NamedRecords(const std::filesystem::path& path, std::string_view text) : reader_(path.string(), text) {}

  Result<void> read_header(const std::vector<std::string>& wanted) {
    auto more = reader_.next(record_);
    if (!more) return pass_on(more.error());
    for (const auto& name : wanted) {
      const auto at = std::ranges::find(record_.fields, name);
      if (!*more || at == record_.fields.end()) {
        return fail(Error::Kind::bad_data, fmt::format("the header has no column '{}'", name),
                    reader_.where(record_, 0), "its columns are in docs/result-columns.md");
      }
      columns_.push_back(static_cast<std::size_t>(at - record_.fields.begin()));
    }
    width_ = record_.fields.size();
    return {};
  }
  Result<bool> next() {
    auto more = reader_.next(record_);
    if (!more || !*more) return more;
    if (record_.fields.size() != width_) {
      return fail(Error::Kind::bad_data, fmt::format("{} fields, but the header has {}", record_.fields.size(), width_),
                  reader_.where(record_, 0));
    }
    return true;
  }
  const std::string& text(std::size_t wanted) const { return record_.fields[columns_[wanted]]; }
  double real(std::size_t wanted) const {
    constexpr double nan = std::numeric_limits<double>::quiet_NaN();
    const double value = parse_number<double>(text(wanted)).value_or(nan);
    return std::isfinite(value) ? value : nan;
  }

 private:
  csv::Reader reader_;
  csv::Record record_;
  std::vector<std::size_t> columns_;
  std::size_t width_ = 0;
};

Result<std::string> text_of(const std::filesystem::path& path) {
  auto text = results::read_whole(path);
  if (!text && text.error().kind == Error::Kind::missing) return std::string();
  if (text && !text->ends_with('\n')) text->resize(text->rfind('\n') + 1);  // npos + 1 is 0
  return text;
}

}  // namespace

double quantile(const std::vector<double>& ascending, double p) {
  const double at = p * static_cast<double>(ascending.size() - 1);
  const auto low = static_cast<std::size_t>(at);
  const auto high = std::min(low + 1, ascending.size() - 1);
  return ascending[low] + (at - static_cast<double>(low)) * (ascending[high] - ascending[low]);
}

Result<void> load_spreads(const std::filesystem::path& samples, const Source& source, Evidence& evidence) {
  const auto text = text_of(samples);
  if (!text) return pass_on(text.error());
  if (text->empty()) return {};
  std::unordered_map<std::string, std::size_t> row_of;
  for (std::size_t i = source.first_row; i < source.first_row + source.rows; ++i) {
    row_of.emplace(results::key(evidence.rows[i]), i);
  }
  NamedRecords records(samples, *text);
  if (auto header = records.read_header({"case_id", "backend", "device_uid", "launch", "time_s"}); !header)
    return header;
  std::map<std::size_t, std::vector<double>> times;
  for (;;) {
    const auto more = records.next();
    if (!more) return pass_on(more.error());
    if (!*more) break;
    const auto row =
        row_of.find(fmt::format("{}\t{}\t{}\t{}", records.text(0), records.text(1), records.text(2), records.text(3)));
    if (const double time = records.real(4); row != row_of.end() && time > 0) times[row->second].push_back(time);
  }
  for (auto& [row, list] : times) {
    std::ranges::sort(list);
    Spread spread{row, {}, list.size()};
    constexpr std::array<double, 7> shares{0, 0.05, 0.25, 0.5, 0.75, 0.95, 1};
    for (std::size_t i = 0; i < shares.size(); ++i) spread.quantiles_s[i] = quantile(list, shares[i]);
    evidence.spreads.push_back(spread);
  }
  return {};
}

Result<void> load_tracks(const std::filesystem::path& telemetry, Evidence& evidence) {
  const auto text = text_of(telemetry);
  if (!text) return pass_on(text.error());
  if (text->empty()) return {};
  NamedRecords records(telemetry, *text);
  if (auto header =
          records.read_header({"run_id", "device_uid", "t_s", "power_w", "temp_c", "clock_hz", "throttle_reasons"});
      !header)
    return header;
  std::map<std::pair<std::string, std::string>, Track> tracks;
  for (;;) {
    const auto more = records.next();
    if (!more) return pass_on(more.error());
    if (!*more) break;
    Track& track = tracks[{records.text(0), records.text(1)}];
    track.run_id = records.text(0);
    track.device_uid = records.text(1);
    track.t_s.push_back(records.real(2));
    track.power_w.push_back(records.real(3));
    track.temp_c.push_back(records.real(4));
    track.clock_hz.push_back(records.real(5));
    track.throttle_reasons.push_back(records.text(6));
  }
  for (auto& [name, track] : tracks) evidence.tracks.push_back(std::move(track));
  return {};
}

}  // namespace chipfit::report
