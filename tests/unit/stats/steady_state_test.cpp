#include "harness/stats/steady_state.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <vector>

namespace chipfit::stats {
namespace {

/// Rounds of 20 ms that end at 0.02, 0.04 … `until_s`.
std::vector<TimedSample> rounds(double until_s, const std::function<double(double)>& time_s) {
  std::vector<TimedSample> out;
  for (int i = 1; i * 0.02 < until_s + 0.01; ++i) out.push_back({i * 0.02, time_s(i * 0.02)});
  return out;
}

TEST(SteadyState, NeedsAllWindows) {
  EXPECT_FALSE(steady_state({}, {}).enough_data);
  const auto constant = [](double) { return 1.0; };
  EXPECT_FALSE(steady_state({}, rounds(2.4, constant)).enough_data);
  EXPECT_FALSE(steady_state({}, rounds(2.4, constant)).steady);
  EXPECT_TRUE(steady_state({}, rounds(2.6, constant)).enough_data);
  EXPECT_TRUE(steady_state({}, rounds(2.6, constant)).steady);
}

TEST(SteadyState, TwoWindowsAreEnoughForARuleThatAsksForTwo) {
  EXPECT_TRUE(steady_state({.windows = 2}, rounds(1.1, [](double) { return 1.0; })).steady);
}

TEST(SteadyState, TimesOfZeroDoNotDrift) {  // a clock too coarse to see them
  EXPECT_EQ(steady_state({}, rounds(2.6, [](double) { return 0.0; })).drift, 0);
}

TEST(SteadyState, AWindowWithoutSamplesIsNotEnough) {
  auto samples = rounds(10, [](double) { return 1.0; });
  std::erase_if(samples, [](const TimedSample& s) { return s.at_s > 8.4 && s.at_s < 9.1; });
  EXPECT_FALSE(steady_state({}, samples).enough_data);
}

TEST(SteadyState, RejectsARuleWithoutWindows) {
  const auto samples = rounds(10, [](double) { return 1.0; });
  EXPECT_FALSE(steady_state({.windows = 0}, samples).enough_data);
  EXPECT_FALSE(steady_state({.windows = 1}, samples).enough_data);
  EXPECT_FALSE(steady_state({.window_s = 0}, samples).enough_data);
}

TEST(SteadyState, SeesADriftOfOnePercentOverTheWindows) {
  const auto state = steady_state({}, rounds(5, [](double t) { return 1 + 0.01 * (t - 5) / 2.5; }));
  EXPECT_TRUE(state.enough_data);
  EXPECT_NEAR(state.drift, 0.01, 5e-4);
  EXPECT_FALSE(state.steady);
  EXPECT_TRUE(steady_state({.max_drift = 0.02}, rounds(5, [](double t) { return 1 + 0.004 * t; })).steady);
}

TEST(SteadyState, SeesASpeedingUpToo) {
  const auto state = steady_state({}, rounds(5, [](double t) { return 1 - 0.004 * t; }));
  EXPECT_LT(state.drift, -0.005);
  EXPECT_FALSE(state.steady);
}

TEST(SteadyState, SeesJumpsWithoutDrift) {
  const auto state =
      steady_state({}, rounds(5, [](double t) { return static_cast<int>((t - 0.01) / 0.5) % 2 == 0 ? 1 : 1.04; }));
  EXPECT_TRUE(state.enough_data);
  EXPECT_GT(state.variation, 0.01);
  EXPECT_FALSE(state.steady);
}

TEST(SteadyState, ForgetsTheWarmUp) {
  EXPECT_TRUE(steady_state({}, rounds(6, [](double t) { return t < 3 ? 2.0 : 1.0; })).steady);
}

TEST(SteadyState, OneOutlierInAWindowDoesNoHarm) {
  EXPECT_TRUE(steady_state({}, rounds(5, [](double t) { return std::abs(t - 4) < 0.005 ? 50.0 : 1.0; })).steady);
}

// Sen (1968), section 6: the slope of these seven points is 4.
TEST(TheilSen, GivesSensOwnExample) {
  const std::vector<double> x{1, 2, 3, 4, 10, 12, 18}, y{9, 15, 19, 20, 45, 55, 78};
  EXPECT_DOUBLE_EQ(theil_sen_slope(x, y), 4);
}

TEST(TheilSen, WithoutTwoDifferentXThereIsNoSlope) {
  EXPECT_EQ(theil_sen_slope({}, {}), 0);
  const std::vector<double> beyond{0, 2, 100};
  EXPECT_EQ(theil_sen_slope(std::vector{0.0, 1.0, 2.0}, std::span(beyond).first(2)), 2) << "the shorter one counts";
  EXPECT_EQ(theil_sen_slope(std::vector{1.0}, std::vector{2.0}), 0);
  EXPECT_EQ(theil_sen_slope(std::vector{1.0, 1.0}, std::vector{2.0, 3.0}), 0);
}

TEST(TheilSen, IgnoresAQuarterOfOutliers) {
  std::vector<double> x, y;
  for (int i = 0; i < 40; ++i) {
    x.push_back(i);
    y.push_back(i % 4 == 0 ? 1000.0 : 0.5 * i);
  }
  EXPECT_NEAR(theil_sen_slope(x, y), 0.5, 0.05);
}

}  // namespace
}  // namespace chipfit::stats
