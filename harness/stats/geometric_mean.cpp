#include "harness/stats/geometric_mean.hpp"

#include <boost/math/distributions/students_t.hpp>
#include <cmath>
#include <vector>

namespace chipfit::stats {

GeometricMean geometric_mean(std::span<const double> x, double confidence) {
  std::vector<double> logs;
  for (const double each : x)
    if (each > 0 && std::isfinite(each)) logs.push_back(std::log(each));
  if (logs.empty()) return {};
  const double n = static_cast<double>(logs.size());
  double mean = 0, squares = 0;
  for (const double l : logs) mean += l / n;
  for (const double l : logs) squares += (l - mean) * (l - mean);
  GeometricMean result{std::exp(mean), {std::exp(mean), std::exp(mean)}, static_cast<int>(logs.size())};
  if (logs.size() < 2) return result;
  const boost::math::students_t_distribution<double> student(n - 1);
  const double half =
      boost::math::quantile(boost::math::complement(student, (1 - confidence) / 2)) * std::sqrt(squares / (n - 1) / n);
  result.interval = {std::exp(mean - half), std::exp(mean + half)};
  return result;
}

}  // namespace chipfit::stats
