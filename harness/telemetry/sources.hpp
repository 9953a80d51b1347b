#pragma once
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "harness/telemetry/nvml.hpp"
#include "harness/telemetry/rapl.hpp"
#include "harness/telemetry/sampler.hpp"

namespace chipfit::telemetry {

/// Where a device's power, clock and temperature are read from.
struct Source {
  std::string name;   ///< column energy_source: "nvml", "rapl package-0+dram"
  std::string grade;  ///< column energy_grade: "indicative"
  ReadSample read;
};

/// The GPU that a backend names by its uuid. Error: unavailable, with the reason.
Result<Source> gpu_source(std::shared_ptr<Nvml>, const std::string& uuid);

/// The processors of this machine, everything that runs on them included.
Source cpu_source(Rapl);

/// Where a source counts energy and states no power: the mean power since the sample before. `before` is the sample
/// before the first, if there was one.
void derive_power(const std::optional<Sample>& before, std::span<Sample>);

}  // namespace chipfit::telemetry
