#include "harness/stats/outliers.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace chipfit::stats {
namespace {

TEST(ModifiedZScore, IsTheDistanceInMadsTimes0_6745) {
  // Median 5; |x − 5| = 4 3 2 1 0 1 2 3 95: their median is 2.
  const std::vector<double> x{1, 2, 3, 4, 5, 6, 7, 8, 100};
  const auto z = modified_z_scores(x);
  EXPECT_DOUBLE_EQ(z[0], 0.6745 * -4 / 2);
  EXPECT_DOUBLE_EQ(z[4], 0);
  EXPECT_DOUBLE_EQ(z[8], 0.6745 * 95 / 2);
}

TEST(ModifiedZScore, TakesTheMeanDeviationWhereMostValuesAreEqual) {
  // MAD 0; mean |x − 10| = 5/5 = 1.
  const auto z = modified_z_scores(std::vector<double>{10, 10, 10, 10, 15});
  EXPECT_DOUBLE_EQ(z[4], 5 / 1.2533);
  EXPECT_DOUBLE_EQ(z[0], 0);
}

TEST(ModifiedZScore, OfEqualValuesIsZeroAndOfNoneIsNone) {
  EXPECT_EQ(modified_z_scores(std::vector<double>{3, 3, 3}), (std::vector<double>{0, 0, 0}));
  EXPECT_TRUE(modified_z_scores({}).empty());
}

TEST(Outliers, AreNotSoughtAmongFourValues) {
  EXPECT_TRUE(outliers(std::vector<double>{10, 10.1, 9.9, 1}).empty());
  EXPECT_EQ(outliers(std::vector<double>{10, 10.1, 9.9, 10, 1}), (std::vector<std::size_t>{4}));
}

TEST(Outliers, AreFarFromTheMedianToo) {
  // Eleven values within 0.001 % and one that is 1 % off: the score is large, the difference does not matter.
  std::vector<double> x{100};
  for (int i = 1; i <= 5; ++i) {
    x.push_back(100 + 1e-4 * i);
    x.push_back(100 - 1e-4 * i);
  }
  x.push_back(101);
  EXPECT_GT(modified_z_scores(x).back(), 100);
  EXPECT_TRUE(outliers(x).empty());
  x.back() = 102;
  EXPECT_TRUE(outliers(x).empty()) << "exactly the least share is not more than it";
  x.back() = 103;
  EXPECT_EQ(outliers(x), (std::vector<std::size_t>{11}));
}

}  // namespace
}  // namespace chipfit::stats
