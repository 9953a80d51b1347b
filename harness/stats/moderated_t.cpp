#include "harness/stats/moderated_t.hpp"

#include <algorithm>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/students_t.hpp>
#include <boost/math/special_functions/digamma.hpp>
#include <boost/math/special_functions/trigamma.hpp>
#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

#include "harness/stats/median_ci.hpp"

namespace chipfit::stats {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

/// y with trigamma(y) = x. Newton on 1/trigamma, which is nearly straight and convex, so that it converges from below
/// (Smyth 2004, appendix).
double inverse_trigamma(double x) {
  if (x > 1e7) return 1 / std::sqrt(x);
  if (x < 1e-6) return 1 / x;
  double y = 0.5 + 1 / x;
  for (int i = 0; i < 50; ++i) {
    const double value = boost::math::trigamma(y);
    const double h = std::max(1e-6, 1e-4 * y);
    const double slope = (boost::math::trigamma(y + h) - boost::math::trigamma(y - h)) / (2 * h);
    const double step = value * (1 - value / x) / slope;
    y += step;
    if (-step / y < 1e-10) break;
  }
  return y;
}

double upper_tail(double t, double df) {
  if (std::isinf(df)) return boost::math::cdf(boost::math::complement(boost::math::normal_distribution<double>(), t));
  return boost::math::cdf(boost::math::complement(boost::math::students_t_distribution<double>(df), t));
}

double mean(std::span<const double> x) {
  return std::accumulate(x.begin(), x.end(), 0.0) / static_cast<double>(x.size());
}

}  // namespace

Variance fit_variance_prior(std::span<const Variance> variances) {
  std::vector<double> values;
  for (const Variance& v : variances)
    if (v.df > 0 && std::isfinite(v.value) && v.value >= 0) values.push_back(v.value);
  if (values.size() < 3) return {};
  const double middle = median(values);
  const double least = middle > 0 ? 1e-5 * middle : 0;
  if (least == 0) return {};

  std::vector<double> logs;
  double trigammas = 0;
  for (const Variance& v : variances) {
    if (!(v.df > 0) || !std::isfinite(v.value) || v.value < 0) continue;
    const double half = v.df / 2;
    logs.push_back(std::log(std::max(v.value, least)) - boost::math::digamma(half) + std::log(half));
    trigammas += boost::math::trigamma(half);
  }
  const double count = static_cast<double>(logs.size()), center = mean(logs);
  double squares = 0;
  for (const double e : logs) squares += (e - center) * (e - center);
  const double spread = squares / (count - 1) - trigammas / count;
  if (spread <= 0) return {std::exp(center), infinity};
  const double half = inverse_trigamma(spread);
  return {std::exp(center + boost::math::digamma(half) - std::log(half)), 2 * half};
}

Variance moderated(const Variance& sample, const Variance& prior, double pooled_df) {
  if (prior.df <= 0) return sample;
  if (std::isinf(prior.df)) return {prior.value, pooled_df};
  const double df = prior.df + sample.df;
  return {(prior.df * prior.value + sample.df * sample.value) / df, std::min(df, pooled_df)};
}

Contrast difference(std::span<const double> a, std::span<const double> b, const Variance& variance) {
  if (a.empty() || b.empty()) return {};
  const double parts = 1 / static_cast<double>(a.size()) + 1 / static_cast<double>(b.size());
  return {mean(b) - mean(a), std::sqrt(variance.value * parts), variance.df};
}

double p_beyond(const Contrast& c, double threshold) {
  if (!(c.df > 0)) return 1;
  const double beyond = std::abs(c.estimate) - threshold, across = std::abs(c.estimate) + threshold;
  if (c.standard_error == 0) return beyond > 0 ? 0 : 1;
  return std::min(1.0, upper_tail(beyond / c.standard_error, c.df) + upper_tail(across / c.standard_error, c.df));
}

double p_within(const Contrast& c, double margin) {
  if (!(c.df > 0)) return 1;
  const double inside = margin - std::abs(c.estimate);
  if (c.standard_error == 0) return inside > 0 ? 0 : 1;
  return upper_tail(inside / c.standard_error, c.df);
}

double student_quantile(double df, double confidence) {
  const double tail = (1 - confidence) / 2;
  if (std::isinf(df))
    return boost::math::quantile(boost::math::complement(boost::math::normal_distribution<double>(), tail));
  return boost::math::quantile(boost::math::complement(boost::math::students_t_distribution<double>(df), tail));
}

Interval confidence_interval(const Contrast& c, double confidence) {
  if (!(c.df > 0)) return {c.estimate, c.estimate};
  const double half = student_quantile(c.df, confidence) * c.standard_error;
  return {c.estimate - half, c.estimate + half};
}

}  // namespace chipfit::stats
