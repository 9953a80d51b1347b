#include "harness/sandbox/process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <system_error>
#include <utility>

namespace chipfit::sandbox {
namespace {

using Clock = std::chrono::steady_clock;
using wire::Descriptor;

constexpr int first_inherited = 3;

enum class Stage : int { descriptors, limits, working_dir, exec };

/// What the child tells when it fails before its program runs.
struct StartFailure {
  Stage stage;
  int error;
};

/// Everything the child needs, made before the fork: between fork and exec only system calls are allowed.
struct ChildPlan {
  std::vector<char*> argv, envp;
  const char* program;
  const char* working_dir;
  std::vector<int> inherit;  ///< copied to high numbers by the child
  int input, output, report;
  pid_t parent;
};

std::vector<char*> pointers(const std::vector<std::string>& texts) {
  std::vector<char*> all;
  for (const auto& text : texts) all.push_back(const_cast<char*>(text.c_str()));
  all.push_back(nullptr);
  return all;
}

void close_from(int first) {
#ifdef SYS_close_range
  if (syscall(SYS_close_range, static_cast<unsigned>(first), ~0u, 0u) == 0) return;
#endif
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  const rlim_t end = std::min<rlim_t>(limit.rlim_cur, 1 << 20);
  for (int fd = first; static_cast<rlim_t>(fd) < end; ++fd) close(fd);
}

/// Puts the descriptors where the program expects them. Returns errno.
int place_descriptors(ChildPlan& plan) {
  const int count = static_cast<int>(plan.inherit.size());
  const int above = first_inherited + count + 1;
  // First out of the way, so that no target overwrites a source.
  for (int* fd : {&plan.input, &plan.output, &plan.report}) {
    if ((*fd = fcntl(*fd, F_DUPFD_CLOEXEC, above)) < 0) return errno;
  }
  for (int& fd : plan.inherit) {
    if ((fd = fcntl(fd, F_DUPFD_CLOEXEC, above)) < 0) return errno;
  }
  if (dup2(plan.input, 0) < 0 || dup2(plan.output, 1) < 0 || dup2(plan.output, 2) < 0) return errno;
  for (int i = 0; i < count; ++i) {
    if (dup2(plan.inherit[static_cast<std::size_t>(i)], first_inherited + i) < 0) return errno;
  }
  if (dup3(plan.report, first_inherited + count, O_CLOEXEC) < 0) return errno;
  plan.report = first_inherited + count;
  close_from(plan.report + 1);
  return 0;
}

[[noreturn]] void report_and_leave(int report, Stage stage, int error) {
  const StartFailure failure{stage, error};
  [[maybe_unused]] const ssize_t written = write(report, &failure, sizeof(failure));
  _exit(127);
}

/// The forked child: only async-signal-safe calls, since other threads of the judge may hold any lock.
[[noreturn]] void become_program(ChildPlan& plan) {
  setsid();
  if (const int error = place_descriptors(plan); error != 0) report_and_leave(plan.report, Stage::descriptors, error);

  // Not 0: a core_pattern that is a pipe ignores 0, and a crash handler that reads gigabytes would look like a hang.
  const rlimit no_core{1, 1};
  if (setrlimit(RLIMIT_CORE, &no_core) != 0) report_and_leave(plan.report, Stage::limits, errno);

  if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) != 0) report_and_leave(plan.report, Stage::limits, errno);
  if (getppid() != plan.parent) _exit(127);  // it died before the line above

  for (int number = 1; number < NSIG; ++number) signal(number, SIG_DFL);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);

  if (chdir(plan.working_dir) != 0) report_and_leave(plan.report, Stage::working_dir, errno);
  execve(plan.program, plan.argv.data(), plan.envp.data());
  report_and_leave(plan.report, Stage::exec, errno);
}

tl::unexpected<Error> system_failure(const char* call) {
  return fail(Error::Kind::internal, std::string(call) + ": " + std::generic_category().message(errno));
}

tl::unexpected<Error> start_failure(const SpawnOptions& options, StartFailure failure) {
  const std::string text = std::generic_category().message(failure.error);
  switch (failure.stage) {
    case Stage::working_dir:
      return fail(Error::Kind::unavailable, "cannot enter the folder: " + text, options.working_dir.string());
    case Stage::exec:
      return fail(Error::Kind::unavailable, "cannot start " + options.program.string() + ": " + text);
    default:
      return fail(Error::Kind::internal, "cannot prepare a process: " + text);
  }
}

Descriptor open_pidfd([[maybe_unused]] pid_t pid) {
#ifdef SYS_pidfd_open
  return Descriptor(static_cast<int>(syscall(SYS_pidfd_open, pid, 0)));
#else
  return Descriptor();
#endif
}

/// fork() with all signals blocked, so that the judge's handlers never run in the child.
pid_t fork_quietly(ChildPlan& plan) {
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  const pid_t pid = fork();
  if (pid == 0) become_program(plan);
  const int error = errno;
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  errno = error;
  return pid;
}

/// Reads the child's report: whole when it failed, nothing when exec closed the pipe.
bool read_failure(int fd, StartFailure& failure) {
  ssize_t got;
  do {
    got = read(fd, &failure, sizeof(failure));
  } while (got < 0 && errno == EINTR);
  return got == static_cast<ssize_t>(sizeof(failure));
}

}  // namespace

std::string signal_name(int signal) {
  const char* name = sigabbrev_np(signal);
  return name != nullptr ? "SIG" + std::string(name) : "signal " + std::to_string(signal);
}

Result<Process> Process::spawn(const SpawnOptions& options) {
  int log[2], report[2];
  if (pipe2(log, O_CLOEXEC) != 0) return system_failure("pipe2");
  Descriptor log_read(log[0]), log_write(log[1]);
  if (pipe2(report, O_CLOEXEC) != 0) return system_failure("pipe2");
  Descriptor report_read(report[0]), report_write(report[1]);
  Descriptor input(open("/dev/null", O_RDONLY | O_CLOEXEC));
  if (!input) return system_failure("/dev/null");
  // Only the judge's end: the file status belongs to each end of a pipe by itself.
  if (fcntl(log_read.get(), F_SETFL, O_NONBLOCK) != 0) return system_failure("fcntl");

  std::error_code no_current_folder;
  // The child changes its folder before it looks for the program.
  const auto program = std::filesystem::absolute(options.program, no_current_folder);
  std::vector<std::string> arguments = {options.program.string()};
  arguments.insert(arguments.end(), options.arguments.begin(), options.arguments.end());
  ChildPlan plan{.argv = pointers(arguments),
                 .envp = pointers(options.environment),
                 .program = program.c_str(),
                 .working_dir = options.working_dir.empty() ? "/" : options.working_dir.c_str(),
                 .inherit = options.inherit,
                 .input = input.get(),
                 .output = log_write.get(),
                 .report = report_write.get(),
                 .parent = getpid()};
  const pid_t pid = fork_quietly(plan);
  if (pid < 0) return system_failure("fork");
  Process process(pid, open_pidfd(pid), std::move(log_read));
  report_write.reset();
  StartFailure failure{};
  if (read_failure(report_read.get(), failure)) return start_failure(options, failure);
  return process;
}

Process::Process(int pid, Descriptor pidfd, Descriptor log)
    : pid_(pid), pidfd_(std::move(pidfd)), log_(std::move(log)) {}

Process::Process(Process&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)),
      pidfd_(std::move(other.pidfd_)),
      log_(std::move(other.log_)),
      exit_(other.exit_) {}

Process::~Process() {
  if (pid_ < 0) return;
  kill(1);
  waitpid(pid_, nullptr, WNOHANG);
}

std::optional<Exit> Process::ended() {
  if (exit_) return exit_;
  siginfo_t info{};
  int result;
  do {
    result = waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOHANG | WNOWAIT);
  } while (result != 0 && errno == EINTR);
  if (result != 0)
    exit_ = Exit{};  // ECHILD: somebody else has reaped it
  else if (info.si_pid == 0)
    return std::nullopt;
  else if (info.si_code == CLD_EXITED)
    exit_ = Exit{Exit::How::exited, info.si_status};
  else
    exit_ = Exit{Exit::How::signalled, info.si_status};
  return exit_;
}

std::optional<Exit> Process::wait(double timeout_s) {
  const auto end = Clock::now() + std::chrono::duration<double>(std::min(timeout_s, 1e6));
  for (;;) {
    if (const auto exit = ended()) return exit;
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - Clock::now());
    if (left.count() <= 0) return std::nullopt;
    pollfd process{pidfd_.get(), POLLIN, 0};
    // Without a pidfd poll() is the timer.
    const auto slice = pidfd_ ? left : std::min(left, std::chrono::milliseconds(2));
    poll(&process, 1, static_cast<int>(std::min<std::int64_t>(slice.count(), 1'000'000)));
  }
}

std::optional<Exit> Process::kill(double timeout_s) {
  if (exit_ && exit_->how == Exit::How::unknown) return exit_;  // reaped elsewhere: the number may be another's now
  // Also when the process itself has ended: its children may not have.
  ::kill(-pid_, SIGKILL);
  return wait(timeout_s);
}

}  // namespace chipfit::sandbox
