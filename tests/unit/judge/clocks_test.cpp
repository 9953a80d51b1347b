#include "harness/judge/clocks.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <vector>

namespace chipfit::judge {
namespace {

std::vector<double> problems(int count, double each_s) {
  return std::vector<double>(static_cast<std::size_t>(count), each_s);
}

TEST(Clocks, ATimeThatIsNoTimeDiffers) {
  EXPECT_EQ(compare_clocks(std::vector{0.1, std::numeric_limits<double>::quiet_NaN()}, 0.2, 0), Clocks::differ);
  EXPECT_EQ(compare_clocks(std::vector{0.3, -0.1}, 0.2, 0), Clocks::differ);
  EXPECT_EQ(compare_clocks(std::vector{std::numeric_limits<double>::infinity()}, 0.2, 0), Clocks::differ);
}

TEST(Clocks, NoWorkerSeesMoreTimeThanTheJudge) {
  EXPECT_EQ(compare_clocks(problems(10, 0.0101), 0.1, 0), Clocks::differ);
  EXPECT_EQ(compare_clocks(problems(10, 0.01), 0.1, 0), Clocks::agree);
}

TEST(Clocks, AWorkerThatShowsHalfOfTheTimeDiffersHoweverBusyTheMachineIs) {
  EXPECT_EQ(compare_clocks(problems(100, 0.002), 0.4, 0), Clocks::differ);
}

TEST(Clocks, ReadingTheClockAndEnqueueingMayTakeTenMicrosecondsAProblem) {
  EXPECT_EQ(compare_clocks(problems(1000, 10e-6), 0.02, 0), Clocks::agree);
  EXPECT_EQ(compare_clocks(problems(1000, 10e-6), 0.1, 0), Clocks::differ);
}

TEST(Clocks, ATimeSliceThatIsMissingMeansABusyMachine) {
  EXPECT_EQ(compare_clocks(problems(10, 0.007), 0.1, 0), Clocks::busy) << "30 ms of 100 were lost";
  EXPECT_EQ(compare_clocks(problems(10, 0.004), 0.1, 0), Clocks::differ) << "60 ms of 100 were lost";
}

TEST(Clocks, WaitsThatTheKernelSawExplainAnyGap) {
  EXPECT_EQ(compare_clocks(problems(1, 0.0004), 0.0078, 0.007), Clocks::busy);
  EXPECT_EQ(compare_clocks(problems(10, 0.004), 0.1, 0.06), Clocks::busy);
  EXPECT_EQ(compare_clocks(problems(10, 0.002), 0.1, 0.06), Clocks::differ) << "20 ms of 100 are nobody's";
  EXPECT_EQ(compare_clocks(problems(10, 0.0101), 0.1, 1), Clocks::differ) << "waiting adds no time";
}

TEST(Clocks, OfManyWaitsOfAWorkerOnlyTheFewAtItsWakeUpsLieBetweenTheClocks) {
  EXPECT_DOUBLE_EQ(waited_between_clocks_s({0.03, 2}, {0.02, 2}), 0.05);
  EXPECT_DOUBLE_EQ(waited_between_clocks_s({0, 1}, {0.36, 16}), 0.09);
}

TEST(Clocks, AClockTenTimesTooSlowDiffersOnABusyMachineToo) {
  // 0.4 s of which sixteen waits took nine tenths: an honest worker saw most of them within its problems.
  const double waited_s = waited_between_clocks_s({0.02, 1}, {0.36, 16});
  EXPECT_EQ(compare_clocks(problems(10, 0.004), 0.4, waited_s), Clocks::differ);
  EXPECT_EQ(compare_clocks(problems(10, 0.028), 0.4, waited_s), Clocks::busy);
}

TEST(Clocks, WhatOthersTookFromASpanIsWhatWasWaitedForAndNotComputedInstead) {
  EXPECT_DOUBLE_EQ(waited_for_others_s(0.010, 0.015, 0.002, 0.030), 0.025);
  EXPECT_DOUBLE_EQ(waited_for_others_s(0, 0.029, 0.028, 0.030), 0.002) << "it waited for its own threads";
  EXPECT_DOUBLE_EQ(waited_for_others_s(0, 0.030, 0.060, 0.030), 0) << "two of its threads computed all the time";
  EXPECT_DOUBLE_EQ(waited_for_others_s(0, 0, 0.001, 0.030), 0);
}

}  // namespace
}  // namespace chipfit::judge
