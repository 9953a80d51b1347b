#include "harness/telemetry/energy.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace chipfit::telemetry {
namespace {

/// A counter of a device that draws `power_w(t)`, renewed every 100 ms from 37 ms on, read every 20 ms.
template <class Power>
std::vector<CounterReading> polled(double seconds, Power power_w) {
  std::vector<CounterReading> readings;
  double counted_j = 1000, true_j = 1000, next_tick_s = 0.037;
  for (int ms = 0; ms < static_cast<int>(seconds * 1000); ++ms) {
    const double t_s = ms * 1e-3;
    if (t_s >= next_tick_s) counted_j = true_j, next_tick_s += 0.1;
    true_j += power_w(t_s) * 1e-3;
    if (ms % 20 == 0) readings.push_back({t_s, counted_j});
  }
  return readings;
}

TEST(EnergyEdges, AreWhereTheCounterMovesAndNeverTheFirstReading) {
  const std::vector<CounterReading> readings = {{0.0, 5}, {0.1, 5}, {0.2, 7}, {0.3, 7}, {0.4, 9}};
  const auto found = edges(readings);
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found[0].t_s, 0.2);
  EXPECT_EQ(found[1].energy_j, 9);
  EXPECT_TRUE(edges({}).empty());
}

TEST(MeanPower, OfASteadyDeviceIsItsPower) {
  const auto found = mean_power(polled(13, [](double) { return 300.0; }), {10, 3});
  EXPECT_EQ(found.state, MeanPower::State::ok);
  EXPECT_NEAR(found.power_w, 300, 300 * 0.003);  // a window of 10 s is known to 20 ms at either end
  EXPECT_GE(found.window_s, 10);
  EXPECT_LE(found.highest_w - found.lowest_w, 300 * 0.006);
}

TEST(MeanPower, WindowsAtOtherPhasesShowThatTheWorkIsNotSteady) {
  const auto found = mean_power(polled(16, [](double t_s) { return t_s < 5 ? 200.0 : 400.0; }), {10, 3});
  EXPECT_EQ(found.state, MeanPower::State::ok);
  EXPECT_GT(found.highest_w - found.lowest_w, 80);
}

TEST(MeanPower, NoWattsAreGivenForAWindowThatIsTooShort) {
  EXPECT_EQ(mean_power(polled(9.5, [](double) { return 300.0; }), {10, 3}).state, MeanPower::State::too_short);
  // One window fits into 10.2 s, three that start at different edges do not.
  EXPECT_EQ(mean_power(polled(10.2, [](double) { return 300.0; }), {10, 3}).state, MeanPower::State::too_short);
  EXPECT_EQ(mean_power(polled(10.2, [](double) { return 300.0; }), {10, 1}).state, MeanPower::State::ok);
}

TEST(MeanPower, ACounterThatNeverMovesIsSilent) {
  EXPECT_EQ(mean_power(polled(13, [](double) { return 0.0; }), {10, 3}).state, MeanPower::State::silent);
  EXPECT_EQ(mean_power({}, {10, 3}).state, MeanPower::State::silent);
}

TEST(MeanPower, BeginsAndEndsAtTheCountersStepsAndNotAtTheFirstReading) {
  // The counter was at rest for 2 s before the work began: the first edge is the first that counts.
  auto readings = polled(14, [](double t_s) { return t_s < 0.04 ? 0.0 : 250.0; });
  readings.insert(readings.begin(), {-2.0, readings.front().energy_j});
  EXPECT_NEAR(mean_power(readings, {10, 3}).power_w, 250, 250 * 0.003);
}

}  // namespace
}  // namespace chipfit::telemetry
