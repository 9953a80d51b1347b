#include "harness/stats/launch_comparison.hpp"

#include <algorithm>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>

#include "harness/stats/false_discovery.hpp"
#include "harness/stats/mann_whitney.hpp"
#include "harness/stats/median_ci.hpp"

namespace chipfit::stats {
namespace {

int fewer(const LogLaunches& launches) {
  return static_cast<int>(std::min(launches.a.size(), launches.b.size()));
}

double squares_about_mean(std::span<const double> x) {
  double mean = 0, squares = 0;
  for (const double each : x) mean += each / static_cast<double>(x.size());
  for (const double each : x) squares += (each - mean) * (each - mean);
  return squares;
}

Variance pooled_variance(const LogLaunches& launches) {
  const double df = static_cast<double>(launches.a.size() + launches.b.size()) - 2;
  if (launches.a.empty() || launches.b.empty() || df < 1) return {};
  return {(squares_about_mean(launches.a) + squares_about_mean(launches.b)) / df, df};
}

LaunchTest choose_test(const LogLaunches& launches, bool outlying) {
  if (fewer(launches) < fewest_launches) return LaunchTest::none;
  if (!outlying) return LaunchTest::moderated_t;
  return fewer(launches) >= fewest_rank_launches ? LaunchTest::rank : LaunchTest::none;
}

std::vector<double> shifted(std::span<const double> x, double by) {
  std::vector<double> out(x.begin(), x.end());
  for (double& each : out) each += by;
  return out;
}

/// Quantiles are dear, and most cases of a report have the same degrees of freedom.
class RememberedQuantile {
 public:
  double operator()(double df, double confidence) {
    if (df != df_) value_ = student_quantile(df_ = df, confidence);
    return value_;
  }

 private:
  double df_ = -1, value_ = 0;
};

void test_by_t(CaseComparison& result, const LogLaunches& launches, const Variance& variance, double margin,
               const ComparisonRule& rule, RememberedQuantile& quantile) {
  Contrast contrast = difference(launches.a, launches.b, variance);
  result.log_ratio = contrast.estimate;
  const double half = quantile(contrast.df, rule.confidence) * contrast.standard_error;
  result.log_interval = {contrast.estimate - half, contrast.estimate + half};
  contrast.estimate -= rule.log_shift;
  result.p = p_beyond(contrast, margin);
  result.p_same = p_within(contrast, margin);
  result.p_point = p_beyond(contrast, 0);
}

void test_by_ranks(CaseComparison& result, const LogLaunches& launches, double margin, const ComparisonRule& rule) {
  result.log_ratio = hodges_lehmann(launches.b, launches.a);
  result.log_interval = shift_interval(launches.b, launches.a, rule.confidence);
  const auto b = shifted(launches.b, -rule.log_shift);
  const auto up = shifted(b, margin), down = shifted(b, -margin);
  const double slower = mann_whitney(down, launches.a, Tail::greater).p;
  const double faster = mann_whitney(up, launches.a, Tail::less).p;
  result.p = std::min(1.0, 2 * std::min(slower, faster));
  result.p_same = std::max(mann_whitney(up, launches.a, Tail::greater).p, mann_whitney(down, launches.a, Tail::less).p);
  result.p_point = mann_whitney(b, launches.a, Tail::two_sided).p;
}

}  // namespace

std::string_view name(LaunchTest test) {
  switch (test) {
    case LaunchTest::none:
      return "none";
    case LaunchTest::moderated_t:
      return "moderated t";
    case LaunchTest::rank:
      return "rank";
  }
  return "";
}

bool has_outlying_launch(const LogLaunches& launches, double delta) {
  std::vector<double> distances;
  for (const auto* side : {&launches.a, &launches.b}) {
    const double middle = median(*side);
    for (const double x : *side) distances.push_back(std::abs(x - middle));
  }
  if (distances.empty()) return false;
  const double deviation = 1.4826 * median(distances);
  const double farthest = std::ranges::max(distances);
  return farthest > 5 * deviation && farthest > std::log1p(delta);
}

Comparison compare_launches(std::span<const LogLaunches> cases, const ComparisonRule& rule) {
  const double margin = std::log1p(rule.delta);
  Comparison comparison;
  comparison.cases.resize(cases.size());
  std::vector<Variance> variances(cases.size());
  double pooled_df = 0;
  for (std::size_t i = 0; i < cases.size(); ++i) {
    CaseComparison& result = comparison.cases[i];
    result.outlying = has_outlying_launch(cases[i], rule.delta);
    result.test = choose_test(cases[i], result.outlying);
    // One bad launch would widen the prior for every other case.
    if (result.test != LaunchTest::moderated_t) continue;
    variances[i] = pooled_variance(cases[i]);
    pooled_df += variances[i].df;
  }
  comparison.prior = fit_variance_prior(variances);

  RememberedQuantile quantile_of_t;
  std::vector<double> p;
  std::vector<std::size_t> tested;
  for (std::size_t i = 0; i < cases.size(); ++i) {
    CaseComparison& result = comparison.cases[i];
    if (result.test == LaunchTest::none) {
      if (fewer(cases[i]) > 0) result.log_ratio = median(cases[i].b) - median(cases[i].a);
      result.log_interval = {result.log_ratio, result.log_ratio};
      continue;
    }
    if (result.test == LaunchTest::moderated_t)
      test_by_t(result, cases[i], moderated(variances[i], comparison.prior, pooled_df), margin, rule, quantile_of_t);
    else
      test_by_ranks(result, cases[i], margin, rule);
    p.push_back(result.p);
    tested.push_back(i);
  }
  comparison.tested = static_cast<int>(tested.size());

  const auto q = benjamini_hochberg(p);
  for (std::size_t t = 0; t < tested.size(); ++t) {
    CaseComparison& result = comparison.cases[tested[t]];
    result.q = q[t];
    const bool is_slower = result.log_ratio > rule.log_shift;
    if (result.q <= rule.q)
      result.call = is_slower ? Call::slower : Call::faster;
    else if (result.p_same <= rule.same_p)
      result.call = Call::same;
  }
  return comparison;
}

CommonShift common_shift(std::span<const double> log_ratios, double delta) {
  const MedianCi ci = median_ci(log_ratios, 0.05);
  CommonShift shift{ci.median, {ci.low, ci.high}, false};
  const double matters = std::log1p(delta) / 2;
  shift.found = ci.valid && (ci.low > matters || ci.high < -matters);
  return shift;
}

Feasibility feasibility(int cases, int launches, const Variance& prior, const ComparisonRule& rule) {
  Feasibility result;
  if (cases < 1) return result;
  const double one_among_all = rule.q / cases;
  result.rank_test = smallest_rank_p(launches, launches) <= one_among_all;
  while (smallest_rank_p(result.rank_launches, result.rank_launches) > one_among_all) ++result.rank_launches;
  if (launches < fewest_launches || !(prior.df > 0) || !(prior.value > 0)) return result;
  const double df = std::isinf(prior.df) ? 1e6 : prior.df + 2.0 * launches - 2;
  const boost::math::students_t_distribution<double> student(df);
  const double reach =
      boost::math::quantile(boost::math::complement(student, one_among_all)) + boost::math::quantile(student, 0.8);
  result.smallest_ratio = (1 + rule.delta) * std::exp(reach * std::sqrt(prior.value * 2 / launches));
  return result;
}

}  // namespace chipfit::stats
