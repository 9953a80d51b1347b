#pragma once
#include "backends/onednn/offer.hpp"

namespace onednn {

/// Convolution in one direction: activations and filters each plain or in oneDNN's own format. Winograd's sums of whole
/// numbers are not exact.
Offer offer_conv(const chipfit_problem&, dnnl::algorithm);

}  // namespace onednn
