#pragma once
#include <span>
#include <vector>

namespace chipfit::stats {

/// q-values of Benjamini and Hochberg (1995): reporting all with q ≤ 0.05 makes false ones at most 5 % of those
/// reported, on average. In the order of `p`; each p in [0, 1].
std::vector<double> benjamini_hochberg(std::span<const double> p);

}  // namespace chipfit::stats
