#include "harness/stats/launch_comparison.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "harness/stats/simulated_launches.hpp"

namespace chipfit::stats {
namespace {

/// `n` logs about `center` with a deviation of about half a percent, without outliers; `phase` tells samples apart.
std::vector<double> tame(double center, int n, int phase = 0) {
  std::vector<double> x;
  for (int i = 0; i < n; ++i) x.push_back(center + 0.005 * std::sin(1.7 * i + phase));
  return x;
}

Call call_of(const LogLaunches& launches) {
  return compare_launches(std::vector{launches}, {}).cases[0].call;
}

TEST(CompareLaunches, CasesThatShareOneVarianceHaveTheDegreesOfFreedomOfAllTogether) {
  // Three cases of 3 + 3 launches with one variance: 3·(3 + 3 − 2) = 12.
  const std::vector<LogLaunches> cases(3, {{-0.001, 0, 0.001}, {0.099, 0.1, 0.101}});
  const auto result = compare_launches(cases, {});
  ASSERT_TRUE(std::isinf(result.prior.df));
  const double error = std::sqrt(result.prior.value * 2 / 3);
  EXPECT_NEAR(result.cases[0].log_interval.high, 0.1 + student_quantile(12, 0.95) * error, 1e-12);
}

TEST(CompareLaunches, TwoLaunchesSupportNoVerdict) {
  const auto result = compare_launches(std::vector<LogLaunches>{{{0, 0.001}, {1, 1.001}}}, {});
  EXPECT_EQ(result.cases[0].test, LaunchTest::none);
  EXPECT_EQ(result.cases[0].call, Call::inconclusive);
  EXPECT_EQ(result.tested, 0);
  EXPECT_NEAR(result.cases[0].log_ratio, 1, 1e-12);  // the ratio is shown all the same
  EXPECT_EQ(compare_launches(std::vector<LogLaunches>{{{}, {1}}}, {}).cases[0].log_ratio, 0);
}

TEST(CompareLaunches, ThreeLaunchesFindAClearDifference) {
  EXPECT_EQ(call_of({tame(0, 3), tame(0.2, 3, 1)}), Call::slower);
  EXPECT_EQ(call_of({tame(0, 3), tame(-0.2, 3, 1)}), Call::faster);
}

TEST(CompareLaunches, ADifferenceInsideDeltaIsTheSameHoweverSure) {
  EXPECT_EQ(call_of({tame(0, 40), tame(0.01, 40, 1)}), Call::same);
  EXPECT_EQ(call_of({tame(0, 40), tame(-0.01, 40, 1)}), Call::same);
}

TEST(CompareLaunches, NotSignificantIsNotTheSame) {
  std::vector<double> wild_a, wild_b;
  for (int i = 0; i < 10; ++i) wild_a.push_back(0.1 * std::sin(1.7 * i)), wild_b.push_back(0.1 * std::sin(1.7 * i + 1));
  EXPECT_EQ(call_of({wild_a, wild_b}), Call::inconclusive);
}

TEST(CompareLaunches, AnOutlyingLaunchHandsOverToTheRankTestFromNineLaunches) {
  auto eight = tame(0.1, 8), nine = tame(0.1, 9);
  eight[3] = nine[3] = 0.9;
  const auto few = compare_launches(std::vector<LogLaunches>{{tame(0, 8), eight}}, {}).cases[0];
  EXPECT_TRUE(few.outlying);
  EXPECT_EQ(few.test, LaunchTest::none);
  EXPECT_EQ(few.call, Call::inconclusive);
  const auto enough = compare_launches(std::vector<LogLaunches>{{tame(0, 9), nine}}, {}).cases[0];
  EXPECT_EQ(enough.test, LaunchTest::rank);
  EXPECT_EQ(enough.call, Call::slower);
  EXPECT_NEAR(enough.p, 2.0 / 48620, 1e-12);
  EXPECT_NEAR(enough.log_ratio, 0.1, 0.005);  // the outlier does not pull it
}

TEST(CompareLaunches, TheRankTestToo_CallsTheSameWhatIsTheSame) {
  auto b = tame(0, 12, 1);
  b[5] = 0.5;
  const auto result = compare_launches(std::vector<LogLaunches>{{tame(0, 12), b}}, {}).cases[0];
  EXPECT_EQ(result.test, LaunchTest::rank);
  EXPECT_EQ(result.call, Call::same);
  auto faster = tame(-0.1, 12, 1);
  faster[5] = 0.5;
  EXPECT_EQ(call_of({tame(0, 12), faster}), Call::faster);
}

TEST(CompareLaunches, AnOutlierDoesNotWidenThePriorOfOtherCases) {
  std::vector<LogLaunches> cases(20, {tame(0, 10), tame(0, 10, 1)});
  const double before = compare_launches(cases, {}).prior.value;
  cases.push_back({tame(0, 10), tame(0, 10, 1)});
  cases.back().b[0] = 5;
  EXPECT_NEAR(compare_launches(cases, {}).prior.value, before, 1e-12);
}

TEST(CompareLaunches, QGrowsWithTheNumberOfCases) {
  const LogLaunches same{tame(0, 5), tame(0, 5, 1)}, different{tame(0, 5), tame(0.035, 5, 1)};
  const auto alone = compare_launches(std::vector{different}, {}).cases[0];
  std::vector<LogLaunches> many(400, same);
  many.push_back(different);
  const auto among = compare_launches(many, {}).cases.back();
  EXPECT_EQ(alone.q, alone.p);
  EXPECT_NEAR(among.q, among.p * 401, 1e-12);
}

TEST(CompareLaunches, ACommonShiftIsTakenOffBeforeTesting) {
  ComparisonRule rule;
  rule.log_shift = 0.1;
  const auto result = compare_launches(std::vector<LogLaunches>{{tame(0, 10), tame(0.1, 10, 1)}}, rule).cases[0];
  EXPECT_EQ(result.call, Call::same);
  EXPECT_NEAR(result.log_ratio, 0.1, 0.005);  // what is shown is not shifted
  EXPECT_EQ(compare_launches(std::vector<LogLaunches>{{tame(0, 10), tame(0, 10, 1)}}, rule).cases[0].call,
            Call::faster);
}

TEST(OutlyingLaunch, NeedsFiveDeviationsAndDelta) {
  EXPECT_FALSE(has_outlying_launch({}, 0.02));
  EXPECT_FALSE(has_outlying_launch({tame(0, 10), tame(3, 10)}, 0.02));
  LogLaunches launches{std::vector<double>(9, 0.0), std::vector<double>(9, 0.0)};
  launches.a[4] = 0.0197;  // far beyond a deviation of 0, but within log 1.02 = 0.0198
  EXPECT_FALSE(has_outlying_launch(launches, 0.02));
  launches.a[4] = 0.0199;
  EXPECT_TRUE(has_outlying_launch(launches, 0.02));
  launches.a[4] = -0.0199;
  EXPECT_TRUE(has_outlying_launch(launches, 0.02));
}

TEST(CommonShift, NeedsSixCasesAndHalfOfDelta) {
  EXPECT_FALSE(common_shift(std::vector(5, 0.1), 0.02).found);
  EXPECT_TRUE(common_shift(std::vector(6, 0.1), 0.02).found);
  EXPECT_TRUE(common_shift(std::vector(6, -0.1), 0.02).found);
  EXPECT_FALSE(common_shift(std::vector(6, 0.0098), 0.02).found);  // log(1.02)/2 = 0.0099
  EXPECT_TRUE(common_shift(std::vector(6, 0.0100), 0.02).found);
}

TEST(CommonShift, AFewSlowCasesAreNoShift) {
  std::vector<double> ratios(20, 0.0);
  for (int i = 0; i < 5; ++i) ratios[static_cast<std::size_t>(4 * i)] = 0.3;
  EXPECT_FALSE(common_shift(ratios, 0.02).found);
}

TEST(Feasibility, SaysFromHowManyLaunchesOneAmongFiveHundredCanBeFound) {
  const auto nine = feasibility(500, 9, {2.5e-5, 20}, {});
  EXPECT_TRUE(nine.rank_test);
  EXPECT_EQ(nine.rank_launches, 9);
  EXPECT_FALSE(feasibility(500, 8, {2.5e-5, 20}, {}).rank_test);
  EXPECT_EQ(feasibility(1, 5, {}, {}).rank_launches, 4);  // 2/C(8, 4) = 0.029; three launches: 0.1
  EXPECT_EQ(feasibility(0, 5, {}, {}).rank_launches, 0);
}

TEST(Feasibility, TheSmallestRatioIsWhatTheSimulationFindsFourTimesInFive) {
  // Deviation of launch medians about 0.5 %, 10 launches, one slow case among 100.
  const Variance prior{2.5e-5, 1000};
  const double ratio = feasibility(100, 10, prior, {}).smallest_ratio;
  SimulatedLaunches device({.launch_sd = 0.005, .within_sd = 0, .rho = 0}, 4);
  int found = 0;
  for (int t = 0; t < 100; ++t) {
    std::vector<LogLaunches> cases(100);
    for (auto& each : cases)
      for (int l = 0; l < 10; ++l) each.a.push_back(device.log_median(0, 1)), each.b.push_back(device.log_median(0, 1));
    for (double& x : cases[0].b) x += std::log(ratio);
    found += compare_launches(cases, {}).cases[0].call == Call::slower;
  }
  EXPECT_GE(found, 68);
  EXPECT_LE(found, 92);
}

TEST(Feasibility, WithoutAVarianceTheSmallestRatioIsUnknown) {
  EXPECT_EQ(feasibility(10, 10, {}, {}).smallest_ratio, 0);
  EXPECT_EQ(feasibility(10, 2, {1e-5, 10}, {}).smallest_ratio, 0);
}

}  // namespace
}  // namespace chipfit::stats
