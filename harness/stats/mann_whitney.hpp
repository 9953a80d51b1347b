#pragma once
#include <span>

#include "harness/stats/interval.hpp"

namespace chipfit::stats {

enum class Tail { less, greater, two_sided };
enum class RankMethod { exact, approximate };

struct MannWhitney {
  double u = 0;  ///< pairs (x, y) with x > y, ties count ½
  double p = 1;
  RankMethod method = RankMethod::exact;
};

/// Rank test of Mann and Whitney (1947): `greater` asks whether x tends to exceed y. Exact without ties up to n·m =
/// 400, else the normal approximation with continuity correction and the variance for ties (Lehmann,
/// Nonparametrics, 1.2). A side without samples, or samples that are all equal: p = 1.
MannWhitney mann_whitney(std::span<const double> x, std::span<const double> y, Tail);

/// The two ways of it, each whatever the size; `exact` is defined without ties only.
MannWhitney mann_whitney_exact(std::span<const double> x, std::span<const double> y, Tail);
MannWhitney mann_whitney_approximate(std::span<const double> x, std::span<const double> y, Tail);

/// 2 / C(n + m, n): no two-sided rank test of n against m launches can give less.
double smallest_rank_p(int n, int m);

/// Median of all differences x − y (Hodges and Lehmann 1963). 0 for a side without samples.
double hodges_lehmann(std::span<const double> x, std::span<const double> y);
/// Its interval: the differences D₍k₎ and D₍nm+1−k₎ with k = max{k : P(U ≤ k − 1) ≤ (1 − confidence)/2}, by the exact
/// null up to n·m = 400 (Lehmann, 2.6), by the normal approximation beyond; the extremes where there is no such k.
Interval shift_interval(std::span<const double> x, std::span<const double> y, double confidence);

}  // namespace chipfit::stats
