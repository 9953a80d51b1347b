#include "harness/stats/moderated_t.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

namespace chipfit::stats {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

TEST(VariancePrior, FewerThanThreeVariancesSayNothing) {
  EXPECT_EQ(fit_variance_prior({}).df, 0);
  EXPECT_EQ(fit_variance_prior(std::vector<Variance>{{1, 4}, {2, 4}}).df, 0);
  EXPECT_EQ(fit_variance_prior(std::vector<Variance>{{1, 4}, {2, 4}, {3, 0}, {NAN, 4}, {infinity, 4}}).df, 0);
}

TEST(VariancePrior, ZeroVariancesMakeNoNumberThatIsNotFinite) {
  EXPECT_EQ(fit_variance_prior(std::vector<Variance>(5, {0, 4})).df, 0);
  const Variance prior = fit_variance_prior(std::vector<Variance>{{0, 4}, {1, 4}, {1.1, 4}, {0.9, 4}});
  EXPECT_TRUE(std::isfinite(prior.value));
  EXPECT_GT(prior.df, 0);
}

TEST(VariancePrior, IsSmythsEstimate) {
  // Equations of Smyth (2004), section 6.2, solved with scipy 1.10.1: brentq on polygamma(1, y), bracket 1e-3 … 1e6.
  std::vector<Variance> variances;
  for (const double v : {0.8, 2.1, 3.3, 1.2, 9.0, 0.3, 5.2, 2.4, 30.0, 0.1}) variances.push_back({v * 1e-5, 18});
  const Variance prior = fit_variance_prior(variances);
  EXPECT_NEAR(prior.df, 1.4787621880845545, 1e-8);
  EXPECT_NEAR(prior.value, 9.016507763799926e-06, 1e-14);
  const Variance squeezed = moderated(variances[8], prior, 180);
  EXPECT_NEAR(squeezed.value, 0.0002779095108035711, 1e-13);
  EXPECT_NEAR(squeezed.df, 19.4787621880845545, 1e-8);
}

TEST(VariancePrior, WhatIsNoVarianceDoesNotCount) {
  std::vector<Variance> variances{{0.3, 4}, {1, 4}, {2, 4}, {9, 4}};
  const Variance prior = fit_variance_prior(variances);
  for (const Variance none : {Variance{infinity, 4}, {-1, 4}, {NAN, 4}, {1, 0}}) variances.push_back(none);
  const Variance same = fit_variance_prior(variances);
  EXPECT_EQ(same.value, prior.value);
  EXPECT_EQ(same.df, prior.df);
}

TEST(VariancePrior, VariancesThatDifferLessThanChanceShareOne) {
  const Variance prior = fit_variance_prior(std::vector<Variance>(20, {4e-6, 18}));
  EXPECT_EQ(prior.df, infinity);
  const Variance squeezed = moderated({9e-6, 18}, prior, 360);
  EXPECT_EQ(squeezed.value, prior.value);
  EXPECT_EQ(squeezed.df, 360);
}

TEST(Moderated, WithoutAPriorTheSampleSpeaksAlone) {
  const Variance own = moderated({9e-6, 4}, {}, 4);
  EXPECT_EQ(own.value, 9e-6);
  EXPECT_EQ(own.df, 4);
}

TEST(Moderated, NeverHasMoreDegreesOfFreedomThanAllCasesTogether) {
  EXPECT_EQ(moderated({1, 4}, {1, 100}, 12).df, 12);
}

TEST(PBeyond, IsTheSumOfBothTailsBeyondTheThreshold) {  // scipy 1.10.1 stats.t.sf
  const double margin = std::log(1.02);
  EXPECT_NEAR(p_beyond({0.05, 0.01, 18}, margin), 0.0036819734175627793, 1e-13);
  EXPECT_NEAR(p_beyond({0.01, 0.01, 18}, margin), 0.8340365716593694, 1e-12);
  EXPECT_NEAR(p_beyond({-0.03, 0.004, 4.5}, 0.02), 0.030010454770968774, 1e-13);
}

TEST(PBeyond, AtThresholdZeroIsTheTTest) {
  // Hollander and Wolfe's data; scipy 1.10.1 ttest_ind: t = −1.606136660273869, p = 0.13225051067782634.
  const std::vector a{0.80, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46}, b{1.15, 0.88, 0.90, 0.74, 1.21};
  double mean_a = 0, mean_b = 0, squares = 0;
  for (const double x : a) mean_a += x / 10;
  for (const double x : b) mean_b += x / 5;
  for (const double x : a) squares += (x - mean_a) * (x - mean_a);
  for (const double x : b) squares += (x - mean_b) * (x - mean_b);
  const Contrast contrast = difference(a, b, {squares / 13, 13});
  EXPECT_NEAR(contrast.estimate / contrast.standard_error, -1.606136660273869, 1e-12);
  EXPECT_NEAR(p_beyond(contrast, 0), 0.13225051067782634, 1e-12);
}

TEST(PBeyond, OneDegreeOfFreedomIsEnough) {  // Cauchy's distribution: a quarter lies beyond 1
  EXPECT_NEAR(p_beyond({1, 1, 1}, 0), 0.5, 1e-12);
  EXPECT_NEAR(p_within({0, 1, 1}, 1), 0.25, 1e-12);
  EXPECT_EQ(p_beyond({1, 1, 0}, 0), 1);
  EXPECT_EQ(p_within({0, 1, 0}, 1), 1);
}

TEST(PBeyond, WithoutSpreadTheEstimateDecides) {
  EXPECT_EQ(p_beyond({0.05, 0, 4}, 0.02), 0);
  EXPECT_EQ(p_beyond({0.01, 0, 4}, 0.02), 1);
  EXPECT_EQ(p_beyond({0.02, 0, 4}, 0.02), 1);
  EXPECT_EQ(p_beyond({0.05, 0.01, 0}, 0.02), 1);
}

TEST(PWithin, IsTheLargerOfTwoOneSidedTests) {  // scipy 1.10.1 stats.t
  const double margin = std::log(1.02);
  EXPECT_NEAR(p_within({0.05, 0.01, 18}, margin), 0.996318833278807, 1e-12);
  EXPECT_NEAR(p_within({0.01, 0.01, 18}, margin), 0.1699745468298255, 1e-12);
  EXPECT_NEAR(p_within({-0.03, 0.004, 4.5}, 0.02), 0.9700471567488997, 1e-12);
  EXPECT_EQ(p_within({0.01, 0, 4}, 0.02), 0);
  EXPECT_EQ(p_within({0.02, 0, 4}, 0.02), 1);
  EXPECT_EQ(p_within({0, 1, 0}, 0.02), 1);
}

TEST(PWithin, IsBelowFivePercentExactlyWhereTheNinetyPercentIntervalLiesInside) {
  for (const double estimate : {-0.02, -0.011, 0.0, 0.004, 0.012, 0.0195}) {
    for (const double error : {0.001, 0.004, 0.009, 0.02}) {
      const Contrast c{estimate, error, 11};
      const Interval interval = confidence_interval(c, 0.9);
      EXPECT_EQ(p_within(c, 0.02) < 0.05, interval.low > -0.02 && interval.high < 0.02) << estimate << " ± " << error;
    }
  }
}

TEST(ConfidenceInterval, IsStudents) {  // scipy 1.10.1 stats.t.interval
  const Interval a = confidence_interval({0.05, 0.01, 18}, 0.95);
  EXPECT_NEAR(a.low, 0.028990779597590402, 1e-13);
  EXPECT_NEAR(a.high, 0.0710092204024096, 1e-13);
  const Interval b = confidence_interval({-0.03, 0.004, 4.5}, 0.95);
  EXPECT_NEAR(b.low, -0.04063564938881761, 1e-13);
  EXPECT_NEAR(b.high, -0.019364350611182385, 1e-13);
  EXPECT_NEAR(confidence_interval({0, 1, infinity}, 0.95).high, 1.959963984540054, 1e-12);
  EXPECT_EQ(confidence_interval({3, 1, 0}, 0.95).low, 3);
}

TEST(Difference, OfNoSamplesHasNoDegreesOfFreedom) {
  EXPECT_EQ(difference({}, std::vector{1.0}, {1, 5}).df, 0);
  const Contrast c = difference(std::vector{1.0, 3.0}, std::vector{5.0, 6.0, 7.0, 10.0}, {12, 4});
  EXPECT_EQ(c.estimate, 5);
  EXPECT_NEAR(c.standard_error, 3, 1e-15);  // 12·(1/2 + 1/4) = 9
}

}  // namespace
}  // namespace chipfit::stats
