#pragma once
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "harness/results/manifest.hpp"
#include "kernels/base/result.hpp"
#include "kernels/problem/problem.hpp"

namespace chipfit::judge {

/// What a program of its own measured on a device of this machine: a line of `chipfit-cuda-peak`.
struct DevicePeak {
  std::string device_uid;
  std::string quantity;                  ///< "peak" or "memory"
  std::string input, accumulator, math;  ///< of a peak: "bf16", "f32", "strict"
  std::string method;                    ///< "wgmma"
  double value = 0;                      ///< FLOP/s or byte/s
};

/// Reads the CSV that chipfit-cuda-peak prints. Errors: missing, io; bad_data with file:line.
Result<std::vector<DevicePeak>> read_device_peaks(const std::filesystem::path&);

/// The largest rate measured on this device for the problem's types and math, whatever the method; 0 where there is
/// none. FLOP/s.
double measured_peak(std::span<const DevicePeak>, const std::string& device_uid, const Problem&);

results::ManifestPeak for_manifest(const DevicePeak&);

}  // namespace chipfit::judge
