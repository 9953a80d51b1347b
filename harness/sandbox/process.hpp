#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "harness/wire/descriptor.hpp"
#include "kernels/base/result.hpp"

namespace chipfit::sandbox {

struct SpawnOptions {
  std::filesystem::path program;
  std::vector<std::string> arguments;    ///< without argv[0]
  std::vector<std::string> environment;  ///< "NAME=value"; nothing else is passed on
  std::filesystem::path working_dir;     ///< empty: "/"
  std::vector<int> inherit;              ///< become descriptors 3, 4, … of the process; no others are passed on
};

/// How a process ended.
struct Exit {
  enum class How { exited, signalled, unknown } how = How::unknown;
  int code = 0;  ///< exit status or signal number
};

/// "SIGSEGV"; "signal 64" for those without a name.
std::string signal_name(int signal);

/// One child process in a session and process group of its own: the terminal's Ctrl-C does not reach it, and it can be
/// killed with its children. Standard input is /dev/null; standard output and error are one pipe. It leaves no core
/// file, and the kernel kills it when the *thread* that started it ends: start processes from a thread that stays.
/// The destructor kills the group.
class Process {
 public:
  /// Errors: unavailable ("cannot start …: No such file or directory"), internal (no more processes or descriptors).
  static Result<Process> spawn(const SpawnOptions&);
  Process(Process&&) noexcept;
  Process& operator=(Process&&) = delete;
  ~Process();

  int pid() const { return pid_; }
  /// Readable once the process has ended; -1 where the kernel has no pidfd (before 5.3): poll with a short timeout
  /// then.
  int exit_fd() const { return pidfd_.get(); }
  /// The read end of the output, non-blocking. Other processes may hold the write end longer than the child lives.
  int log_fd() const { return log_.get(); }

  /// How it ended; nothing while it runs. A zombie has ended; it is reaped by the destructor only, so that its number
  /// and its group's are not given to another process meanwhile.
  std::optional<Exit> ended();
  /// Waits at most `timeout_s`.
  std::optional<Exit> wait(double timeout_s);
  /// SIGKILL to the group, then wait. Nothing: it cannot be killed (a thread is stuck in a driver).
  std::optional<Exit> kill(double timeout_s);

 private:
  Process(int pid, wire::Descriptor pidfd, wire::Descriptor log);

  int pid_ = -1;
  wire::Descriptor pidfd_, log_;
  std::optional<Exit> exit_;
};

}  // namespace chipfit::sandbox
