#include "harness/stats/false_discovery.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace chipfit::stats {
namespace {

TEST(BenjaminiHochberg, OfNothingIsNothing) {
  EXPECT_TRUE(benjamini_hochberg({}).empty());
}

TEST(BenjaminiHochberg, RejectsFourInTheirOwnExample) {
  // Benjamini and Hochberg (1995), section 3.2: fifteen p-values; at 5 % four are rejected, by Bonferroni three.
  const std::vector p{0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344,
                      0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0000};
  const auto q = benjamini_hochberg(p);
  EXPECT_EQ(std::ranges::count_if(q, [](double each) { return each <= 0.05; }), 4);
  EXPECT_NEAR(q[3], 0.0095 * 15 / 4, 1e-15);
  EXPECT_NEAR(q[4], 0.0201 * 15 / 5, 1e-15);
  EXPECT_EQ(q[14], 1);
}

TEST(BenjaminiHochberg, KeepsTheOrderOfTheInputAndNeverFallsWithP) {
  const auto q = benjamini_hochberg(std::vector{0.5, 0.01, 0.02});
  EXPECT_NEAR(q[0], 0.5, 1e-15);
  EXPECT_NEAR(q[1], 0.03, 1e-15);
  EXPECT_NEAR(q[2], 0.03, 1e-15);
}

TEST(BenjaminiHochberg, OneTestIsNotCorrected) {
  EXPECT_EQ(benjamini_hochberg(std::vector{0.04})[0], 0.04);
}

}  // namespace
}  // namespace chipfit::stats
