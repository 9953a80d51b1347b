#include "harness/judge/schedule.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <tuple>

namespace chipfit::judge {
namespace {

TEST(Interleaved, OfNothingIsNothing) {
  EXPECT_TRUE(interleaved(0, 5, 3, 1).empty());
  EXPECT_TRUE(interleaved(2, 0, 3, 1).empty());
}

TEST(Interleaved, HoldsEveryRowOnceLaunchByLaunch) {
  const auto rows = interleaved(3, 7, 4, 42);
  std::set<std::tuple<int, std::size_t, std::size_t>> seen;
  for (const auto& row : rows) seen.emplace(row.launch, row.device, row.planned_case);
  EXPECT_EQ(rows.size(), 3u * 7 * 4);
  EXPECT_EQ(seen.size(), rows.size());
  EXPECT_TRUE(std::ranges::is_sorted(rows, {}, &ScheduledRow::launch));
}

TEST(Interleaved, DevicesGoAbbaAndShareTheOrderOfCases) {
  const auto rows = interleaved(2, 5, 4, 42);
  const std::size_t first_of_each[] = {0, 1, 1, 0, 0, 1, 1, 0};  // A B, B A, A B, B A
  for (std::size_t block = 0; block < 8; ++block)
    for (std::size_t i = 0; i < 5; ++i) {
      EXPECT_EQ(rows[5 * block + i].device, first_of_each[block]);
      EXPECT_EQ(rows[5 * block + i].planned_case, rows[5 * (block - block % 2) + i].planned_case);
    }
}

TEST(Interleaved, LaunchesDifferInOrderAndTheSeedDecides) {
  const auto rows = interleaved(1, 20, 2, 42);
  bool differ = false;
  for (std::size_t i = 0; i < 20; ++i) differ = differ || rows[i].planned_case != rows[20 + i].planned_case;
  EXPECT_TRUE(differ);
  EXPECT_EQ(rows, interleaved(1, 20, 2, 42));
  EXPECT_NE(rows, interleaved(1, 20, 2, 43));
}

}  // namespace
}  // namespace chipfit::judge
