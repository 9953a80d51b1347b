#include "harness/judge/together.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

#include "harness/judge/aggregate.hpp"

namespace chipfit::judge {
namespace {

TEST(Meeting, LetsNobodyStartBeforeAllAreReady) {
  constexpr int devices = 4;
  Meeting meeting(devices);
  std::atomic<int> ready = 0;
  std::atomic<bool> early = false;
  std::vector<std::thread> threads;
  for (int i = 0; i < devices; ++i)
    threads.emplace_back([&] {
      Seat seat(meeting);
      ++ready;
      seat.wait_for_start();
      if (ready != devices) early = true;
    });
  for (auto& thread : threads) thread.join();
  EXPECT_FALSE(early);
  EXPECT_EQ(meeting.close(), 4u);
}

TEST(Meeting, DoesNotWaitForADeviceThatGivesUp) {
  Meeting meeting(2);
  std::thread works([&] {
    Seat seat(meeting);
    seat.wait_for_start();
    while (!seat.all_finished()) std::this_thread::yield();
  });
  { const Seat gives_up(meeting); }
  works.join();
  EXPECT_EQ(meeting.close(), 1u);
}

TEST(Meeting, EndsWhenTheLastHasBeenMeasured) {
  Meeting meeting(2);
  std::atomic<bool> last_is_done = false, left_early = false;
  std::thread quick([&] {
    Seat seat(meeting);
    seat.wait_for_start();
    while (!seat.all_finished()) std::this_thread::yield();
    if (!last_is_done) left_early = true;
  });
  {
    Seat slow(meeting);
    slow.wait_for_start();
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    last_is_done = true;
    EXPECT_TRUE(slow.all_finished());
  }
  quick.join();
  EXPECT_FALSE(left_early);
}

TEST(Meeting, AsksTheWiderOneOnceEachAndAlsoWithoutDevices) {
  for (const std::size_t devices : {0u, 1u, 3u}) {
    std::atomic<int> waited = 0, finished = 0;
    {
      Meeting meeting(devices, {[&] { ++waited; }, [&] { ++finished; }, [] { return true; },
                                [](std::size_t here) { return here + 5; }});
      std::vector<std::thread> threads;
      for (std::size_t i = 0; i < devices; ++i)
        threads.emplace_back([&] {
          Seat seat(meeting);
          seat.wait_for_start();
          while (!seat.all_finished()) std::this_thread::yield();
        });
      for (auto& thread : threads) thread.join();
      EXPECT_EQ(meeting.close(), devices + 5);
    }
    EXPECT_EQ(waited, 1) << devices;
    EXPECT_EQ(finished, 1) << devices;
  }
}

TEST(Aggregate, HoldsLeastMeanGreatestAndSumOfWhatWasRated) {
  using results::Column;
  std::vector<results::Row> rows(3);
  for (auto& row : rows) {
    row.set(Column::run_id, "r");
    row.set(Column::case_id, "gemm:f32:NN:8x8x8");
    row.set(Column::launch, 2);
  }
  rows[0].set(Column::rate_flop_per_s, 1e12);
  rows[0].set(Column::time_median_s, 0.003);
  rows[0].set(Column::rate_proven_flop_per_s, 0.9e12);
  rows[1].set(Column::rate_flop_per_s, 3e12);
  rows[1].set(Column::time_median_s, 0.001);
  rows[1].set(Column::rate_bracket_low_flop_per_s, 2.5e12);
  const auto all = aggregate_of(rows);
  EXPECT_EQ(all.devices, 3u);
  EXPECT_EQ(all.rated, 2u);
  EXPECT_EQ(aggregate_line(all),
            "r,gemm:f32:NN:8x8x8,2,3,2,1000000000000,2000000000000,3000000000000,4000000000000,900000000000,"
            "1700000000000,2500000000000,3400000000000,0.003,\n");
}

TEST(Aggregate, IsOneForEachCaseAndLaunchInTheOrderOfTheirFirstRows) {
  using results::Column;
  std::vector<results::Row> rows(5);
  const std::pair<const char*, int> of[] = {{"b", 1}, {"a", 1}, {"b", 2}, {"b", 1}, {"a", 1}};
  for (std::size_t i = 0; i < rows.size(); ++i) {
    rows[i].set(Column::case_id, of[i].first);
    rows[i].set(Column::launch, of[i].second);
  }
  const auto all = aggregates_of(rows);
  ASSERT_EQ(all.size(), 3u);
  EXPECT_EQ(all[0].case_id + std::to_string(all[0].launch), "b1");
  EXPECT_EQ(all[0].devices, 2u);
  EXPECT_EQ(all[1].case_id + std::to_string(all[1].launch), "a1");
  EXPECT_EQ(all[1].devices, 2u);
  EXPECT_EQ(all[2].case_id + std::to_string(all[2].launch), "b2");
  EXPECT_EQ(all[2].devices, 1u);
}

TEST(Aggregate, OfNothingRatedIsEmptyCells) {
  EXPECT_EQ(aggregate_line(aggregate_of(std::vector<results::Row>(2))), ",,1,2,0,,,,,,,,,,\n");
}

}  // namespace
}  // namespace chipfit::judge
