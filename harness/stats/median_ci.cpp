#include "harness/stats/median_ci.hpp"

#include <algorithm>
#include <boost/math/distributions/binomial.hpp>
#include <cmath>
#include <limits>
#include <vector>

namespace chipfit::stats {
namespace {

std::vector<double> sorted(std::span<const double> samples) {
  std::vector<double> out(samples.begin(), samples.end());
  std::ranges::sort(out);
  return out;
}

double quantile_of_sorted(std::span<const double> x, double q) {
  if (x.empty()) return 0;
  const double at = std::clamp(q, 0.0, 1.0) * static_cast<double>(x.size() - 1);
  const auto below = static_cast<std::size_t>(at);
  if (below + 1 >= x.size()) return x.back();
  return x[below] + (at - static_cast<double>(below)) * (x[below + 1] - x[below]);
}

/// Ranks from 1, tied samples share the mean of theirs.
std::vector<double> midranks(std::span<const double> samples, std::span<const double> in_order) {
  std::vector<double> ranks;
  ranks.reserve(samples.size());
  for (const double x : samples) {
    // clang 14 cannot compile std::ranges::equal_range of libstdc++ 12.
    const auto [first, last] = std::equal_range(in_order.begin(), in_order.end(), x);
    ranks.push_back(0.5 * static_cast<double>((first - in_order.begin()) + 1 + (last - in_order.begin())));
  }
  return ranks;
}

double lag_one_autocorrelation(std::span<const double> x, double mean) {
  double along = 0, total = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    total += (x[i] - mean) * (x[i] - mean);
    if (i + 1 < x.size()) along += (x[i] - mean) * (x[i + 1] - mean);
  }
  return total > 0 ? along / total : 0;
}

/// max{k : P(Bin(n, ½) ≤ k − 1) ≤ α/2}; 0 where there is none.
int rank_from_below(int n, double alpha) {
  if (n < 1) return 0;
  const boost::math::binomial_distribution<double> heads(n, 0.5);
  int low = 0, high = n / 2 + 1;  // k = low is possible (or none is), k = high is not
  while (high - low > 1) {
    const int k = low + (high - low) / 2;
    (boost::math::cdf(heads, k - 1) <= alpha / 2 ? low : high) = k;
  }
  return low;
}

}  // namespace

double MedianCi::relative_half_width() const {
  const double half = (high - low) / 2;
  if (half == 0) return 0;
  return median == 0 ? std::numeric_limits<double>::infinity() : half / std::abs(median);
}

MedianCi median_ci(std::span<const double> samples, double alpha) {
  MedianCi ci;
  ci.n = static_cast<int>(samples.size());
  if (samples.empty() || !std::ranges::all_of(samples, [](double x) { return std::isfinite(x); })) return ci;

  const std::vector<double> x = sorted(samples);
  const double n = static_cast<double>(x.size());
  ci.median = quantile_of_sorted(x, 0.5);
  ci.low = x.front();
  ci.high = x.back();
  const double measured = lag_one_autocorrelation(midranks(samples, x), (n + 1) / 2);
  // All samples equal: no order, hence no correlation to correct for.
  ci.rho = x.front() == x.back() ? 0 : std::clamp(measured + (1 + 3 * measured) / n, 0.0, 0.95);
  ci.n_effective = n * (1 - ci.rho) / (1 + ci.rho);

  const int whole = static_cast<int>(ci.n_effective);
  const int k = rank_from_below(whole, alpha);
  if (whole < 6 || k < 1) return ci;
  const auto rank = static_cast<std::size_t>(std::max(1.0, std::floor(k * n / ci.n_effective)));
  ci.low = x[rank - 1];
  ci.high = x[x.size() - rank];
  ci.valid = true;
  return ci;
}

double median(std::span<const double> samples) {
  return quantile(samples, 0.5);
}

double quantile(std::span<const double> samples, double q) {
  return quantile_of_sorted(sorted(samples), q);
}

}  // namespace chipfit::stats
