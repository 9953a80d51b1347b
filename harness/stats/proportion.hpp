#pragma once
#include <span>

#include "harness/stats/interval.hpp"

namespace chipfit::stats {

/// Exact interval of a share, `hits` of `n` (Clopper and Pearson 1934); [0, 1] for n = 0.
Interval clopper_pearson(int hits, int n, double confidence = 0.95);

struct Uniformity {
  double distance = 0;  ///< largest gap between the empirical distribution and the uniform one
  double p = 1;  ///< Kolmogorov's distribution at (√n + 0.12 + 0.11/√n)·distance (Stephens 1970); from n = 5 on
};
/// Kolmogorov-Smirnov test of values in [0, 1].
Uniformity uniformity(std::span<const double>);

}  // namespace chipfit::stats
