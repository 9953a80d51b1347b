#pragma once
#include <cstdint>
#include <vector>

#include "kernels/problem/conv.hpp"

namespace chipfit::cpu {

/// Half-open range of indices; empty where begin >= end.
struct IndexRange {
  std::int64_t begin = 0, end = 0;
  std::int64_t size() const { return begin < end ? end - begin : 0; }
  friend bool operator==(const IndexRange&, const IndexRange&) = default;
};

/// The part of `count` things that falls to part i of `parts`; they differ by one at most.
IndexRange share(std::int64_t count, std::int64_t i, std::int64_t parts);

/// One filter tap along one axis: written index i of a phase reads index in_step·i + offset.
struct AxisTap {
  std::int64_t filter;  ///< index along the filter
  std::int64_t offset;
  friend bool operator==(const AxisTap&, const AxisTap&) = default;
};

/// Written indices first + step·i, i < count, of one axis, all of which meet the same taps. A tap counts where the
/// index it reads lies in [0, in_extent).
struct AxisPhase {
  std::int64_t first = 0, step = 1, count = 0;
  std::int64_t in_step = 1, in_extent = 0;
  std::vector<AxisTap> taps;
  friend bool operator==(const AxisPhase&, const AxisPhase&) = default;
};

/// The i for which the tap reads inside the image.
IndexRange inside(const AxisPhase&, const AxisTap&);

/// Extents along one axis of a convolution.
struct Axis {
  std::int64_t input, filter, output, pad, stride, dilation;
};
Axis height_axis(const ConvProblem&);
Axis width_axis(const ConvProblem&);

/// fwd writes y and reads x: one phase, x = stride·y + dilation·tap − pad.
AxisPhase forward_phase(const Axis&);

/// bwd_data writes x and reads y = (x + pad − dilation·tap) / stride where that is a whole number: a convolution of
/// stride 1 for each residue of x modulo the stride, with the taps of that residue, so that nothing is scattered.
/// Phases without an index are left out; phases without taps stay (their outputs are zero).
std::vector<AxisPhase> backward_phases(const Axis&);

}  // namespace chipfit::cpu
