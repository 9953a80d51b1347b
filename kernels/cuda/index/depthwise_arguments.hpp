#pragma once
#include "kernels/cuda/index/operands.hpp"
#include "kernels/cuda/index/output.hpp"

namespace chipfit::cuda {

/// A convolution whose groups have one channel each (and one or more filters), in the plugin ABI's order of operands.
/// `geometry` is of one group.
struct DepthwiseArguments {
  const void *in0 = nullptr, *in1 = nullptr;
  Output out;  ///< rows: pixels (fwd, bwd_data) or filters (bwd_weights)
  Partial partial;
  ConvGeometry geometry{};
  int splits = 1;  ///< bwd_weights: parts of the sum over pixels, [split][filter][tap]
};

}  // namespace chipfit::cuda
