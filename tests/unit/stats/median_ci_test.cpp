#include "harness/stats/median_ci.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

namespace chipfit::stats {
namespace {

/// 1 … n in an order in which neighbours are far apart, so that their autocorrelation is negative and counts as 0.
std::vector<double> zigzag(int n) {
  std::vector<double> x;
  for (int low = 1, high = n; low <= high; ++low, --high) {
    x.push_back(low);
    if (low != high) x.push_back(high);
  }
  return x;
}

/// The rank k by exact integers: Pascal's triangle instead of the incomplete beta function.
int exact_rank(int n, double alpha) {
  std::vector<std::uint64_t> row{1};
  for (int i = 0; i < n; ++i) {
    row.push_back(0);
    for (std::size_t j = row.size() - 1; j > 0; --j) row[j] += row[j - 1];
  }
  std::uint64_t sum = 0;
  int k = 0;
  while (k < n) {
    sum += row[static_cast<std::size_t>(k)];
    if (std::ldexp(static_cast<long double>(sum), -n) > static_cast<long double>(alpha) / 2) break;
    ++k;
  }
  return k;
}

TEST(MedianCi, NoSamplesIsNoIntervalAndNoNaN) {
  const MedianCi ci = median_ci({});
  EXPECT_FALSE(ci.valid);
  EXPECT_EQ(ci.n, 0);
  EXPECT_EQ(ci.median, 0);
  EXPECT_EQ(ci.relative_half_width(), 0);
  EXPECT_EQ(ci.n_effective, 0);
}

TEST(MedianCi, OneSampleIsItsOwnMedianButNoInterval) {
  const MedianCi ci = median_ci(std::vector{3.0});
  EXPECT_FALSE(ci.valid);
  EXPECT_EQ(ci.median, 3);
  EXPECT_EQ(ci.low, 3);
  EXPECT_EQ(ci.high, 3);
}

TEST(MedianCi, FewerThanSixSamplesGiveTheExtremes) {
  for (int n = 2; n < 6; ++n) {
    const MedianCi ci = median_ci(zigzag(n), 0.05);
    EXPECT_FALSE(ci.valid) << n;
    EXPECT_EQ(ci.low, 1) << n;
    EXPECT_EQ(ci.high, n) << n;
  }
  // P(Bin(6, ½) = 0) = 1/64 is within 5 %/2 but not within 3 %/2.
  EXPECT_TRUE(median_ci(zigzag(6), 0.05).valid);
  EXPECT_FALSE(median_ci(zigzag(6), 0.03).valid);
  EXPECT_TRUE(median_ci(zigzag(7), 0.03).valid);
}

TEST(MedianCi, ASampleThatIsNotFiniteMakesNoNumber) {
  for (const double bad : {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()}) {
    std::vector<double> x = zigzag(30);
    x[17] = bad;
    const MedianCi ci = median_ci(x);
    EXPECT_FALSE(ci.valid);
    EXPECT_EQ(ci.n, 30);
    EXPECT_EQ(ci.median, 0);
    EXPECT_EQ(ci.relative_half_width(), 0);
  }
}

TEST(MedianCi, AMedianOfZeroHasNoRelativeWidth) {
  EXPECT_EQ(median_ci(std::vector{-1.0, 1.0, -2.0, 2.0, -3.0, 3.0, -4.0, 4.0}).relative_half_width(),
            std::numeric_limits<double>::infinity());
  EXPECT_EQ(median_ci(std::vector<double>(30, 0.0)).relative_half_width(), 0);
}

TEST(MedianCi, EqualSamplesAreAnIntervalOfNoWidth) {
  const MedianCi ci = median_ci(std::vector<double>(40, 0.25));
  EXPECT_TRUE(ci.valid);
  EXPECT_EQ(ci.low, 0.25);
  EXPECT_EQ(ci.high, 0.25);
  EXPECT_EQ(ci.rho, 0);
  EXPECT_EQ(ci.n_effective, 40);
}

// The classical table of 95 % limits for a median by order statistics (sign test; for instance Hollander & Wolfe,
// Nonparametric Statistical Methods, table A.2 gives the same binomial sums).
TEST(MedianCi, RanksAreThoseOfTheTables) {
  struct Line {
    int n, k;
  };
  for (const auto [n, k] : {Line{6, 1}, Line{8, 1}, Line{9, 2}, Line{10, 2}, Line{15, 4}, Line{20, 6}, Line{25, 8},
                            Line{30, 10}, Line{50, 18}, Line{100, 40}}) {
    const MedianCi ci = median_ci(zigzag(n), 0.05);
    EXPECT_EQ(ci.rho, 0);
    EXPECT_EQ(ci.low, k) << n;
    EXPECT_EQ(ci.high, n + 1 - k) << n;
    EXPECT_EQ(ci.median, (n + 1) / 2.0) << n;
  }
}

TEST(MedianCi, RanksAgreeWithExactIntegerSums) {
  for (const double alpha : {0.01, 0.03, 0.05, 0.2}) {
    for (int n = 6; n <= 60; ++n) {
      const int k = exact_rank(n, alpha);
      const MedianCi ci = median_ci(zigzag(n), alpha);
      EXPECT_EQ(ci.valid, k >= 1) << n << " " << alpha;
      EXPECT_EQ(ci.low, std::max(k, 1)) << n << " " << alpha;
    }
  }
}

TEST(MedianCi, AutocorrelationIsOfTheRanksAndBiasCorrected) {
  // Ranks 1 2 4 3 6 5 8 7 around 4.5: products of neighbours 8.75 + 1.25 + 0.75 − 2.25 + 0.75 + 1.75 + 8.75 = 19.75,
  // squares 42, so ρ̂ = 0.4702…; corrected by (1 + 3ρ̂)/8. The values themselves are far from linear.
  const std::vector<double> x{1, 10, 1e3, 100, 1e5, 1e4, 1e7, 1e6};
  const double raw = 19.75 / 42;
  const MedianCi ci = median_ci(x);
  EXPECT_NEAR(ci.rho, raw + (1 + 3 * raw) / 8, 1e-12);
  EXPECT_NEAR(ci.n_effective, 8 * (1 - ci.rho) / (1 + ci.rho), 1e-12);
}

TEST(MedianCi, TiedRanksShareTheirMean) {
  // Ranks 1.5 1.5 3.5 3.5 5.5 5.5: products 4 + 0 + 0 + 0 + 4 = 8, squares 16, ρ̂ = 0.5, corrected by 2.5/6.
  EXPECT_NEAR(median_ci(std::vector<double>{1, 1, 2, 2, 3, 3}).rho, 0.5 + 2.5 / 6, 1e-12);
}

TEST(MedianCi, ADriftIsClippedAndLeavesNoInterval) {
  std::vector<double> x;
  for (int i = 0; i < 100; ++i) x.push_back(i);
  const MedianCi ci = median_ci(x);
  EXPECT_EQ(ci.rho, 0.95);
  EXPECT_FALSE(ci.valid);
  EXPECT_EQ(ci.low, 0);
  EXPECT_EQ(ci.high, 99);
}

TEST(MedianCi, TheSameSamplesGetAWiderIntervalWhenTheyAreCorrelatedInTime) {
  std::vector<double> smooth, scattered;
  for (int i = 0; i < 200; ++i) smooth.push_back(std::sin(i * 0.9));
  std::vector<double> in_order = smooth;
  std::ranges::sort(in_order);
  for (const double rank : zigzag(200)) scattered.push_back(in_order[static_cast<std::size_t>(rank) - 1]);
  const MedianCi in_time = median_ci(smooth), shuffled = median_ci(scattered);
  ASSERT_TRUE(in_time.valid && shuffled.valid);
  EXPECT_GT(in_time.rho, shuffled.rho + 0.3);
  EXPECT_GT(in_time.high - in_time.low, shuffled.high - shuffled.low);
  EXPECT_EQ(in_time.median, shuffled.median);
}

TEST(Median, OfAnEvenNumberIsTheMiddleOfTheTwo) {
  EXPECT_EQ(median(std::vector{4.0, 1.0, 3.0, 2.0}), 2.5);
  EXPECT_EQ(median(std::vector{9.0, 1.0, 5.0}), 5);
  EXPECT_EQ(median({}), 0);
}

// Values of R's quantile(type = 7), which is numpy.quantile's default too.
TEST(Quantile, IsType7OfHyndmanAndFan) {
  const std::vector<double> x{15, 20, 35, 40, 50};
  EXPECT_EQ(quantile(x, 0), 15);
  EXPECT_NEAR(quantile(x, 0.05), 16, 1e-12);
  EXPECT_NEAR(quantile(x, 0.3), 23, 1e-12);
  EXPECT_NEAR(quantile(x, 0.4), 29, 1e-12);
  EXPECT_NEAR(quantile(x, 0.95), 48, 1e-12);
  EXPECT_EQ(quantile(x, 1), 50);
  EXPECT_EQ(quantile(x, 7), 50);
  EXPECT_EQ(quantile(x, -1), 15);
  EXPECT_EQ(quantile({}, 0.5), 0);
}

}  // namespace
}  // namespace chipfit::stats
