#pragma once
#include <cstddef>
#include <vector>

#include "kernels/cpu/conv/axis.hpp"
#include "kernels/cpu/conv/row_blocks.hpp"
#include "kernels/cpu/conv/scratch.hpp"
#include "kernels/cpu/micro_kernel.hpp"
#include "kernels/cpu/thread_team.hpp"

namespace chipfit::cpu {

/// fwd and bwd_data in NHWC as one thing: a tensor `out` (N × OH × OW × groups·columns) of which every pixel is the sum
/// over filter taps of a pixel of `in` (N × IH × IW × groups·depth) times a depth × columns slice of the filters. All
/// numbers count elements.
struct GatherShape {
  std::int64_t n = 1, groups = 1, depth = 1, columns = 1;
  std::int64_t in_h = 1, in_w = 1, out_h = 1, out_w = 1;
  std::vector<AxisPhase> down, across;  ///< phases of the height and of the width
  std::int64_t r = 1, s = 1;
  /// Filter element of (group, column, depth, r, s) at the sum of the indices times these.
  std::int64_t group_step = 0, column_step = 0, depth_step = 0, r_step = 0, s_step = 0;
};

/// Of a fwd or bwd_data problem whose activations are NHWC; `filters` says how the filters are stored (KCRS or KRSC).
GatherShape gather_shape(const ConvProblem&, Layout filters);

/// How the work is cut; the result does not depend on it but for rounding.
struct GatherBlocking {
  std::int64_t depth = 1 << 30;       ///< products of one tap in one tile, at most
  std::int64_t slab_bytes = 1 << 30;  ///< of in and out, that all filters meet before the next slab begins
};

/// Filters that stay in the second-level cache meet slabs of the image that do, too; larger ones are read once.
GatherBlocking gather_blocking(const GatherShape&, const MicroKernel&);

/// Direct convolution as a batch-reduced matrix product: tiles of `mr` output pixels of one row × nr channels, the
/// taps summed up in registers, pixels read where they lie, filters packed to [group][columns / nr][r][s][depth][nr]
/// at the beginning of every run.
class GatherConv {
 public:
  /// `out`: the accumulator's type, or a narrower one that sums are rounded to once.
  GatherConv(GatherShape, Accumulate, Dtype out, const MicroKernel&, GatherBlocking, ThreadTeam&);
  void run(const void* in, const void* filters, void* out);

 private:
  struct Work;
  void stage(const std::byte* in, IndexRange pixels);
  void pack(const std::byte* filters, std::int64_t group, std::int64_t column_block);
  void tiles(const Work&) const;
  void run_by_columns(const std::byte* in, const std::byte* filters, std::byte* out, IndexRange columns);
  void run_by_tiles(const std::byte* in, std::byte* out, std::int64_t part, std::int64_t parts);

  GatherShape shape_;
  Accumulate accumulate_;
  Dtype out_type_;
  const MicroKernel* kernel_;
  std::int64_t in_depth_;        ///< of a group in a pixel, as tiles read it
  HugeMemory staged_;            ///< pixels with the type and the whole groups of depth that the micro-kernel reads
  std::vector<RowBlocks> cuts_;  ///< of each phase of the width
  std::int64_t chunk_, chunks_, column_blocks_, slab_tiles_;
  HugeMemory packed_;
  ThreadTeam* team_;
};

}  // namespace chipfit::cpu
