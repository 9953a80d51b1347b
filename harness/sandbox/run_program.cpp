#include "harness/sandbox/run_program.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>

namespace chipfit::sandbox {
namespace {

constexpr std::size_t kMostOutput = std::size_t{1} << 20;

/// What can be read now; false at the end of the stream.
bool drain(int fd, std::string& output) {
  std::array<char, 4096> buffer;
  for (;;) {
    const ssize_t got = ::read(fd, buffer.data(), buffer.size());
    if (got == 0) return false;
    if (got < 0) return errno == EAGAIN || errno == EINTR;
    if (output.size() < kMostOutput) output.append(buffer.data(), static_cast<std::size_t>(got));
  }
}

}  // namespace

Result<ProgramEnd> run_program(const SpawnOptions& options, double timeout_s) {
  auto process = Process::spawn(options);
  if (!process) return pass_on(process.error());
  ProgramEnd end;
  bool open = true;
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::duration<double>(timeout_s);
  for (;;) {
    if (open) open = drain(process->log_fd(), end.output);
    if (const auto exit = process->ended()) {
      if (open) drain(process->log_fd(), end.output);
      end.exit = *exit;
      return end;
    }
    if (std::chrono::steady_clock::now() > deadline) {
      process->kill(5);
      return fail(Error::Kind::unavailable,
                  fmt::format("{} did not come to its end within {} s", options.program.string(), timeout_s));
    }
    pollfd waiting{open ? process->log_fd() : -1, POLLIN, 0};
    ::poll(&waiting, 1, 20);
  }
}

}  // namespace chipfit::sandbox
