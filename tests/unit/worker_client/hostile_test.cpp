// Plugins that misbehave: the verdict, the function in the reason, and nothing left behind.
#include <gmock/gmock.h>

#include "tests/unit/worker_client/fixture.hpp"

namespace chipfit::judge {
namespace {

class HostilePlugin : public WorkerTest {
 protected:
  void TearDown() override {
    if (worker && dies) {
      EXPECT_TRUE(is_over(worker->pid()));
    }
  }
  bool dies = true;
};

TEST_F(HostilePlugin, CrashInEnqueue) {
  expect_died(failure_of("enqueue:wild"), Verdict::crashed, "enqueue: SIGSEGV");
}
TEST_F(HostilePlugin, CrashInSync) {
  expect_died(failure_of("sync:crash"), Verdict::crashed, "sync: SIGSEGV");
}
TEST_F(HostilePlugin, CrashInPrepare) {
  expect_died(failure_of("prepare:wild"), Verdict::crashed, "prepare: SIGSEGV");
}
TEST_F(HostilePlugin, CrashInQuery) {
  expect_died(failure_of("query:crash"), Verdict::crashed, "query: SIGSEGV");
}
TEST_F(HostilePlugin, AbortInAlloc) {
  expect_died(failure_of("alloc:abort"), Verdict::crashed, "alloc: SIGABRT");
}

TEST_F(HostilePlugin, AbortInAConstructor) {
  plugin("abort_in_constructor");
  const auto started = start();
  ASSERT_FALSE(started);
  expect_died(started.error(), Verdict::crashed, "load: SIGABRT");
}

TEST_F(HostilePlugin, ExceptionOutOfAConstructor) {
  plugin("throw_in_constructor");
  const auto started = start();
  ASSERT_FALSE(started);
  EXPECT_EQ(info(started.error().verdict).name, "CRASHED");
  EXPECT_THAT(started.error().reason, testing::StartsWith("load: "));
  EXPECT_THAT(started.error().reason, testing::HasSubstr("SIGABRT"));
}

TEST_F(HostilePlugin, ExceptionAcrossTheAbi) {
  expect_died(failure_of("enqueue:throw"), Verdict::crashed, "enqueue: an exception left the plugin (SIGABRT)");
  EXPECT_THAT(log(), testing::HasSubstr("thrown by the plugin"));
}

TEST_F(HostilePlugin, Exit) {
  expect_died(failure_of("enqueue:exit"), Verdict::exited, "enqueue: exited with status 0");
}
TEST_F(HostilePlugin, ExitWithoutHandlers) {
  expect_died(failure_of("sync:exit7"), Verdict::exited, "sync: exited with status 7");
}
TEST_F(HostilePlugin, KilledFromOutside) {
  expect_died(failure_of("enqueue:kill"), Verdict::resource, "enqueue: SIGKILL (out of memory?)");
}

TEST_F(HostilePlugin, EndlessSync) {
  const double start_s = now_s();
  expect_died(failure_of("sync:hang", 0.3), Verdict::timeout, "sync: no answer in 0.3 s");
  EXPECT_LT(now_s() - start_s, 10);
}
TEST_F(HostilePlugin, EndlessLoad) {
  config.deadlines.load_s = 0.3;
  expect_died(failure_of("query:hang"), Verdict::timeout, "query: no answer in 0.3 s");
}
TEST_F(HostilePlugin, StopsItself) {
  expect_died(failure_of("enqueue:stop", 0.3), Verdict::timeout, "enqueue: no answer in 0.3 s");
}

TEST_F(HostilePlugin, FloodsItsLog) {
  config.log_limit_bytes = 1000;
  config.log_kill_bytes = 1 << 20;
  expect_died(failure_of("enqueue:flood"), Verdict::resource, "enqueue: floods its log");
  EXPECT_LT(std::filesystem::file_size(config.log_file), 1200u);
  EXPECT_THAT(log(), testing::HasSubstr("[chipfit: the log passed 1000 bytes, the rest is dropped]"));
}
TEST_F(HostilePlugin, FloodsItsLogBelowTheLimitUntilTheDeadline) {
  config.log_kill_bytes = ~std::uint64_t{0};
  expect_died(failure_of("enqueue:flood", 0.3), Verdict::timeout, "enqueue: no answer in 0.3 s");
}

TEST_F(HostilePlugin, GarbageToEveryDescriptor) {
  const auto failure = failure_of("enqueue:garbage");
  EXPECT_EQ(info(failure.verdict).name, "PROTOCOL");
  EXPECT_THAT(failure.reason, testing::HasSubstr("a message of 7 bytes where a reply of"));
}
TEST_F(HostilePlugin, AnEmptyMessage) {
  const auto failure = failure_of("enqueue:empty");
  EXPECT_EQ(info(failure.verdict).name, "PROTOCOL");
  EXPECT_THAT(failure.reason, testing::HasSubstr("a message that no worker sends"));
}
TEST_F(HostilePlugin, AForgedReply) {
  const auto failure = failure_of("enqueue:forge");
  EXPECT_EQ(info(failure.verdict).name, "PROTOCOL");
  EXPECT_THAT(failure.reason, testing::HasSubstr("a reply to something that was not asked"));
}
TEST_F(HostilePlugin, AMessageBetweenCalls) {
  ASSERT_TRUE(set_up("prepare:later"));
  std::this_thread::sleep_for(std::chrono::milliseconds(500));
  const auto done = run();
  ASSERT_FALSE(done);
  expect_died(done.error(), Verdict::protocol, "before run: a message that nobody asked for");
}

TEST_F(HostilePlugin, ClosesItsDescriptorsAndStays) {
  config.deadlines.exit_s = 0.5;
  expect_died(failure_of("sync:close"), Verdict::protocol, "sync: closed its socket");
}

TEST_F(HostilePlugin, AGrandchildThatKeepsTheDescriptors) {
  const double start_s = now_s();
  expect_died(failure_of("enqueue:fork"), Verdict::exited, "enqueue: exited with status 3");
  EXPECT_LT(now_s() - start_s, 10);
  int grandchild = 0;
  std::ifstream(folder / "grandchild") >> grandchild;
  ASSERT_GT(grandchild, 0);
  EXPECT_TRUE(ends_soon(grandchild));
}

TEST_F(HostilePlugin, WritesIntoItsInput) {
  expect_died(failure_of("write_input"), Verdict::crashed, "upload: SIGSEGV");
}
TEST_F(HostilePlugin, TriesToMakeItsInputWritable) {
  expect_died(failure_of("unseal_input"), Verdict::exited, "upload: exited with status 42");
}

TEST_F(HostilePlugin, DiesBetweenCalls) {
  ASSERT_TRUE(set_up());
  kill(worker->pid(), SIGBUS);
  ASSERT_TRUE(ends_soon(worker->pid()));
  const auto done = run();
  ASSERT_FALSE(done);
  expect_died(done.error(), Verdict::crashed, "between calls: SIGBUS");
}

TEST_F(HostilePlugin, EveryLaterCallGetsTheSameFailure) {
  const auto failure = failure_of("enqueue:exit");
  const auto again = worker->alloc(64);
  ASSERT_FALSE(again);
  expect_died(again.error(), Verdict::exited, failure.reason);
}

TEST_F(HostilePlugin, HangsInClose) {
  dies = false;
  config.deadlines.exit_s = 0.3;
  ASSERT_TRUE(set_up("close:hang"));
  const int pid = worker->pid();
  worker.reset();
  EXPECT_EQ(kill(pid, 0), -1) << "the process is still there";
}

TEST_F(HostilePlugin, IsGoneWhenTheJudgeIsKilled) {
  dies = false;
  int pids[2];
  ASSERT_EQ(pipe(pids), 0);
  const pid_t judge = fork();
  if (judge == 0) {
    const bool ready = set_up("sync:hang").has_value();
    const int pid = ready ? worker->pid() : -1;
    if (write(pids[1], &pid, sizeof(pid)) == sizeof(pid)) run(60).has_value();
    _exit(0);
  }
  int pid = -1;
  ASSERT_EQ(read(pids[0], &pid, sizeof(pid)), static_cast<ssize_t>(sizeof(pid)));
  ASSERT_GT(pid, 0);
  kill(judge, SIGKILL);
  waitpid(judge, nullptr, 0);
  EXPECT_TRUE(ends_soon(pid));
}

}  // namespace
}  // namespace chipfit::judge
