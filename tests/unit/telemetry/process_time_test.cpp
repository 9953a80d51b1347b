#include "harness/telemetry/process_time.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

namespace chipfit::telemetry {
namespace {

TEST(ProcessTime, GrowsWithWhatIsComputed) {
  const auto before = processor_time_s(getpid());
  ASSERT_TRUE(before);
  while (processor_time_s(getpid()).value() < *before + 0.01) {
  }
  EXPECT_GE(processor_time_s(getpid()).value(), *before + 0.01);
}

TEST(ProcessTime, OfNoProcessIsNone) {
  // One past the largest number that Linux gives.
  EXPECT_FALSE(processor_time_s((1 << 22) + 1));
  EXPECT_FALSE(is_runnable((1 << 22) + 1));
}

TEST(ProcessTime, ThisProcessIsRunnableWhileItAsks) {
  EXPECT_TRUE(is_runnable(getpid()));
}

TEST(ProcessTime, StateIsTheLetterAfterTheNameWhateverIsInIt) {
  const std::filesystem::path root = std::filesystem::path(::testing::TempDir()) / "process_time";
  const auto task = [&](const char* tid, const char* stat) {
    std::filesystem::create_directories(root / "proc/42/task" / tid);
    std::ofstream(root / "proc/42/task" / tid / "stat") << stat;
  };
  task("42", "42 (a) R) S 1 42\n");
  EXPECT_FALSE(is_runnable(42, root));
  task("43", "43 (cannot be read");
  EXPECT_FALSE(is_runnable(42, root));
  task("44", "44 (worker) R 1 42\n");
  EXPECT_TRUE(is_runnable(42, root));
  std::filesystem::remove_all(root);
}

}  // namespace
}  // namespace chipfit::telemetry
