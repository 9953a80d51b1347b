#include "harness/stats/mann_whitney.hpp"

#include <gtest/gtest.h>

#include <array>
#include <vector>

namespace chipfit::stats {
namespace {

// Permeability constants of the human chorioamnion at term and at 12 to 26 weeks: Hollander and Wolfe (1973), p. 69.
const std::vector term{0.80, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46};
const std::vector weeks{1.15, 0.88, 0.90, 0.74, 1.21};

TEST(MannWhitney, WithoutSamplesThereIsNoEvidence) {
  EXPECT_EQ(mann_whitney({}, weeks, Tail::two_sided).p, 1);
  EXPECT_EQ(mann_whitney(term, {}, Tail::greater).p, 1);
  EXPECT_EQ(mann_whitney_approximate({}, {}, Tail::less).p, 1);
}

TEST(MannWhitney, EqualSamplesAreNoEvidence) {
  const std::vector same{2.0, 2.0, 2.0};
  EXPECT_EQ(mann_whitney(same, same, Tail::two_sided).p, 1);
}

TEST(MannWhitney, GivesTheBooksExactExample) {
  const auto greater = mann_whitney(term, weeks, Tail::greater);
  EXPECT_EQ(greater.method, RankMethod::exact);
  EXPECT_EQ(greater.u, 35);
  EXPECT_NEAR(greater.p, 0.1272061272061272, 1e-14);                                     // the book: 0.1272
  EXPECT_NEAR(mann_whitney(term, weeks, Tail::less).p, 0.8967698967698966, 1e-14);       // scipy 1.10.1 mannwhitneyu
  EXPECT_NEAR(mann_whitney(term, weeks, Tail::two_sided).p, 0.2544122544122544, 1e-14);  // scipy
}

TEST(MannWhitney, ApproximatesWithContinuityCorrection) {  // scipy 1.10.1: mannwhitneyu(method='asymptotic')
  EXPECT_NEAR(mann_whitney_approximate(term, weeks, Tail::greater).p, 0.12231180256349167, 1e-12);
  EXPECT_NEAR(mann_whitney_approximate(term, weeks, Tail::less).p, 0.9007753482039937, 1e-12);
  EXPECT_NEAR(mann_whitney_approximate(term, weeks, Tail::two_sided).p, 0.24462360512698333, 1e-12);
}

TEST(MannWhitney, TiesTakeTheApproximationWithTheirVariance) {  // scipy, as above
  const std::vector<double> x{1, 2, 2, 3, 5, 5}, y{2, 4, 5, 6, 6, 7, 8};
  const auto less = mann_whitney(x, y, Tail::less);
  EXPECT_EQ(less.method, RankMethod::approximate);
  EXPECT_EQ(less.u, 7);
  EXPECT_NEAR(less.p, 0.025417791140478152, 1e-12);
  EXPECT_NEAR(mann_whitney(x, y, Tail::greater).p, 0.9820262940564278, 1e-12);
  EXPECT_NEAR(mann_whitney(x, y, Tail::two_sided).p, 0.050835582280956304, 1e-12);
}

TEST(MannWhitney, ExactNullIsThatOfAllArrangements) {
  // Every way to deal ranks 1 … 7 to 3 and 4 launches, counted one by one.
  std::array<int, 13> count{};
  for (int mask = 0; mask < 128; ++mask) {
    if (__builtin_popcount(static_cast<unsigned>(mask)) != 3) continue;
    std::vector<double> x, y;
    for (int r = 0; r < 7; ++r) ((mask >> r & 1) != 0 ? x : y).push_back(r);
    ++count[static_cast<std::size_t>(mann_whitney_exact(x, y, Tail::less).u)];
  }
  int sum = 0;
  for (int mask = 0; mask < 128; ++mask) {
    if (__builtin_popcount(static_cast<unsigned>(mask)) != 3) continue;
    std::vector<double> x, y;
    for (int r = 0; r < 7; ++r) ((mask >> r & 1) != 0 ? x : y).push_back(r);
    const auto less = mann_whitney_exact(x, y, Tail::less);
    int below = 0;
    for (std::size_t u = 0; u <= static_cast<std::size_t>(less.u); ++u) below += count[u];
    EXPECT_NEAR(less.p, below / 35.0, 1e-14);
    ++sum;
  }
  EXPECT_EQ(sum, 35);
}

TEST(MannWhitney, BeyondFourHundredPairsItIsApproximate) {
  std::vector<double> x, y;
  for (int i = 0; i < 21; ++i) x.push_back(2 * i), y.push_back(2 * i + 1);
  EXPECT_EQ(mann_whitney(x, y, Tail::less).method, RankMethod::approximate);
  x.pop_back(), y.pop_back();
  EXPECT_EQ(mann_whitney(x, y, Tail::less).method, RankMethod::exact);
}

TEST(SmallestRankP, EightLaunchesCannotFindOneInFiveHundredAndNineCan) {
  EXPECT_NEAR(smallest_rank_p(9, 9), 2.0 / 48620, 1e-18);
  EXPECT_LE(smallest_rank_p(9, 9), 0.05 / 500);
  EXPECT_GT(smallest_rank_p(8, 8), 0.05 / 500);
  EXPECT_EQ(smallest_rank_p(0, 5), 1);
  EXPECT_EQ(smallest_rank_p(1, 1), 1);
  EXPECT_DOUBLE_EQ(smallest_rank_p(1, 39), 0.05);  // the one value beyond all the others: twice 1 of 40
}

TEST(HodgesLehmann,
     GivesTheBooksShiftAndInterval) {  // the same in R's wilcox.test(conf.int = TRUE): 0.305, -0.15 … 0.76
  EXPECT_NEAR(hodges_lehmann(term, weeks), 0.305, 1e-12);
  const Interval interval = shift_interval(term, weeks, 0.95);
  EXPECT_NEAR(interval.low, -0.15, 1e-12);
  EXPECT_NEAR(interval.high, 0.76, 1e-12);
}

TEST(HodgesLehmann, TooFewForAnIntervalGiveTheExtremes) {
  const Interval interval = shift_interval(std::vector{1.0, 2.0}, std::vector{0.0, 0.5}, 0.95);
  EXPECT_EQ(interval.low, 0.5);
  EXPECT_EQ(interval.high, 2);
  EXPECT_EQ(shift_interval({}, {}, 0.95).high, 0);
}

TEST(HodgesLehmann, ManyPairsTakeTheNormalRank) {
  std::vector<double> x;
  for (int i = 0; i < 30; ++i) x.push_back(i);
  const Interval interval = shift_interval(x, x, 0.95);
  EXPECT_EQ(interval.low, -interval.high);
  EXPECT_EQ(interval.high,
            5);  // half-width of 30 equally spaced values on each side: R 4.2 wilcox.test gives ±5 as well
}

}  // namespace
}  // namespace chipfit::stats
