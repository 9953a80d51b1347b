#include "harness/stats/outliers.hpp"

#include <cmath>

#include "harness/stats/median_ci.hpp"

namespace chipfit::stats {

std::vector<double> modified_z_scores(std::span<const double> values) {
  // Of a normal distribution: the quartile, which is MAD/σ, and sqrt(π/2), which is σ over the mean absolute deviation.
  constexpr double quartile = 0.6745, sigma_over_mean = 1.2533;
  const double middle = median(values);
  std::vector<double> deviations;
  deviations.reserve(values.size());
  double mean = 0;
  for (const double x : values) {
    deviations.push_back(std::abs(x - middle));
    mean += deviations.back() / static_cast<double>(values.size());
  }
  const double mad = median(deviations);
  const double scale = mad > 0 ? mad / quartile : sigma_over_mean * mean;
  std::vector<double> scores;
  scores.reserve(values.size());
  for (const double x : values) scores.push_back(scale > 0 ? (x - middle) / scale : 0);
  return scores;
}

std::vector<std::size_t> outliers(std::span<const double> values, const OutlierRule& rule) {
  std::vector<std::size_t> found;
  if (values.size() < rule.fewest) return found;
  const double middle = median(values);
  const auto scores = modified_z_scores(values);
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (std::abs(scores[i]) > rule.score && std::abs(values[i] - middle) > rule.least_share * std::abs(middle))
      found.push_back(i);
  }
  return found;
}

}  // namespace chipfit::stats
