#include "harness/judge/device_watch.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "harness/results/columns.hpp"
#include "harness/telemetry/energy.hpp"
#include "harness/wire/text.hpp"
#include "kernels/base/csv.hpp"

namespace chipfit::judge {
namespace {

std::string cell(const std::optional<double>& value) {
  return value ? fmt::format("{}", *value) : "";
}

}  // namespace

Result<telemetry::Source> telemetry_source(const chipfit_device_info& device) {
  if (device.kind == CHIPFIT_CPU) {
    auto rapl = telemetry::Rapl::open();
    if (!rapl) return pass_on(rapl.error());
    return telemetry::cpu_source(std::move(*rapl));
  }
  const std::string uuid(wire::field_text(device.serial));
  if (device.kind != CHIPFIT_GPU || !uuid.starts_with("GPU-"))
    return fail(Error::Kind::unavailable, "no source of power and temperature is known for this device");
  auto nvml = telemetry::Nvml::open();
  if (!nvml) return pass_on(nvml.error());
  return telemetry::gpu_source(std::make_shared<telemetry::Nvml>(std::move(*nvml)), uuid);
}

Result<void> TelemetryFile::append(std::string_view lines) {
  if (!file_) {
    auto file = results::AppendFile::open(folder_ / "telemetry.csv", std::string(results::telemetry_header));
    if (!file) return pass_on(file.error());
    file_.emplace(std::move(*file));
  }
  return file_->append(lines);
}

DeviceWatch::DeviceWatch(telemetry::Source source, std::string run_id, std::string device_uid, TelemetryFile& file,
                         Clock::time_point run_began)
    : run_id_(std::move(run_id)),
      device_uid_(std::move(device_uid)),
      energy_source_(source.name),
      energy_grade_(source.grade),
      run_began_(run_began),
      file_(file),
      sampler_(
          std::move(source.read),
          [run_began] { return std::chrono::duration<double>(Clock::now() - run_began).count(); }, period_s) {}

void set_sustained_columns(results::Row& row, std::span<const telemetry::Sample> samples,
                           DeviceWatch::Clock::time_point run_began, const SustainedWork& work,
                           const std::string& energy_source, const std::string& energy_grade) {
  const auto since_began = [&](auto t) { return std::chrono::duration<double>(t - run_began).count(); };
  std::vector<telemetry::CounterReading> counter;
  double clock_sum_hz = 0;
  int clocks = 0;
  for (const telemetry::Sample& sample : samples) {
    if (sample.t_s < since_began(work.begin) || sample.t_s > since_began(work.end)) continue;
    if (sample.energy_j) counter.push_back({sample.t_s, *sample.energy_j});
    if (sample.clock_hz) clock_sum_hz += *sample.clock_hz, ++clocks;
  }
  if (clocks > 0) row.set(results::Column::clock_mean_hz, clock_sum_hz / clocks);
  const telemetry::MeanPower power = telemetry::mean_power(counter, {});
  if (power.state != telemetry::MeanPower::State::ok) return;
  row.set(results::Column::power_mean_w, power.power_w);
  row.set(results::Column::energy_j, power.power_w * work.time_s);
  row.set(results::Column::energy_source, energy_source);
  row.set(results::Column::energy_grade, energy_grade);
}

Result<void> DeviceWatch::record(results::Row& row, const std::optional<SustainedWork>& sustained) {
  std::vector<telemetry::Sample> samples = sampler_.take();
  if (samples.empty()) return {};
  telemetry::derive_power(last_, samples);
  last_ = samples.back();
  const std::string head = csv::line({run_id_, device_uid_});
  std::string lines;
  std::optional<double> hottest_c;
  for (const telemetry::Sample& sample : samples) {
    lines += fmt::format("{},{:.4f},{},{},{},{}\n", head, sample.t_s, cell(sample.power_w), cell(sample.temp_c),
                         cell(sample.clock_hz),
                         sample.throttle_reasons ? telemetry::throttle_text(*sample.throttle_reasons) : "");
    if (sample.temp_c) hottest_c = std::max(hottest_c.value_or(*sample.temp_c), *sample.temp_c);
  }
  if (sustained) set_sustained_columns(row, samples, run_began_, *sustained, energy_source_, energy_grade_);
  if (hottest_c) row.set(results::Column::temp_max_c, *hottest_c);
  return file_.append(lines);
}

}  // namespace chipfit::judge
