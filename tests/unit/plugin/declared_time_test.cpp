// The simulated backend is the yardstick of the statistics tests, so its own distribution is held to what it declares.
#include "backends/simulated/declared_time.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace simulated {
namespace {

TEST(DeclaredTime, WithoutSpreadIsOverheadPlusFlopOverRate) {
  DeclaredTimes times({.rate_flop_per_s = 2e9, .overhead_s = 1e-3}, 1);
  EXPECT_DOUBLE_EQ(times.next(4e9, 0), 2.001);
  EXPECT_DOUBLE_EQ(times.next(0, 100), 0.001);
}

TEST(DeclaredTime, TheSameSeedRepeatsALaunchAndAnotherDoesNot) {
  const Declaration d{.launch_sd = 0.1, .within_sd = 0.1, .rho = 0.5};
  DeclaredTimes a(d, 7), b(d, 7), c(d, 8);
  for (int i = 0; i < 10; ++i) {
    const double t = a.next(1e6, 0);
    EXPECT_EQ(t, b.next(1e6, 0));
    EXPECT_NE(t, c.next(1e6, 0));
  }
}

TEST(DeclaredTime, SpreadAndCorrelationAreTheDeclaredOnes) {
  DeclaredTimes times({.rate_flop_per_s = 1, .overhead_s = 0, .within_sd = 0.05, .rho = 0.8}, 3);
  std::vector<double> logs;
  for (int i = 0; i < 200000; ++i) logs.push_back(std::log(times.next(1, 0)));
  double square = 0, product = 0;
  for (std::size_t i = 1; i < logs.size(); ++i) square += logs[i] * logs[i], product += logs[i] * logs[i - 1];
  EXPECT_NEAR(std::sqrt(square / 200000), 0.05, 0.001);
  EXPECT_NEAR(product / square, 0.8, 0.01);
}

TEST(DeclaredTime, LaunchesDifferByTheDeclaredSpread) {
  double square = 0;
  for (std::uint64_t seed = 1; seed <= 20000; ++seed) {
    DeclaredTimes times({.rate_flop_per_s = 1, .overhead_s = 0, .launch_sd = 0.02}, seed);
    const double log = std::log(times.next(1, 0));
    EXPECT_EQ(log, std::log(times.next(1, 5)));
    square += log * log;
  }
  EXPECT_NEAR(std::sqrt(square / 20000), 0.02, 0.001);
}

TEST(DeclaredTime, DriftsAndThrottles) {
  DeclaredTimes drifting({.rate_flop_per_s = 1, .overhead_s = 0, .drift_per_s = 0.01}, 1);
  EXPECT_DOUBLE_EQ(drifting.next(1, 10), std::exp(0.1));
  DeclaredTimes hot({.rate_flop_per_s = 1, .overhead_s = 0, .throttle_after_s = 2, .throttle_factor = 1.5}, 1);
  EXPECT_DOUBLE_EQ(hot.next(1, 1.9), 1);
  EXPECT_DOUBLE_EQ(hot.next(1, 2), 1.5);
}

}  // namespace
}  // namespace simulated
