#include "harness/stats/bootstrap.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "harness/stats/simulated_launches.hpp"

namespace chipfit::stats {
namespace {

using Side = std::vector<std::vector<double>>;

TEST(BootstrapRatio, ASideWithoutSamplesHasNoInterval) {
  const Side some{{1, 2}, {1, 3}}, none, hollow{{1}, {}};
  EXPECT_EQ(bootstrap_ratio(none, some, 0.95, 100, 1).high, 0);
  EXPECT_EQ(bootstrap_ratio(some, hollow, 0.95, 100, 1).high, 0);
  EXPECT_EQ(bootstrap_ratio(some, some, 0.95, 0, 1).high, 0);
}

TEST(BootstrapRatio, WithoutSpreadIsThePointItself) {
  const Side a{{2, 2}, {2, 2}}, b{{3}, {3}, {3}};
  const Interval interval = bootstrap_ratio(a, b, 0.95, 200, 1);
  EXPECT_NEAR(interval.low, 1.5, 1e-15);
  EXPECT_NEAR(interval.high, 1.5, 1e-15);
}

TEST(BootstrapRatio, OfTwoLaunchesASideTakesTheirMeansShares) {
  // b has no spread; a draws {1, 1}, {1, e²}, {e², 1}, {e², e²}: the mean log is 0, 1, 1 or 2 with shares ¼, ½, ¼.
  const Side a{{1}, {std::exp(2.0)}}, b{{std::exp(1.0)}, {std::exp(1.0)}};
  const Interval half = bootstrap_ratio(a, b, 0.4, 4000, 7);  // quantiles 0.3 and 0.7
  EXPECT_NEAR(half.low, 1, 1e-12);
  EXPECT_NEAR(half.high, 1, 1e-12);
  const Interval wide = bootstrap_ratio(a, b, 0.6, 4000, 7);  // quantiles 0.2 and 0.8
  EXPECT_NEAR(wide.low, std::exp(-1.0), 1e-12);
  EXPECT_NEAR(wide.high, std::exp(1.0), 1e-12);
}

TEST(BootstrapRatio, LaunchesAreDrawnNotOnlyTheirSamples) {
  // Inside a launch nothing varies, between launches much: an interval from samples alone would have no width.
  const Side a{{1, 1, 1}, {1.1, 1.1, 1.1}, {0.9, 0.9, 0.9}, {1.05, 1.05, 1.05}};
  const Interval interval = bootstrap_ratio(a, a, 0.95, 500, 3);
  EXPECT_LT(interval.low, 0.95);
  EXPECT_GT(interval.high, 1.05);
}

TEST(BootstrapRatio, TheSeedDecidesEverything) {
  const Side a{{1, 1.1, 1.2}, {1.3, 0.9}}, b{{1, 1.4}, {1.2, 1.1}};
  const Interval first = bootstrap_ratio(a, b, 0.95, 300, 5), again = bootstrap_ratio(a, b, 0.95, 300, 5);
  EXPECT_EQ(first.low, again.low);
  EXPECT_EQ(first.high, again.high);
  EXPECT_NE(bootstrap_ratio(a, b, 0.95, 300, 6).high, first.high);
}

TEST(BootstrapRatio, CoversTheTruthNearlyAsOftenAsItSays) {
  // Percentile intervals of 10 launches are a little narrow: about √(9/10) of the width that would be needed.
  SimulatedLaunches a({}, 11), b({}, 12);
  int covered = 0;
  constexpr int trials = 300;
  for (int t = 0; t < trials; ++t) {
    Side left, right;
    for (int l = 0; l < 10; ++l) left.push_back(a.launch(0, 12)), right.push_back(b.launch(std::log(1.03), 12));
    const Interval interval = bootstrap_ratio(left, right, 0.95, 300, static_cast<std::uint64_t>(t));
    covered += interval.low <= 1.03 && 1.03 <= interval.high;
  }
  EXPECT_GE(covered, 0.90 * trials);
  EXPECT_LE(covered, 0.99 * trials);
}

}  // namespace
}  // namespace chipfit::stats
