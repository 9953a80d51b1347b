#include "harness/telemetry/run_queue.hpp"

#include <gtest/gtest.h>

#include <fstream>

namespace chipfit::telemetry {
namespace {

TEST(RunQueue, WaitAndSlicesAreTheLastTwoNumbersOfSchedstat) {
  const std::filesystem::path root = std::filesystem::path(::testing::TempDir()) / "run_queue";
  std::filesystem::create_directories(root / "proc/42");
  EXPECT_EQ(run_queue(42, root).waited_s, 0);
  std::ofstream(root / "proc/42/schedstat") << "1000000000 250000000 7\n";
  EXPECT_DOUBLE_EQ(run_queue(42, root).waited_s, 0.25);
  EXPECT_EQ(run_queue(42, root).slices, 7);
  std::ofstream(root / "proc/42/schedstat") << "not numbers\n";
  EXPECT_EQ(run_queue(42, root).waited_s, 0);
  EXPECT_EQ(run_queue(42, root).slices, 0);
  std::filesystem::remove_all(root);
}

TEST(RunQueue, WaitOfThisThreadNeverShrinks) {
  const RunQueue before = run_queue();
  EXPECT_GE((run_queue() - before).waited_s, 0);
  EXPECT_GE(before.waited_s, 0);
}

}  // namespace
}  // namespace chipfit::telemetry
