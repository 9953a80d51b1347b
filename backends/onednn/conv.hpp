#pragma once
#include "backends/onednn/offer.hpp"

namespace onednn {

/// Direct convolution in one direction: activations and filters each plain or in oneDNN's own format. No
/// Winograd: its sums of whole numbers are not exact.
Offer offer_conv(const chipfit_problem&);

}  // namespace onednn
