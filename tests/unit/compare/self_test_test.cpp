#include "harness/compare/self_test.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace chipfit::compare {
namespace {

TEST(AaFigures, OfEqualVirtualDevicesAreAsTheyShouldBe) {
  const auto figures = aa_figures(simulated_reports({}, 200, 10, 20261120)(), {});
  EXPECT_EQ(figures.tested, 200);
  EXPECT_EQ(figures.launches, 10);
  EXPECT_EQ(figures.false_flags, 0);
  EXPECT_LT(figures.false_flag_rate.high, 0.02);  // 3.7 of 200 at most
  EXPECT_GT(figures.uniformity.p, 0.01);
  EXPECT_EQ(figures.second_over_first.n, 10);
  EXPECT_LT(figures.second_over_first.interval.low, 1);
  EXPECT_GT(figures.second_over_first.interval.high, 1);
  // Launch deviation 0.5 %: a ratio of two medians of ten deviates by 0.22 %, 99.5 % of them by less than 2.8 times
  // that.
  EXPECT_NEAR(figures.delta, 0.0063, 0.0015);
  EXPECT_GE(figures.largest_ratio, 1 + figures.delta);
}

TEST(AaFigures, SeeALabelThatMatters) {
  auto cases = simulated_reports({}, 100, 10, 5)();
  for (auto& each : cases)
    for (double& x : each.b) x += 0.004;
  const auto figures = aa_figures(cases, {});
  EXPECT_EQ(figures.false_flags, 0);                     // half a percent does not matter to anyone …
  EXPECT_GT(figures.second_over_first.interval.low, 1);  // … but it is no chance
  EXPECT_NEAR(figures.second_over_first.value, 1.004, 0.001);
  EXPECT_LT(figures.uniformity.p, 1e-6);
}

TEST(AaFigures, OfLaunchesThatShareTheirLuckShowNoLabel) {
  // The second name is slower in every case, but only because one of its four launches was slow for all of them.
  std::vector<stats::LogLaunches> cases(20);
  for (auto& each : cases) each = {{0.00, 0.01, 0.02, 0.01}, {0.01, 0.00, 0.01, 0.04}};
  const auto figures = aa_figures(cases, {});
  EXPECT_EQ(figures.second_slower, 20);
  EXPECT_EQ(figures.second_over_first.n, 4);
  // Launch ratios of 1, −1, −1 and 3 %: mean 0.5 %, and Student's t of 3.18 times the standard error of 0.96 %.
  EXPECT_NEAR(std::log(figures.second_over_first.value), 0.005, 1e-12);
  EXPECT_NEAR(std::log(figures.second_over_first.interval.high), 0.005 + 3.18245 * 0.00957427, 1e-6);
  EXPECT_LT(figures.second_over_first.interval.low, 1);
}

TEST(AaFigures, OfNothingAreHarmless) {
  const auto figures = aa_figures({}, {});
  EXPECT_EQ(figures.tested, 0);
  EXPECT_EQ(figures.delta, 0);
  EXPECT_EQ(figures.false_flag_rate.high, 1);
}

TEST(PowerCurve, RisesWithTheSlowdownAndFlagsNothingElse) {
  PowerRequest request;
  request.slowdowns = {0.0, 0.02, 0.05};
  request.slowed = 10;
  request.reports = 4;
  const auto points = power_curve(simulated_reports({}, 100, 10, 7), request);
  ASSERT_EQ(points.size(), 3u);
  EXPECT_EQ(points[0].found, 0);
  EXPECT_LE(points[1].power(), 0.1);  // exactly δ: the null still holds
  EXPECT_EQ(points[2].power(), 1);
  for (const auto& point : points) {
    EXPECT_EQ(point.injected, 40);
    EXPECT_EQ(point.unchanged, 360);
    EXPECT_EQ(point.false_flags, 0);
  }
}

TEST(PowerCurve, BimodalLaunchesCostPower) {
  PowerRequest request;
  request.slowdowns = {0.04};
  request.reports = 4;
  const auto calm = power_curve(simulated_reports({}, 100, 10, 7), request);
  const auto bimodal = power_curve(simulated_reports({.slow_share = 0.3, .slow_log = 0.1}, 100, 10, 7), request);
  EXPECT_GT(calm[0].power(), bimodal[0].power() + 0.3);
}

TEST(PowerCurve, NeverSlowsMoreCasesThanThereAre) {
  PowerRequest request;
  request.slowdowns = {0.1};
  request.reports = 1;
  const auto points = power_curve(simulated_reports({}, 3, 5, 7), request);
  EXPECT_EQ(points[0].injected, 3);
  EXPECT_EQ(points[0].unchanged, 0);
}

TEST(MinimumDetectable, LiesBetweenThePoints) {
  const std::vector<PowerPoint> points{{0.02, 10, 2}, {0.03, 10, 6}, {0.04, 10, 10}};
  EXPECT_NEAR(minimum_detectable(points), 0.035, 1e-12);
  EXPECT_EQ(minimum_detectable(std::vector<PowerPoint>{{0.02, 10, 2}}), 0);
  EXPECT_EQ(minimum_detectable({}), 0);
}

TEST(ReportsFrom, DealTheMeasuredLaunchesToTwoSides) {
  const auto draw = reports_from({{1, 2, 3, 4, 5, 6, 7}}, 3);
  const auto first = draw(), second = draw();
  ASSERT_EQ(first[0].a.size(), 3u);
  ASSERT_EQ(first[0].b.size(), 3u);
  EXPECT_TRUE(first[0].a != second[0].a || first[0].b != second[0].b);
  for (const double x : first[0].a) EXPECT_EQ(std::count(first[0].b.begin(), first[0].b.end(), x), 0);
}

}  // namespace
}  // namespace chipfit::compare
