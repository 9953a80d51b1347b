#pragma once
#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
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

/// Reads a device every 50 ms while a run goes on and keeps the readings in the run's telemetry.csv.
class DeviceWatch {
 public:
  using Clock = std::chrono::steady_clock;
  static constexpr double period_s = 0.05;

  /// `run_began` is the zero of the column t_s.
  DeviceWatch(telemetry::Source, std::string run_id, std::string device_uid, std::filesystem::path folder,
              Clock::time_point run_began);

  /// Appends what was read since the last call, and sets the row's columns that follow from it alone: temp_max_c.
  /// Power is not one of them: a case is too short for its counter (statistics need windows of 10 s). Error: io.
  Result<void> record(results::Row&);

 private:
  std::string run_id_, device_uid_;
  std::filesystem::path folder_;
  std::optional<results::AppendFile> file_;  ///< made with the first reading: no file where nothing is told
  std::optional<telemetry::Sample> last_;
  telemetry::Sampler sampler_;
};

}  // namespace chipfit::judge
