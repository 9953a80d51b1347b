#pragma once
#include "backends/onednn/offer.hpp"

namespace onednn {

/// matmul: with plain operands, with the right one in oneDNN's own format, and with all in its formats.
/// With prepacked weights the fastest kernels for long sums of i8·i8 are offered too, though they round beyond 2^24.
Offer offer_gemm(const chipfit_problem&, Weights);

}  // namespace onednn
