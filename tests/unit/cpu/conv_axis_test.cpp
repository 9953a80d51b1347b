#include "kernels/cpu/conv/axis.hpp"

#include <gtest/gtest.h>

#include "kernels/cpu/conv/row_blocks.hpp"

namespace chipfit::cpu {
namespace {

// 3 taps, pad 1, over 7 inputs: y = 0 … 6 reads x = y − 1, y, y + 1.
const Axis kSame{7, 3, 7, 1, 1, 1};

TEST(ForwardPhase, ReadsStrideTimesOutputPlusDilatedTap) {
  const AxisPhase phase = forward_phase({10, 3, 3, 2, 3, 2});
  EXPECT_EQ(phase.count, 3);
  EXPECT_EQ(phase.in_step, 3);
  EXPECT_EQ(phase.taps, (std::vector<AxisTap>{{0, -2}, {1, 0}, {2, 2}}));
}

TEST(Inside, LeavesOutTheOutputsWhoseTapFallsOnPadding) {
  const AxisPhase phase = forward_phase(kSame);
  EXPECT_EQ(inside(phase, phase.taps[0]), (IndexRange{1, 7}));
  EXPECT_EQ(inside(phase, phase.taps[1]), (IndexRange{0, 7}));
  EXPECT_EQ(inside(phase, phase.taps[2]), (IndexRange{0, 6}));
}

TEST(Inside, IsEmptyForATapThatNeverMeetsTheImage) {
  const AxisPhase phase = forward_phase({2, 2, 1, 5, 1, 20});
  EXPECT_EQ(inside(phase, phase.taps[0]).size(), 0);
}

TEST(BackwardPhases, OfStrideOneAreOneConvolutionWithTheTapsTurnedRound) {
  const auto phases = backward_phases(kSame);
  ASSERT_EQ(phases.size(), 1u);
  EXPECT_EQ(phases[0].taps, (std::vector<AxisTap>{{0, 1}, {1, 0}, {2, -1}}));
}

// 3 taps, stride 2, pad 1: even x meet the middle tap only, odd x the outer two.
TEST(BackwardPhases, OfStrideTwoDivideTheTaps) {
  const auto phases = backward_phases({7, 3, 4, 1, 2, 1});
  ASSERT_EQ(phases.size(), 2u);
  EXPECT_EQ(phases[0].count, 4);
  EXPECT_EQ(phases[0].taps, (std::vector<AxisTap>{{1, 0}}));
  EXPECT_EQ(phases[1].count, 3);
  EXPECT_EQ(phases[1].taps, (std::vector<AxisTap>{{0, 1}, {2, 0}}));
}

TEST(BackwardPhases, KeepInputsThatNoOutputReads) {
  const auto phases = backward_phases({5, 1, 3, 0, 2, 1});
  ASSERT_EQ(phases.size(), 2u);
  EXPECT_TRUE(phases[1].taps.empty());
  EXPECT_EQ(phases[1].count, 2);
}

// Every pair (x, y) that fwd multiplies is one that bwd_data multiplies, with the same tap.
TEST(BackwardPhases, MeetExactlyThePairsThatForwardMeets) {
  for (std::int64_t stride = 1; stride <= 4; ++stride)
    for (std::int64_t dilation = 1; dilation <= 3; ++dilation)
      for (std::int64_t pad = 0; pad <= 3; ++pad) {
        const std::int64_t input = 11, filter = 3,
                           output = (input + 2 * pad - dilation * (filter - 1) - 1) / stride + 1;
        const Axis axis{input, filter, output, pad, stride, dilation};
        std::int64_t pairs = 0, back = 0;
        const AxisPhase forward = forward_phase(axis);
        for (const AxisTap& tap : forward.taps) pairs += inside(forward, tap).size();
        for (const AxisPhase& phase : backward_phases(axis))
          for (const AxisTap& tap : phase.taps) {
            const IndexRange range = inside(phase, tap);
            for (std::int64_t i = range.begin; i < range.end; ++i) {
              const std::int64_t x = phase.first + phase.step * i, y = i + tap.offset;
              EXPECT_EQ(x, stride * y + dilation * tap.filter - pad);
              ++back;
            }
          }
        EXPECT_EQ(pairs, back) << stride << " " << dilation << " " << pad;
      }
}

TEST(CutRows, GivesBlocksOfNearlyEqualSize) {
  const RowBlocks cut = cut_rows(forward_phase({30, 1, 30, 0, 1, 1}), 14);
  ASSERT_EQ(cut.blocks.size(), 3u);
  EXPECT_EQ(cut.blocks[0].rows + cut.blocks[1].rows + cut.blocks[2].rows, 30);
  EXPECT_EQ(cut.blocks[2].rows, 10);
  EXPECT_EQ(cut.patterns.size(), 1u);
}

TEST(CutRows, PutsBorderTapsIntoGroupsOfFewerRows) {
  const RowBlocks cut = cut_rows(forward_phase(kSame), 14);
  ASSERT_EQ(cut.patterns.size(), 1u);
  const RowPattern& pattern = cut.patterns[0];
  EXPECT_TRUE(pattern.covered);
  ASSERT_EQ(pattern.groups.size(), 3u);
  EXPECT_EQ(pattern.groups[0], (RowGroup{0, 7, {{1, 0}}}));
  EXPECT_EQ(pattern.groups[1], (RowGroup{1, 6, {{0, -1}}}));
  EXPECT_EQ(pattern.groups[2], (RowGroup{0, 6, {{2, 1}}}));
}

TEST(CutRows, SaysWhereNoTapMeetsAllRows) {
  const RowBlocks cut = cut_rows(forward_phase({2, 1, 6, 2, 1, 1}), 14);
  EXPECT_FALSE(cut.patterns[0].covered);
}

TEST(Share, DividesEvenly) {
  EXPECT_EQ(share(7, 0, 3), (IndexRange{0, 3}));
  EXPECT_EQ(share(7, 1, 3), (IndexRange{3, 5}));
  EXPECT_EQ(share(7, 2, 3), (IndexRange{5, 7}));
  EXPECT_EQ(share(1, 1, 2).size(), 0);
}

}  // namespace
}  // namespace chipfit::cpu
