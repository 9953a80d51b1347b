// A worker at every level of isolation that works on this machine: the same calls, the same endings.
#include "harness/judge/isolation_trial.hpp"

#include <algorithm>

#include "tests/unit/worker_client/fixture.hpp"

namespace chipfit::judge {
namespace {

using sandbox::Isolation;

class AtLevel : public WorkerTest, public testing::WithParamInterface<Isolation> {
 protected:
  void SetUp() override {
    config.isolation = GetParam();
    const auto started = start();
    if (!started) GTEST_SKIP() << started.error().reason;
    worker.reset();
  }
};

TEST_P(AtLevel, ComputesAndLeavesInOrder) {
  ASSERT_TRUE(set_up());
  ASSERT_TRUE(run());
  ASSERT_TRUE(worker->download(c, 32, 0, 16));
  float result[4];
  std::memcpy(result, output.data(), sizeof(result));
  EXPECT_EQ(result[0], 1 * 5 + 2 * 7);
  const int pid = worker->pid();
  EXPECT_FALSE(is_over(pid)) << "the pid is the worker's as this process sees it";
  worker.reset();
  EXPECT_TRUE(ends_soon(pid));
}

TEST_P(AtLevel, TheLoadedLibrariesCanBeRead) {
  ASSERT_TRUE(set_up());
  const auto libraries = worker->loaded_libraries();
  EXPECT_NE(std::find(libraries.begin(), libraries.end(), config.library), libraries.end());
}

TEST_P(AtLevel, ASignalKeepsItsName) {
  expect_died(failure_of("enqueue:wild"), Verdict::crashed, "enqueue: SIGSEGV");
}

TEST_P(AtLevel, AnExitKeepsItsStatus) {
  expect_died(failure_of("sync:exit7"), Verdict::exited, "sync: exited with status 7");
}

TEST_P(AtLevel, AnEndlessCallLeavesNoProcess) {
  ASSERT_TRUE(set_up("sync:hang"));
  const int pid = worker->pid();
  const auto ran = run(0.2);
  ASSERT_FALSE(ran);
  EXPECT_EQ(ran.error().verdict, Verdict::timeout) << ran.error().reason;
  EXPECT_TRUE(ends_soon(pid));
}

INSTANTIATE_TEST_SUITE_P(Levels, AtLevel,
                         testing::Values(Isolation::l0, Isolation::l1, Isolation::l1_landlock, Isolation::l2,
                                         Isolation::l3),
                         [](const auto& test) {
                           std::string level(name(test.param));
                           std::erase(level, '+');
                           return level;
                         });

TEST(Trial, ALevelThatCannotWorkSaysWhy) {
  const TrialPrograms missing{CHIPFIT_TEST_WORKER, std::filesystem::path(CHIPFIT_TEST_PLUGINS) / "no_such.so"};
  for (const auto level : sandbox::levels_from_the_top()) {
    const auto trial = try_level(level, missing);
    EXPECT_FALSE(trial.works());
    EXPECT_FALSE(trial.obstacle.empty());
  }
  EXPECT_EQ(strongest_level(missing).size(), sandbox::levels_from_the_top().size());
}

TEST(Trial, TheStrongestLevelIsTheLastThatWasTried) {
  const TrialPrograms programs{CHIPFIT_TEST_WORKER, std::filesystem::path(CHIPFIT_TEST_PLUGINS) / "mischief.so"};
  const auto trials = strongest_level(programs);
  ASSERT_TRUE(trials.back().works()) << trials.back().obstacle;
  for (std::size_t i = 0; i + 1 < trials.size(); ++i) EXPECT_FALSE(trials[i].works());
}

}  // namespace
}  // namespace chipfit::judge
