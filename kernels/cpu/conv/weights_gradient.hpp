#pragma once
#include <cstddef>
#include <vector>

#include "kernels/cpu/conv/axis.hpp"
#include "kernels/cpu/conv/scratch.hpp"
#include "kernels/cpu/micro_kernel.hpp"
#include "kernels/cpu/thread_team.hpp"

namespace chipfit::cpu {

/// bwd_weights in NHWC: for every group and filter tap a matrix product dW = dYᵀ·X whose depth is all output pixels.
/// All numbers count elements.
struct WeightsShape {
  std::int64_t n = 1, groups = 1, outputs = 1, channels = 1;  ///< outputs and channels of one group
  std::int64_t x_h = 1, x_w = 1, y_h = 1, y_w = 1;
  AxisPhase down, across;                      ///< x indices that y indices read, as in fwd
  std::int64_t pad_before = 0, pad_after = 0;  ///< zero pixels that X gets in a copy; x_w counts them
  std::int64_t x_pixel = 1;                    ///< from one pixel of X to the next; a row has x_w of them
  std::int64_t columns = 1;  ///< contiguous elements of X that one tap meets: channels, or several taps of them
};

/// KRSC filters. Of few channels, the S·C elements that a filter row meets are the columns of one product.
WeightsShape weights_shape(const ConvProblem&);

/// Tiles of mr outputs × nr channels of dW, summed up in registers over the rows of a chunk of pixels, X and dY read
/// where they lie. Padding shortens the rows.
class WeightsGradient {
 public:
  /// chunk_bytes of X and dY meet all tiles before the next chunk begins.
  WeightsGradient(WeightsShape, Accumulate, const MicroKernel&, std::int64_t chunk_bytes, ThreadTeam&);
  void run(const void* x, const void* dy, void* dw);

 private:
  /// `tiles`: a range of the tiles of dW, numbered by (r, s), group, column block and row block.
  const std::byte* padded(const std::byte* x);
  void chunk(const std::byte* x, const std::byte* dy, std::byte* dw, IndexRange lines, IndexRange tiles,
             Store store) const;

  WeightsShape shape_;
  Accumulate accumulate_;
  const MicroKernel* kernel_;
  std::int64_t chunk_lines_, rows_per_tile_, row_blocks_, column_blocks_, tiles_;
  HugeMemory padded_x_;  ///< X with its padding, or with room behind it for a micro-kernel that loads whole vectors
  ThreadTeam* team_;
};

}  // namespace chipfit::cpu
