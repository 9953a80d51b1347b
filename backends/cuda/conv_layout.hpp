#pragma once
#include <chipfit/chipfit_plugin.h>
#include <cudnn_backend.h>

#include <array>
#include <cstdint>
#include <vector>

namespace cuda {

/// A tensor as cuDNN sees it: extents always in the order N, C, H, W (filters K, C/groups, R, S); the strides say how
/// it is stored. In elements.
struct Tensor {
  cudnnDataType_t type;
  std::array<std::int64_t, 4> extents, strides;
};

/// How exact an engine has to be.
enum class Exactness {
  full,           ///< operands as they are, sums in the accumulator's type
  tf32_products,  ///< f32 operands may lose bits on their way into tensor cores
  narrow_sums     ///< f16 with f16 sums
};

/// A convolution in cuDNN's terms; the number of groups follows from the channels of x and w.
struct ConvDescription {
  std::uint32_t op;  ///< chipfit_op
  Tensor x, w, y;
  cudnnDataType_t compute;
  Exactness exactness;
  std::array<std::int64_t, 2> padding, stride, dilation;  ///< vertical, horizontal
  bool adds;                                              ///< beta = 1
};

/// Failure (UNSUPPORTED) with the reason for types that cuDNN has no convolution of; what is left is asked of its
/// heuristics.
ConvDescription describe_conv(const chipfit_problem&, int compute_capability);

/// Why an engine with these notes is not to be used, nullptr where it may be.
const char* fault_of(Exactness, bool f32_operands, const std::vector<cudnnBackendNumericalNote_t>&,
                     const std::vector<cudnnBackendBehaviorNote_t>&);

}  // namespace cuda
