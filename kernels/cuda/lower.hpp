#pragma once
#include <variant>

#include "kernels/cuda/index/depthwise_arguments.hpp"
#include "kernels/cuda/index/gemm_arguments.hpp"
#include "kernels/cuda/index/tile_layout.hpp"
#include "kernels/problem/problem.hpp"

namespace chipfit::cuda {

/// Which way the tiles of A and B lie in shared memory.
struct Majors {
  Major a, b;
};
/// As the operands are stored, for 16-bit types (ldmatrix transposes them on the way to the registers); K-major for
/// the other types of the tensor cores, whatever is stored; MN-major for the f32 kernel.
Majors mma_majors(const Problem&);
inline constexpr Majors simt_majors{Major::mn, Major::mn};

/// A problem as an implicit GEMM m×n×k, `batch` times (the groups of a convolution). NHWC only.
///   fwd: m = N·P·Q, n = filters, k = R·S·C.    bwd_data: m = N·H·W, n = channels, k = R·S·filters.
///   bwd_weights: m = filters, n = R·S·C, k = N·P·Q.
/// Arguments without data, partial sums and schedule, which depend on the kernel.
struct Lowered {
  std::int64_t m = 0, n = 0, k = 0, batch = 1;
  std::variant<DenseArguments, FwdArguments, BwdDataArguments, BwdWeightsArguments> arguments;
};
Lowered lower(const Problem&, Majors);

/// Sets where the operands are, in the order of the plugin ABI, and the result.
void set_data(Lowered&, const void* in0, const void* in1, void* out);
/// Sets the order of work and, where the sum is split, where the parts go.
void set_schedule(Lowered&, const Schedule&, void* workspace);

/// A convolution of one channel per group, without data.
DepthwiseArguments lower_depthwise(const ConvProblem&);

/// The kernels' type for this problem's operands: tf32 for f32 operands of any math mode but strict (tf32 keeps as many
/// bits as f16 and more than bf16).
Element element_of(const Problem&);

}  // namespace chipfit::cuda
