#pragma once
#include "kernels/base/result.hpp"
#include "kernels/cuda/index/hopper_tile.hpp"
#include "kernels/cuda/index/tensor_map.hpp"
#include "kernels/cuda/lower.hpp"

namespace chipfit::cuda {

/// A problem for a Hopper kernel, without data and schedule.
struct HopperLowered {
  std::int64_t m = 0, n = 0, k_slices = 0, batch = 1;
  Source source = Source::matrix;
  Majors majors{Major::k, Major::k};
  TensorMapPlan a, b, out;  ///< out is used where the copy engine stores
  HopperWork work;
};

/// Error (usage) in words for an empty cell where the copy engine or wgmma cannot take the operands: rows that are no
/// multiple of 16 bytes, MN-major operands (of matrices, or of the gradients) of other than 16 bits, gradients with
/// strides (bwd_data) or groups (bwd_weights), channels of groups that do not fill slices; or where there is no kernel
/// with this tile.
Result<HopperLowered> lower_for_hopper(const Problem&, TileKind);

/// Sets where the operands are, in the order of the plugin ABI, and the result.
void set_data(HopperLowered&, const void* in0, const void* in1, void* out);
/// Sets the order of work and, where the sum is split, where the parts go.
void set_schedule(HopperLowered&, const Schedule&, void* workspace);

}  // namespace chipfit::cuda
