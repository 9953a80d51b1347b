#include "harness/stats/stop_rule.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <vector>

namespace chipfit::stats {
namespace {

std::vector<double> tight_samples(int n) {
  std::vector<double> x;
  for (int i = 0; i < n; ++i) x.push_back(1 + (i % 2 == 0 ? 1e-4 : -1e-4));
  return x;
}

std::vector<double> wide_samples(int n) {
  std::vector<double> x;
  for (int i = 0; i < n; ++i) x.push_back(i % 2 == 0 ? 1 : 2);
  return x;
}

TEST(ScheduledLook, IsAtTwentyTimesPowersOfOneAndAHalf) {
  std::vector<int> looks;
  for (int n = -3; n <= 2000; ++n) {
    if (is_scheduled_look(n)) looks.push_back(n);
  }
  EXPECT_EQ(looks, (std::vector{20, 30, 45, 68, 102, 152, 228, 342, 513, 769, 1154, 1730}));
}

TEST(Decide, GoesOnWithoutSamplesHoweverLateItIs) {
  EXPECT_EQ(decide({}, {}, 1e9), StopState::go_on);
  EXPECT_EQ(decide({}, tight_samples(2), 1e9), StopState::go_on);
  EXPECT_NE(decide({}, tight_samples(3), 1e9), StopState::go_on);
}

TEST(Decide, SaysNotReachedWhenTimeRunsOutOnWideSamples) {
  EXPECT_EQ(decide({}, wide_samples(20), 4.99), StopState::go_on);
  EXPECT_EQ(decide({}, wide_samples(20), 5), StopState::not_reached);
  EXPECT_EQ(decide({}, wide_samples(5), 5), StopState::not_reached);
}

TEST(Decide, SaysNotReachedWhenTheCountRunsOut) {
  EXPECT_EQ(decide({.max_rounds = 40}, wide_samples(39), 1), StopState::go_on);
  EXPECT_EQ(decide({.max_rounds = 40}, wide_samples(40), 1), StopState::not_reached);
}

TEST(Decide, LooksOnlyWhenALookIsScheduled) {
  EXPECT_EQ(decide({}, tight_samples(19), 1), StopState::go_on);
  EXPECT_EQ(decide({}, tight_samples(20), 1), StopState::reached);
  EXPECT_EQ(decide({}, tight_samples(21), 1), StopState::go_on);
  EXPECT_EQ(decide({}, tight_samples(30), 1), StopState::reached);
}

TEST(Decide, LooksNotBeforeTheLeastTime) {
  EXPECT_EQ(decide({}, tight_samples(20), 0.49), StopState::go_on);
  EXPECT_EQ(decide({}, tight_samples(20), 0.5), StopState::reached);
}

TEST(Decide, LooksOnceMoreWhenTheBudgetIsSpent) {
  EXPECT_EQ(decide({}, tight_samples(12), 5), StopState::reached);
  EXPECT_EQ(decide({}, tight_samples(6), 5), StopState::not_reached);                     // too few for an interval
  EXPECT_EQ(decide({.max_rounds = 12}, tight_samples(12), 0.1), StopState::not_reached);  // before the least time
}

TEST(Decide, TheTargetIsASetting) {
  EXPECT_EQ(decide({.target_relative_half_width = 1e-5}, tight_samples(20), 1), StopState::go_on);
  EXPECT_EQ(decide({.target_relative_half_width = 0.4}, wide_samples(20), 1), StopState::reached);
}

/// Share of runs whose interval, at the look that ended them, holds the true median: samples exp(σz), z a stationary
/// first-order autoregression with correlation ρ, as statistics.md models a launch.
double coverage(double rho, double sigma, int runs, unsigned seed) {
  std::mt19937_64 random(seed);
  std::normal_distribution<double> normal;
  StopRule rule;
  rule.min_time_s = 0;
  rule.max_time_s = 1;
  int held = 0;
  for (int run = 0; run < runs; ++run) {
    std::vector<double> samples;
    double z = normal(random);
    do {
      samples.push_back(std::exp(sigma * z));
      z = rho * z + std::sqrt(1 - rho * rho) * normal(random);
    } while (decide(rule, samples, 0) == StopState::go_on);
    const MedianCi ci = median_ci(samples, rule.alpha);
    if (ci.low <= 1 && 1 <= ci.high) ++held;
  }
  return static_cast<double>(held) / runs;
}

TEST(StopRuleCoverage, IsNinetyFourPercentAtLeastUnderRepeatedLooks) {
  for (const double rho : {0.0, 0.3, 0.6}) {
    for (const double sigma : {0.005, 0.01, 0.02}) {
      EXPECT_GE(coverage(rho, sigma, 2000, 20261122), 0.94) << "rho " << rho << ", sigma " << sigma;
    }
  }
}

TEST(StopRuleCoverage, IsNoWiderThanItNeedsToBe) {
  EXPECT_LE(coverage(0, 0.01, 2000, 7), 0.985);
}

}  // namespace
}  // namespace chipfit::stats
