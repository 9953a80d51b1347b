#pragma once
#include <cstddef>
#include <vector>

#include "kernels/cpu/conv/depthwise_table.hpp"
#include "kernels/cpu/conv/gather.hpp"

namespace chipfit::cpu {

/// As many groups as channels, one filter each.
bool is_depthwise(const ConvProblem&);

/// Depthwise fwd and bwd_data in NHWC. Filters are turned to [r][s][channel] in every run.
class DepthwiseConv {
 public:
  DepthwiseConv(GatherShape, Accumulate, const DepthwiseTable&, ThreadTeam&);
  void run(const void* in, const void* filters, void* out);

 private:
  /// The lines of one phase of the height and one of the width; `windows` where the taps of the width are neighbours.
  void lines(const std::byte* in, std::byte* out, std::size_t phase_down, std::size_t phase_across,
             IndexRange lines) const;
  void windows(const std::byte* in, std::byte* out, std::size_t phase_down, std::size_t phase_across,
               IndexRange lines) const;

  GatherShape shape_;
  Accumulate accumulate_;
  const DepthwiseTable* table_;
  std::vector<RowBlocks> cuts_;
  std::vector<DepthwiseWindowKernel> windows_;  ///< of each phase of the width; null where it has none
  HugeMemory filters_;
  ThreadTeam* team_;
};

/// Depthwise bwd_weights in NHWC; dW is the same in both layouts, as a filter has one channel. The threads divide the
/// channels.
class DepthwiseWeights {
 public:
  DepthwiseWeights(const ConvProblem&, const DepthwiseTable&, ThreadTeam&);
  void run(const void* x, const void* dy, void* dw);

 private:
  void channels(const std::byte* x, const std::byte* dy, IndexRange);

  ConvProblem problem_;
  AxisPhase down_, across_;
  const DepthwiseTable* table_;
  HugeMemory sums_;  ///< [r][s][channel]
  ThreadTeam* team_;
};

}  // namespace chipfit::cpu
