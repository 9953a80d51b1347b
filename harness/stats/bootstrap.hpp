#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "harness/stats/interval.hpp"

namespace chipfit::stats {

/// Samples of one side: one vector per launch. Positive; times in any unit.
using Launches = std::span<const std::vector<double>>;

/// Percentile interval of the ratio b / a of geometric means of launch medians. Each replicate draws launches with
/// replacement, then samples within each drawn launch (Davison and Hinkley 1997, 3.8; Kalibera and Jones 2013). The
/// seed decides everything. A side without samples gives {0, 0}.
Interval bootstrap_ratio(Launches a, Launches b, double confidence, int replicates, std::uint64_t seed);

}  // namespace chipfit::stats
