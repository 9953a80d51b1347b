#include "harness/sandbox/process.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <fstream>
#include <string>
#include <thread>

#include "harness/sandbox/protect.hpp"

namespace chipfit::sandbox {
namespace {

SpawnOptions shell(const std::string& script) {
  return {.program = "/bin/sh",
          .arguments = {"-c", script},
          .environment = {"PATH=/usr/bin:/bin", "GIVEN=yes"},
          .working_dir = "/",
          .inherit = {}};
}

/// All output until every writer is gone.
std::string read_log(const Process& process) {
  std::string text;
  for (;;) {
    pollfd log{process.log_fd(), POLLIN, 0};
    if (poll(&log, 1, 5000) <= 0) return text + "[no end]";
    char buffer[4096];
    const ssize_t got = read(process.log_fd(), buffer, sizeof(buffer));
    if (got <= 0) return text;
    text.append(buffer, static_cast<std::size_t>(got));
  }
}

bool is_over(int pid) {
  std::ifstream stat("/proc/" + std::to_string(pid) + "/stat");
  std::string line;
  if (!std::getline(stat, line)) return true;
  const char state = line[line.rfind(')') + 2];
  return state == 'Z' || state == 'X';
}

bool ends_soon(int pid) {
  for (int i = 0; i < 500 && !is_over(pid); ++i) std::this_thread::sleep_for(std::chrono::milliseconds(10));
  return is_over(pid);
}

TEST(Spawn, AMissingProgramIsNamed) {
  const auto process = Process::spawn(
      {.program = "/no/such/program", .arguments = {}, .environment = {}, .working_dir = {}, .inherit = {}});
  ASSERT_FALSE(process);
  EXPECT_EQ(process.error().kind, Error::Kind::unavailable);
  EXPECT_EQ(process.error().what, "cannot start /no/such/program: No such file or directory");
}

TEST(Spawn, AMissingFolderIsNamed) {
  auto options = shell("true");
  options.working_dir = "/no/such/folder";
  const auto process = Process::spawn(options);
  ASSERT_FALSE(process);
  EXPECT_EQ(process.error().where, "/no/such/folder");
}

TEST(Spawn, ExitStatusAndSignalAreToldApart) {
  auto exits = Process::spawn(shell("exit 7")).value();
  const auto exited = exits.wait(10);
  ASSERT_TRUE(exited);
  EXPECT_EQ(exited->how, Exit::How::exited);
  EXPECT_EQ(exited->code, 7);
  auto dies = Process::spawn(shell("kill -SEGV $$")).value();
  const auto died = dies.wait(10);
  ASSERT_TRUE(died);
  EXPECT_EQ(died->how, Exit::How::signalled);
  EXPECT_EQ(signal_name(died->code), "SIGSEGV");
}

TEST(Spawn, WaitGivesUpOnTime) {
  auto process = Process::spawn(shell("sleep 60")).value();
  EXPECT_FALSE(process.wait(0.05));
  EXPECT_FALSE(process.ended());
}

TEST(Spawn, KillEndsTheChildrenToo) {
  auto process = Process::spawn(shell("sleep 60 & echo $!; trap '' TERM; wait")).value();
  char buffer[64] = {};
  pollfd log{process.log_fd(), POLLIN, 0};
  ASSERT_EQ(poll(&log, 1, 5000), 1);
  ASSERT_GT(read(process.log_fd(), buffer, sizeof(buffer) - 1), 0);
  const int grandchild = std::stoi(buffer);
  ASSERT_FALSE(is_over(grandchild));
  const auto exit = process.kill(5);
  ASSERT_TRUE(exit);
  EXPECT_EQ(exit->code, SIGKILL);
  EXPECT_TRUE(ends_soon(grandchild));
}

TEST(Spawn, KillAfterTheEndStillEndsTheChildren) {
  auto process = Process::spawn(shell("sleep 60 & echo $!; exit 3")).value();
  const auto exit = process.wait(10);
  ASSERT_TRUE(exit);
  EXPECT_EQ(exit->code, 3);
  char buffer[64] = {};
  ASSERT_GT(read(process.log_fd(), buffer, sizeof(buffer) - 1), 0);
  EXPECT_EQ(process.kill(1)->code, 3) << "its own end is remembered";
  EXPECT_TRUE(ends_soon(std::stoi(buffer)));
}

TEST(Spawn, TheDestructorLeavesNoProcess) {
  int pid = 0;
  {
    auto process = Process::spawn(shell("sleep 60")).value();
    pid = process.pid();
  }
  EXPECT_EQ(kill(pid, 0), -1) << "not even a zombie";
}

TEST(Spawn, OnlyTheGivenEnvironmentIsPassed) {
  setenv("CHIPFIT_TEST_SECRET", "1", 1);
  auto process = Process::spawn(shell("/usr/bin/env")).value();
  const std::string text = read_log(process);
  EXPECT_NE(text.find("GIVEN=yes"), std::string::npos) << text;
  EXPECT_EQ(text.find("CHIPFIT_TEST_SECRET"), std::string::npos) << text;
}

TEST(Spawn, OnlyTheGivenDescriptorsArePassed) {
  const int leaked = dup(1);  // without close-on-exec
  int first[2], second[2];
  ASSERT_EQ(pipe(first), 0);
  ASSERT_EQ(pipe(second), 0);
  auto options = shell("ls /proc/self/fd; echo one >&3; echo two >&4");
  options.inherit = {first[1], second[1]};
  auto process = Process::spawn(options).value();
  // ls adds one of its own for the folder.
  EXPECT_EQ(read_log(process), "0\n1\n2\n3\n4\n5\n");
  char buffer[8] = {};
  EXPECT_EQ(read(first[0], buffer, 4), 4);
  EXPECT_STREQ(buffer, "one\n");
  EXPECT_EQ(read(second[0], buffer, 4), 4);
  EXPECT_STREQ(buffer, "two\n");
  for (const int fd : {leaked, first[0], first[1], second[0], second[1]}) close(fd);
}

TEST(Spawn, InheritedDescriptorsMayLieWhereOthersMustGo) {
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  // The write end at 3 must arrive at 4, and the one to arrive at 3 lies at 4.
  const int saved3 = fcntl(3, F_DUPFD_CLOEXEC, 50), saved4 = fcntl(4, F_DUPFD_CLOEXEC, 50);
  const int write_end = fcntl(ends[1], F_DUPFD, 60), null = open("/dev/null", O_WRONLY);
  ASSERT_GE(dup2(write_end, 3), 0);
  ASSERT_GE(dup2(null, 4), 0);
  auto options = shell("echo right >&4; echo wrong >&3");
  options.inherit = {4, 3};
  auto process = Process::spawn(options);
  if (saved3 >= 0) dup2(saved3, 3);
  if (saved4 >= 0) dup2(saved4, 4);
  ASSERT_TRUE(process);
  ASSERT_TRUE(process->wait(10));
  char buffer[16] = {};
  const int read_end = ends[0] == 3 ? saved3 : ends[0] == 4 ? saved4 : ends[0];
  EXPECT_EQ(read(read_end, buffer, sizeof(buffer) - 1), 6);
  EXPECT_STREQ(buffer, "right\n");
}

TEST(Spawn, HasASessionOfItsOwnAndNoInput) {
  auto process = Process::spawn(shell("read x && echo got; sleep 60")).value();
  EXPECT_EQ(getsid(process.pid()), process.pid());
  EXPECT_EQ(getpgid(process.pid()), process.pid());
  EXPECT_NE(getpgid(process.pid()), getpgrp()) << "the terminal's interrupt would reach it";
}

TEST(Spawn, SignalsIgnoredOrBlockedHereAreNotThere) {
  signal(SIGPIPE, SIG_IGN);
  sigset_t blocked, before;
  sigemptyset(&blocked);
  sigaddset(&blocked, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &blocked, &before);
  auto process = Process::spawn(shell("grep -E 'Sig(Blk|Ign)' /proc/self/status")).value();
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  signal(SIGPIPE, SIG_DFL);
  EXPECT_EQ(read_log(process), "SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n");
}

TEST(Spawn, LeavesNoCoreAndNoLimitOnAddressSpace) {
  auto process = Process::spawn(shell("grep -E 'core file|address space' /proc/self/limits")).value();
  const std::string text = read_log(process);
  // One byte stops a core_pattern that is a pipe too.
  EXPECT_NE(text.find("Max core file size        1 "), std::string::npos) << text;
  EXPECT_NE(text.find("Max address space         unlimited"), std::string::npos) << text;
}

TEST(Spawn, DiesWithTheProcessThatStartedIt) {
  int pids[2];
  ASSERT_EQ(pipe(pids), 0);
  const pid_t parent = fork();
  if (parent == 0) {
    auto process = Process::spawn(shell("sleep 60"));
    const int pid = process ? process->pid() : -1;
    if (write(pids[1], &pid, sizeof(pid)) != sizeof(pid)) _exit(1);
    for (;;) pause();
  }
  int pid = -1;
  ASSERT_EQ(read(pids[0], &pid, sizeof(pid)), static_cast<ssize_t>(sizeof(pid)));
  ASSERT_GT(pid, 0);
  EXPECT_FALSE(is_over(pid));
  kill(parent, SIGKILL);
  waitpid(parent, nullptr, 0);
  EXPECT_TRUE(ends_soon(pid));
  close(pids[0]);
  close(pids[1]);
}

TEST(ProtectSelf, MakesTheProcessNonDumpable) {
  const pid_t child = fork();
  if (child == 0) {
    const int before = prctl(PR_GET_DUMPABLE);
    protect_self();
    _exit(before == 1 && prctl(PR_GET_DUMPABLE) == 0 ? 0 : 1);
  }
  int status = -1;
  waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
}

}  // namespace
}  // namespace chipfit::sandbox
