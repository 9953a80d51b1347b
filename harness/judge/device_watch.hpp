#pragma once
#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "backends/plugin/chipfit_plugin.h"
#include "harness/results/row.hpp"
#include "harness/results/run_folder.hpp"
#include "harness/telemetry/sources.hpp"
#include "kernels/base/result.hpp"

namespace chipfit::judge {

/// Where this device tells its power and temperature: NVML for a GPU that its backend names as NVML does, RAPL for
/// CPUs. Error (unavailable, io): the reason why it does not.
Result<telemetry::Source> telemetry_source(const chipfit_device_info&);

/// Work that went on without a pause, on the clock of DeviceWatch.
struct SustainedWork {
  std::chrono::steady_clock::time_point begin, end;
  double time_s = 0;  ///< of one problem: end − begin over their number
};

/// telemetry.csv of a run: made with the first reading, no file where nothing is told.
class TelemetryFile {
 public:
  explicit TelemetryFile(std::filesystem::path folder) : folder_(std::move(folder)) {}
  Result<void> append(std::string_view lines);  ///< error: io

 private:
  std::filesystem::path folder_;
  std::optional<results::AppendFile> file_;
};

/// Reads a device every 50 ms while a run goes on and keeps the readings in the run's telemetry.csv.
class DeviceWatch {
 public:
  using Clock = std::chrono::steady_clock;
  static constexpr double period_s = 0.05;

  /// `run_began` is the zero of the column t_s.
  DeviceWatch(telemetry::Source, std::string run_id, std::string device_uid, TelemetryFile&,
              Clock::time_point run_began);

  /// Appends what was read since the last call, and sets the row's columns that follow from it: temp_max_c, and after
  /// sustained work its mean clock and, where windows of 10 s fit into it, mean power and the energy of one problem.
  /// Error: io.
  Result<void> record(results::Row&, const std::optional<SustainedWork>&);

 private:
  std::string run_id_, device_uid_, energy_source_, energy_grade_;
  Clock::time_point run_began_;
  TelemetryFile& file_;
  std::optional<telemetry::Sample> last_;
  telemetry::Sampler sampler_;
};

/// What readings during sustained work say: clock_mean_hz, and power_mean_w, energy_j with source and grade where the
/// work was long enough (telemetry::mean_power). `run_began`: the zero of the samples' times.
void set_sustained_columns(results::Row&, std::span<const telemetry::Sample>, DeviceWatch::Clock::time_point run_began,
                           const SustainedWork&, const std::string& energy_source, const std::string& energy_grade);

}  // namespace chipfit::judge
