#include "harness/stats/steady_state.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "harness/stats/median_ci.hpp"

namespace chipfit::stats {
namespace {

/// Deviation (n − 1) over the mean.
double coefficient_of_variation(std::span<const double> x) {
  if (x.size() < 2) return 0;
  double mean = 0, squares = 0;
  for (const double each : x) mean += each / static_cast<double>(x.size());
  for (const double each : x) squares += (each - mean) * (each - mean);
  return mean == 0 ? 0 : std::sqrt(squares / static_cast<double>(x.size() - 1)) / std::abs(mean);
}

}  // namespace

double theil_sen_slope(std::span<const double> x, std::span<const double> y) {
  std::vector<double> slopes;
  const std::size_t n = std::min(x.size(), y.size());
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = i + 1; j < n; ++j) {
      if (x[i] != x[j]) slopes.push_back((y[j] - y[i]) / (x[j] - x[i]));
    }
  }
  return median(slopes);
}

SteadyState steady_state(const SteadyRule& rule, std::span<const TimedSample> samples) {
  SteadyState state;
  if (samples.empty() || rule.windows < 2 || !(rule.window_s > 0)) return state;
  const auto windows = static_cast<std::size_t>(rule.windows);
  const double span_s = rule.window_s * rule.windows;
  // The last window ends with the last sample, so that the newest data always count. A clock in double has rounding of
  // its own, hence the part in a million.
  const double end_s = samples.back().at_s;
  if (end_s - samples.front().at_s < span_s * (1 - 1e-6)) return state;

  std::vector<std::vector<double>> in_window(windows);
  for (const TimedSample& sample : samples) {
    const double age = (end_s - sample.at_s) / rule.window_s;
    if (age < rule.windows)
      in_window[windows - 1 - static_cast<std::size_t>(std::max(age, 0.0))].push_back(sample.time_s);
  }
  std::vector<double> at, medians;
  for (std::size_t i = 0; i < windows; ++i) {
    if (in_window[i].empty()) return state;
    at.push_back(rule.window_s * static_cast<double>(i));
    medians.push_back(median(in_window[i]));
  }
  state.enough_data = true;
  const double middle = median(medians);
  state.drift = middle == 0 ? 0 : theil_sen_slope(at, medians) * span_s / middle;
  state.variation = coefficient_of_variation(medians);
  state.steady = std::abs(state.drift) < rule.max_drift && state.variation < rule.max_variation;
  return state;
}

}  // namespace chipfit::stats
