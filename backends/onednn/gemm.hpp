#pragma once
#include "backends/onednn/offer.hpp"

namespace onednn {

/// matmul: with plain operands, with the right one in oneDNN's own format, and with all in its formats.
Offer offer_gemm(const chipfit_problem&);

}  // namespace onednn
