// Geometric means, shares and their intervals, uniformity, planning of launches.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "harness/stats/geometric_mean.hpp"
#include "harness/stats/launch_planning.hpp"
#include "harness/stats/proportion.hpp"

namespace chipfit::stats {
namespace {

TEST(GeometricMean, CountsOnlyWhatHasALogarithm) {
  EXPECT_EQ(geometric_mean({}).n, 0);
  const auto mean = geometric_mean(
      std::vector{0.0, -1.0, std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity(), 4.0});
  EXPECT_EQ(mean.n, 1);
  EXPECT_NEAR(mean.value, 4, 1e-15);
  EXPECT_EQ(mean.interval.low, mean.value);
}

TEST(GeometricMean, HasStudentsIntervalOnTheLogs) {  // scipy 1.10.1: t.interval(0.95, 3, mean(log x), sem(log x))
  const auto mean = geometric_mean(std::vector{1.1, 0.95, 1.3, 1.02});
  EXPECT_EQ(mean.n, 4);
  EXPECT_NEAR(mean.value, 1.084963064302116, 1e-14);
  EXPECT_NEAR(mean.interval.low, 0.8758009710054854, 1e-12);
  EXPECT_NEAR(mean.interval.high, 1.3440780381282136, 1e-12);
}

TEST(GeometricMean, OfARatioAndItsInverseIsOne) {
  EXPECT_NEAR(geometric_mean(std::vector{2.0, 0.5}).value, 1, 1e-15);
}

TEST(ClopperPearson, IsExact) {  // scipy 1.10.1: binomtest(1, 20).proportion_ci(0.95, 'exact')
  const Interval one = clopper_pearson(1, 20);
  EXPECT_NEAR(one.low, 0.0012650894979560337, 1e-12);
  EXPECT_NEAR(one.high, 0.24873276277202772, 1e-12);
  const Interval none = clopper_pearson(0, 500);
  EXPECT_EQ(none.low, 0);
  EXPECT_NEAR(none.high, 0.007350610051907785, 1e-12);
  EXPECT_EQ(clopper_pearson(5, 5).high, 1);
  EXPECT_EQ(clopper_pearson(0, 0).high, 1);
}

TEST(Uniformity, MeasuresTheLargestGap) {  // scipy 1.10.1: kstest 0.28; kolmogorov((√10 + 0.12 + 0.11/√10)·0.28)
  const auto result = uniformity(std::vector{0.93, 0.02, 0.11, 0.13, 0.24, 0.31, 0.44, 0.50, 0.52, 0.71});
  EXPECT_NEAR(result.distance, 0.28, 1e-12);
  EXPECT_NEAR(result.p, 0.35424191362995655, 1e-9);  // the exact p is 0.3462
}

TEST(Uniformity, SeesValuesThatCrowdAtOneEnd) {
  std::vector<double> crowded, even;
  for (int i = 0; i < 200; ++i) {
    even.push_back((i + 0.5) / 200);
    crowded.push_back(std::pow((i + 0.5) / 200, 2));
  }
  EXPECT_LT(uniformity(crowded).p, 1e-6);
  EXPECT_NEAR(uniformity(even).p, 1, 1e-12);
  EXPECT_EQ(uniformity({}).p, 1);
  EXPECT_DOUBLE_EQ(uniformity(std::vector{0.8, 0.9}).distance, 0.8) << "below the least value";
  EXPECT_EQ(uniformity(std::vector{0.1, 0.1, 0.1, 0.1}).p, 1);  // four values are too few to say
}

TEST(LevelVariances, TakesTheRoundsShareOffTheLaunches) {
  // Launch means 1, 3, 5 (variance 4), rounds ±1 about them: variance 2 in each pair, of which half reaches a mean of
  // two.
  const std::vector<std::vector<double>> launches{{0, 2}, {2, 4}, {4, 6}};
  const auto v = level_variances(launches);
  EXPECT_NEAR(v.within, 2, 1e-15);
  EXPECT_NEAR(v.between, 3, 1e-15);
}

TEST(LevelVariances, WhatCannotBeKnownIsZero) {
  EXPECT_EQ(level_variances({}).within, 0);
  EXPECT_EQ(level_variances(std::vector<std::vector<double>>{{1, 2, 3}}).between, 0);
  EXPECT_EQ(level_variances(std::vector<std::vector<double>>{{1}, {2}, {}}).within, 0);
  // Launches that differ less than their rounds explain.
  EXPECT_EQ(level_variances(std::vector<std::vector<double>>{{0, 10}, {0.1, 10.1}}).between, 0);
}

TEST(PlanLaunches, RoundsFollowTheRootOfCostsAndVariances) {
  // √(16/1 · 9/4) = 6.
  EXPECT_EQ(plan_launches({.within = 9, .between = 4}, 1, 16, 100).rounds, 6);
  // 100 rounds leave a variance of 2e-4: t(10)²·2e-4/11 = 0.9503e-4 is the first below 0.01².
  const LaunchPlan plan = plan_launches({.within = 1e-2, .between = 1e-4}, 1, 100, 0.01);
  EXPECT_EQ(plan.rounds, 100);
  EXPECT_EQ(plan.launches, 11);
  EXPECT_EQ(plan_launches({.within = 9, .between = 4}, 1, 16.1, 100).rounds, 7);
  EXPECT_EQ(plan_launches({.within = 0, .between = 4}, 1, 16, 100).rounds, 1);
  EXPECT_EQ(plan_launches({.within = 9, .between = 0}, 1, 16, 100, 0.95, 50).rounds, 50);
}

TEST(PlanLaunches, LaunchesAreTheFewestWithTheWantedWidth) {
  // t(0.975, n − 1)·0.02/√n ≤ 0.01 first holds at n = 18 (scipy 1.10.1 stats.t.ppf).
  EXPECT_EQ(plan_launches({.within = 0, .between = 0.0004}, 1, 1, 0.01).launches, 18);
  EXPECT_EQ(plan_launches({.within = 0, .between = 0}, 1, 1, 0.01).launches, 2);
}

}  // namespace
}  // namespace chipfit::stats
