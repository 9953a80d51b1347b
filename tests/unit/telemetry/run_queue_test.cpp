#include "harness/telemetry/run_queue.hpp"

#include <gtest/gtest.h>

#include <fstream>

namespace chipfit::telemetry {
namespace {

TEST(RunQueue, WaitIsTheSecondNumberOfSchedstatInSeconds) {
  const std::filesystem::path root = std::filesystem::path(::testing::TempDir()) / "run_queue";
  std::filesystem::create_directories(root / "proc/42");
  EXPECT_EQ(run_queue_wait_s(42, root), 0);
  std::ofstream(root / "proc/42/schedstat") << "1000000000 250000000 7\n";
  EXPECT_DOUBLE_EQ(run_queue_wait_s(42, root), 0.25);
  std::ofstream(root / "proc/42/schedstat") << "not numbers\n";
  EXPECT_EQ(run_queue_wait_s(42, root), 0);
  std::filesystem::remove_all(root);
}

TEST(RunQueue, WaitOfThisThreadNeverShrinks) {
  const double before = run_queue_wait_s();
  EXPECT_GE(run_queue_wait_s(), before);
  EXPECT_GE(before, 0);
}

}  // namespace
}  // namespace chipfit::telemetry
