#include "harness/stats/simulated_launches.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace chipfit::stats {
namespace {

/// Sums over logs less their known mean 0: deviation, and correlation of neighbours.
struct Moments {
  double deviation = 0, correlation = 0;
};
Moments moments_of_logs(const std::vector<double>& times) {
  double squares = 0, products = 0;
  for (std::size_t i = 0; i < times.size(); ++i) {
    squares += std::log(times[i]) * std::log(times[i]);
    if (i > 0) products += std::log(times[i]) * std::log(times[i - 1]);
  }
  return {std::sqrt(squares / static_cast<double>(times.size())), products / squares};
}

TEST(SimulatedLaunches, RoundsKeepTheirDeviationAndCorrelation) {
  for (const double rho : {0.0, 0.3, 0.6}) {
    SimulatedLaunches device({.launch_sd = 0, .within_sd = 0.01, .rho = rho}, 7);
    const Moments moments = moments_of_logs(device.launch(0, 100'000));
    EXPECT_NEAR(moments.deviation, 0.01, 0.0002) << "rho " << rho;
    EXPECT_NEAR(moments.correlation, rho, 0.02);
  }
}

TEST(SimulatedLaunches, LaunchesVaryByTheirOwnDeviation) {
  SimulatedLaunches device({.launch_sd = 0.02, .within_sd = 0}, 8);
  std::vector<double> levels;
  for (int i = 0; i < 20'000; ++i) levels.push_back(device.launch(0, 1)[0]);
  EXPECT_NEAR(moments_of_logs(levels).deviation, 0.02, 0.0005);
}

TEST(SimulatedLaunches, TheStatedShareOfLaunchesIsSlow) {
  SimulatedLaunches device({.launch_sd = 0, .within_sd = 0, .slow_share = 0.25, .slow_log = 1}, 9);
  int slow = 0;
  for (int i = 0; i < 4000; ++i) slow += device.log_median(0, 1) > 0.5;
  EXPECT_NEAR(slow / 4000.0, 0.25, 0.021);  // three standard deviations of a binomial share
}

TEST(SimulatedLaunches, DriftAndThrottlingBeginWhereTheyAreSaidTo) {
  SimulatedLaunches never({.launch_sd = 0, .within_sd = 0, .throttle_round = 0, .throttle_log = 1}, 10);
  EXPECT_EQ(never.launch(0, 2), (std::vector<double>{1, 1}));
  SimulatedLaunches device(
      {.launch_sd = 0, .within_sd = 0, .drift_per_round = 0.1, .throttle_round = 2, .throttle_log = 1}, 10);
  const std::vector<double> times = device.launch(0, 4);
  const double logs[] = {0, 0.1, 1.2, 1.3};
  for (int i = 0; i < 4; ++i) EXPECT_NEAR(std::log(times[static_cast<std::size_t>(i)]), logs[i], 1e-12);
}

}  // namespace
}  // namespace chipfit::stats
