#include "harness/cli/submit_script.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <array>
#include <csignal>

#include "harness/judge/stop_signal.hpp"
#include "harness/sandbox/process.hpp"
#include "kernels/base/shell_line.hpp"

namespace chipfit::cli {
namespace {

/// Talks of what can be read now, by whole lines; the rest stays in `begun`.
void pass_lines(int fd, std::string& begun, Console& console) {
  std::array<char, 4096> buffer{};
  for (ssize_t got = 0; (got = ::read(fd, buffer.data(), buffer.size())) > 0;) {
    begun.append(buffer.data(), static_cast<std::size_t>(got));
    for (auto end = begun.find('\n'); end != std::string::npos; end = begun.find('\n')) {
      console.talk(begun.substr(0, end));
      begun.erase(0, end + 1);
    }
  }
}

}  // namespace

Result<int> become(const std::filesystem::path& script, Console& console) {
  if (auto finished = console.finish(); !finished) return pass_on(finished.error());
  const auto path = script.string();
  ::execl("/bin/bash", "bash", path.c_str(), static_cast<char*>(nullptr));
  return fail(Error::Kind::unavailable, "bash cannot be started", "/bin/bash",
              fmt::format("bash {}", shell_word(path)));
}

Result<int> carry_out(const std::filesystem::path& script, Console& console) {
  sandbox::SpawnOptions bash;
  bash.program = "/bin/bash";
  bash.arguments = {script.string()};
  for (char** entry = environ; *entry != nullptr; ++entry) bash.environment.emplace_back(*entry);
  const judge::StopSignal signal;
  auto process = sandbox::Process::spawn(bash);
  if (!process) return pass_on(process.error());
  std::string begun;
  std::optional<sandbox::Exit> exit;
  for (bool told = false; !exit;) {
    if (signal.flag() && !told) told = ::kill(process->pid(), SIGTERM) == 0;
    pollfd waiting{process->log_fd(), POLLIN, 0};
    ::poll(&waiting, 1, 100);
    if ((waiting.revents & POLLHUP) != 0) ::usleep(20000);  // every end of the pipe is closed: its end is near
    exit = process->ended();
    pass_lines(process->log_fd(), begun, console);
  }
  if (!begun.empty()) console.talk(begun);
  return exit->how == sandbox::Exit::How::signalled ? 128 + exit->code : exit->code;
}

}  // namespace chipfit::cli
