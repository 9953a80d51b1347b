#pragma once
#include <memory>
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

}  // namespace chipfit::telemetry
