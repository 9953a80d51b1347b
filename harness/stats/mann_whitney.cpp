#include "harness/stats/mann_whitney.hpp"

#include <algorithm>
#include <boost/math/distributions/normal.hpp>
#include <cmath>
#include <vector>

#include "harness/stats/median_ci.hpp"

namespace chipfit::stats {
namespace {

constexpr std::size_t largest_exact_product = 400;

double count_above(std::span<const double> x, std::span<const double> y) {
  double u = 0;
  for (const double a : x)
    for (const double b : y) u += a > b ? 1.0 : a == b ? 0.5 : 0.0;
  return u;
}

bool has_ties(std::span<const double> x, std::span<const double> y) {
  std::vector<double> all(x.begin(), x.end());
  all.insert(all.end(), y.begin(), y.end());
  std::ranges::sort(all);
  return std::ranges::adjacent_find(all) != all.end();
}

/// P(U ≤ u) for u = 0 … n·m under the null. The numbers of arrangements are the coefficients of the Gaussian binomial
/// Π (1 − qᵐ⁺ⁱ)/(1 − qⁱ); as shares they never overflow.
std::vector<double> cumulative_null(std::size_t n, std::size_t m) {
  std::vector<double> share(n * m + 1, 0.0);
  share[0] = 1;
  for (std::size_t i = 1; i <= n; ++i) {
    for (std::size_t u = n * m; u >= m + i; --u) share[u] -= share[u - m - i];
    for (std::size_t u = i; u <= n * m; ++u) share[u] += share[u - i];
    const double scale = static_cast<double>(i) / static_cast<double>(m + i);
    for (double& s : share) s *= scale;
  }
  for (std::size_t u = 1; u < share.size(); ++u) share[u] += share[u - 1];
  return share;
}

std::vector<double> differences(std::span<const double> x, std::span<const double> y) {
  std::vector<double> all;
  all.reserve(x.size() * y.size());
  for (const double a : x)
    for (const double b : y) all.push_back(a - b);
  return all;
}

double combine(double p_less, double p_greater, Tail tail) {
  if (tail == Tail::less) return std::min(1.0, p_less);
  if (tail == Tail::greater) return std::min(1.0, p_greater);
  return std::min(1.0, 2 * std::min(p_less, p_greater));
}

}  // namespace

MannWhitney mann_whitney_exact(std::span<const double> x, std::span<const double> y, Tail tail) {
  MannWhitney result{count_above(x, y), 1, RankMethod::exact};
  if (x.empty() || y.empty()) return result;
  const auto cumulative = cumulative_null(x.size(), y.size());
  const auto u = static_cast<std::size_t>(result.u);
  // U is symmetric about n·m/2; the small tail is the one that is summed, so that it keeps its digits.
  result.p = combine(cumulative[u], cumulative[x.size() * y.size() - u], tail);
  return result;
}

MannWhitney mann_whitney_approximate(std::span<const double> x, std::span<const double> y, Tail tail) {
  MannWhitney result{count_above(x, y), 1, RankMethod::approximate};
  if (x.empty() || y.empty()) return result;
  std::vector<double> all(x.begin(), x.end());
  all.insert(all.end(), y.begin(), y.end());
  std::ranges::sort(all);
  double ties = 0;
  for (std::size_t from = 0; from < all.size();) {
    std::size_t to = from;
    while (to < all.size() && all[to] == all[from]) ++to;
    const auto t = static_cast<double>(to - from);
    ties += t * t * t - t;
    from = to;
  }
  const auto n = static_cast<double>(x.size()), m = static_cast<double>(y.size()), total = n + m;
  const double variance = n * m / 12 * (total + 1 - ties / (total * (total - 1)));
  if (!(variance > 0)) return result;
  const boost::math::normal_distribution<double> normal;
  const double middle = n * m / 2, deviation = std::sqrt(variance);
  const double p_less = boost::math::cdf(normal, (result.u - middle + 0.5) / deviation);
  const double p_greater = boost::math::cdf(boost::math::complement(normal, (result.u - middle - 0.5) / deviation));
  result.p = combine(p_less, p_greater, tail);
  return result;
}

MannWhitney mann_whitney(std::span<const double> x, std::span<const double> y, Tail tail) {
  const bool exact = x.size() * y.size() <= largest_exact_product && !has_ties(x, y);
  return exact ? mann_whitney_exact(x, y, tail) : mann_whitney_approximate(x, y, tail);
}

double smallest_rank_p(int n, int m) {
  if (n < 1 || m < 1) return 1;
  double p = 2;
  for (int i = 1; i <= n; ++i) p *= static_cast<double>(i) / (m + i);
  return std::min(1.0, p);
}

double hodges_lehmann(std::span<const double> x, std::span<const double> y) {
  return median(differences(x, y));
}

Interval shift_interval(std::span<const double> x, std::span<const double> y, double confidence) {
  auto all = differences(x, y);
  if (all.empty()) return {};
  std::ranges::sort(all);
  const double tail = (1 - confidence) / 2;
  std::size_t k = 0;
  if (all.size() <= largest_exact_product) {
    const auto cumulative = cumulative_null(x.size(), y.size());
    while (k < all.size() && cumulative[k] <= tail) ++k;
  } else {
    const auto n = static_cast<double>(x.size()), m = static_cast<double>(y.size());
    const boost::math::normal_distribution<double> normal(n * m / 2, std::sqrt(n * m * (n + m + 1) / 12));
    k = static_cast<std::size_t>(std::max(0.0, std::floor(boost::math::quantile(normal, tail) - 0.5)));
  }
  k = std::max<std::size_t>(k, 1);
  return {all[k - 1], all[all.size() - k]};
}

}  // namespace chipfit::stats
