#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "kernels/base/result.hpp"

namespace chipfit::telemetry {

/// What stays the same while a GPU is measured. What the driver does not tell is empty.
struct GpuIdentity {
  std::string name, uuid, pci_bus, driver;
  std::optional<bool> ecc;
  std::optional<double> power_limit_w, max_clock_hz;
};

/// One reading. What the device does not tell is empty.
struct GpuState {
  std::optional<double> power_w, temp_c, clock_hz, memory_clock_hz;
  std::optional<double> energy_j;  ///< since the driver was loaded; steps of about 100 ms
  std::optional<std::uint64_t> throttle_reasons;
  std::optional<std::uint64_t> ecc_uncorrected;  ///< errors since the driver was loaded
};

/// "sw_power_cap;hw_thermal", "none"; bits without a name as hexadecimal.
std::string throttle_text(std::uint64_t reasons);

/// True where a reason other than idleness or a clock that was set on purpose holds the clock down.
bool is_throttled(std::uint64_t reasons);

/// NVIDIA's management library, opened at run time: there is no link dependency, and its few prototypes are declared
/// here. Its counters are the device's own.
class Nvml {
 public:
  /// Errors (unavailable, with the reason and a hint): no such library, too old, no driver running.
  static Result<Nvml> open(const std::string& library = "libnvidia-ml.so.1");
  Nvml(Nvml&&) noexcept;
  Nvml& operator=(Nvml&&) noexcept;
  ~Nvml();

  Result<unsigned> count() const;
  /// The device with this uuid ("GPU-…", as the backends give it in `serial`). Error: unavailable.
  Result<unsigned> find(const std::string& uuid) const;
  Result<GpuIdentity> identity(unsigned index) const;
  /// Errors: unavailable (the device is gone). A single value that cannot be read is empty.
  Result<GpuState> read(unsigned index) const;

 private:
  struct Functions;
  explicit Nvml(std::unique_ptr<Functions>);
  Result<void*> device(unsigned index) const;
  std::unique_ptr<Functions> functions_;
};

}  // namespace chipfit::telemetry
