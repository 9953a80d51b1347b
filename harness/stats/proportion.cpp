#include "harness/stats/proportion.hpp"

#include <algorithm>
#include <boost/math/distributions/beta.hpp>
#include <cmath>
#include <vector>

namespace chipfit::stats {

Interval clopper_pearson(int hits, int n, double confidence) {
  if (n < 1) return {0, 1};
  const double tail = (1 - confidence) / 2;
  Interval interval{0, 1};
  if (hits > 0) interval.low = boost::math::quantile(boost::math::beta_distribution<double>(hits, n - hits + 1), tail);
  if (hits < n)
    interval.high = boost::math::quantile(
        boost::math::complement(boost::math::beta_distribution<double>(hits + 1, n - hits), tail));
  return interval;
}

Uniformity uniformity(std::span<const double> values) {
  std::vector<double> x(values.begin(), values.end());
  std::ranges::sort(x);
  Uniformity result;
  const double n = static_cast<double>(x.size());
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double before = static_cast<double>(i) / n, after = static_cast<double>(i + 1) / n;
    result.distance = std::max({result.distance, x[i] - before, after - x[i]});
  }
  if (x.size() < 5) return result;
  const double at = (std::sqrt(n) + 0.12 + 0.11 / std::sqrt(n)) * result.distance;
  // The series needs ever more terms as its argument nears 0, where p is 1 in all digits.
  if (at < 0.2) return result;
  double sum = 0;
  for (int k = 1; k <= 100; ++k) sum += (k % 2 == 1 ? 2 : -2) * std::exp(-2.0 * k * k * at * at);
  result.p = std::clamp(sum, 0.0, 1.0);
  return result;
}

}  // namespace chipfit::stats
