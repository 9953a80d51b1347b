#pragma once
#include <string>
#include <vector>

#include "kernels/base/result.hpp"

namespace chipfit::cuda_peak {

/// What one device reaches in registers and tensor cores, measured now, on operands that are no zeros: random signs and
/// significands, since power and with it the clock depend on the data.
struct MeasuredPeak {
  std::string input, accumulator, math;  ///< "f32", "f32", "tf32"; names of the dtype table
  std::string method;                    ///< "fma", "mma.sync m16n8k16", "wgmma m64n256k16"
  double flop_per_s = 0;                 ///< multiply and add count 2; dense
};

struct MeasuredDevice {
  std::string name, uuid;      ///< uuid as the backends and NVML give it: "GPU-…"
  int compute_capability = 0;  ///< 90: Hopper
  std::vector<MeasuredPeak> peaks;
  double copy_byte_per_s = 0;  ///< read and written bytes of a copy far larger than the caches
};

/// Every loop that the device has instructions for, each for about `seconds`; the best of several windows. Errors:
/// unavailable (no driver, no such device, a call that fails, with CUDA's own words).
Result<MeasuredDevice> measure(int device, double seconds);

/// Devices that CUDA sees. Error: unavailable.
Result<int> device_count();

}  // namespace chipfit::cuda_peak
