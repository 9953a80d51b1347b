#include "backends/common/cuda/peaks.hpp"

namespace cuda {
namespace {

/// One device of the table. TFLOP/s, dense, at the boost clock; 0: not stated.
struct Row {
  std::string_view name;  ///< the first words of the driver's name of the device
  double f64, f32, tf32, half, fp8, i8;
  double memory_byte_per_s;
};

// Sources: NVIDIA H100 Tensor Core GPU data sheet and architecture white paper (figures with sparsity halved), H200
// data sheet, A100 data sheet, A30, L40S, L4 and T4 data sheets. f64 is the tensor cores' rate where they have it. The
// first row that fits is taken, so longer names come first.
constexpr Row kRows[] = {
    {"NVIDIA H200 NVL", 60, 60, 417.5, 835.5, 1670.5, 1670.5, 4.8e12},
    {"NVIDIA H200", 66.9, 66.9, 494.7, 989.4, 1978.9, 1978.9, 4.8e12},
    {"NVIDIA H100 PCIe", 51.2, 51.2, 378, 756, 1513, 1513, 2.0e12},
    {"NVIDIA H100 NVL", 60, 60, 417.5, 835.5, 1670.5, 1670.5, 3.9e12},
    {"NVIDIA H100", 66.9, 66.9, 494.7, 989.4, 1978.9, 1978.9, 3.35e12},
    {"NVIDIA A100-SXM4-80GB", 19.5, 19.5, 156, 312, 0, 624, 2.039e12},
    {"NVIDIA A100-SXM4-40GB", 19.5, 19.5, 156, 312, 0, 624, 1.555e12},
    {"NVIDIA A100 80GB PCIe", 19.5, 19.5, 156, 312, 0, 624, 1.935e12},
    {"NVIDIA A100-PCIE-40GB", 19.5, 19.5, 156, 312, 0, 624, 1.555e12},
    {"NVIDIA A30", 10.3, 10.3, 82, 165, 0, 330, 0.933e12},
    {"NVIDIA L40S", 0, 91.6, 183, 362, 733, 733, 0.864e12},
    {"NVIDIA L4", 0, 30.3, 60, 121, 242, 242, 0.3e12},
    {"Tesla T4", 0, 8.1, 0, 65, 0, 130, 0.32e12},
};

/// Whole words: an L40 is no L4.
bool begins_with(std::string_view text, std::string_view words) {
  return text.substr(0, words.size()) == words && (text.size() == words.size() || text[words.size()] == ' ');
}

void add(std::vector<chipfit_peak>& peaks, double tera, chipfit_dtype in, chipfit_dtype acc,
         chipfit_math math = CHIPFIT_STRICT) {
  if (tera > 0) peaks.push_back({in, acc, math, 0, tera * 1e12});
}

}  // namespace

Claims claims_for(std::string_view device_name) {
  Claims claims;
  // A slice of a device is another device.
  if (device_name.find(" MIG ") != std::string_view::npos) return claims;
  for (const Row& row : kRows) {
    if (!begins_with(device_name, row.name)) continue;
    add(claims.peaks, row.f64, CHIPFIT_F64, CHIPFIT_F64);
    add(claims.peaks, row.f32, CHIPFIT_F32, CHIPFIT_F32);
    add(claims.peaks, row.tf32, CHIPFIT_F32, CHIPFIT_F32, CHIPFIT_TF32);
    add(claims.peaks, row.half, CHIPFIT_F32, CHIPFIT_F32, CHIPFIT_MATH_F16);
    // Turing has no bf16 and no tf32.
    if (row.tf32 > 0) add(claims.peaks, row.half, CHIPFIT_F32, CHIPFIT_F32, CHIPFIT_MATH_BF16);
    add(claims.peaks, row.half, CHIPFIT_F16, CHIPFIT_F32);
    add(claims.peaks, row.half, CHIPFIT_F16, CHIPFIT_F16);
    if (row.tf32 > 0) add(claims.peaks, row.half, CHIPFIT_BF16, CHIPFIT_F32);
    add(claims.peaks, row.fp8, CHIPFIT_E4M3, CHIPFIT_F32);
    add(claims.peaks, row.fp8, CHIPFIT_E5M2, CHIPFIT_F32);
    add(claims.peaks, row.i8, CHIPFIT_I8, CHIPFIT_I32);
    claims.memory_byte_per_s = row.memory_byte_per_s;
    break;
  }
  return claims;
}

}  // namespace cuda
