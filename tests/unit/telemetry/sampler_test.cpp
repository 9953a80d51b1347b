#include "harness/telemetry/sampler.hpp"

#include <gtest/gtest.h>

#include <atomic>

namespace chipfit::telemetry {
namespace {

/// Waits until `count` reaches `wanted`; false after 5 s.
bool reaches(const std::atomic<int>& count, int wanted) {
  for (int i = 0; i < 5000 && count < wanted; ++i) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  return count >= wanted;
}

TEST(Sampler, GivesEachSampleOnceInOrderWithItsTime) {
  std::atomic<int> reads = 0;
  std::atomic<double> clock = 0;
  Sampler sampler(
      [&]() -> std::optional<Sample> {
        Sample sample;
        sample.power_w = ++reads;
        return sample;
      },
      [&] { return clock = clock + 1; }, 1e-3);
  ASSERT_TRUE(reaches(reads, 5));
  const auto first = sampler.take();
  ASSERT_GE(first.size(), 4u);
  for (std::size_t i = 0; i < first.size(); ++i) {
    EXPECT_EQ(*first[i].power_w, static_cast<double>(i + 1));
    EXPECT_EQ(first[i].t_s, 2.0 * static_cast<double>(i) + 1.5);  // the clock is asked before and after
  }
  const int taken = static_cast<int>(first.size());
  ASSERT_TRUE(reaches(reads, taken + 2));
  EXPECT_EQ(*sampler.take().front().power_w, taken + 1.0);
}

TEST(Sampler, EndsWithItsSource) {
  std::atomic<int> reads = 0;
  Sampler sampler(
      [&]() -> std::optional<Sample> {
        if (++reads > 3) return std::nullopt;
        return Sample{};
      },
      [] { return 0.0; }, 1e-3);
  ASSERT_TRUE(reaches(reads, 4));
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  EXPECT_EQ(reads, 4);
  EXPECT_EQ(sampler.take().size(), 3u);
}

TEST(Sampler, IsNotHeldUpByALongPeriodWhenItEnds) {
  std::atomic<int> reads = 0;
  {
    Sampler sampler(
        [&]() -> std::optional<Sample> {
          ++reads;
          return Sample{};
        },
        [] { return 0.0; }, 3600);
    ASSERT_TRUE(reaches(reads, 1));
  }
  EXPECT_EQ(reads, 1);
}

}  // namespace
}  // namespace chipfit::telemetry
