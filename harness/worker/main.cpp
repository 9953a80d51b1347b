// chipfit-worker: loads one plugin and serves the judge's calls on descriptor 3. Started by the judge only.
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstring>
#include <span>

#include "harness/sandbox/confine.hpp"
#include "harness/sandbox/keeper.hpp"
#include "harness/sandbox/protect.hpp"
#include "harness/worker/serve.hpp"

// In sanitizer builds a plugin's crash must still be a crash: by the signal itself, not by a report and exit(1). No
// leak check: the worker never unloads its plugin.
#define CHIPFIT_SANITIZER_OPTIONS                                                                  \
  "handle_segv=0:handle_sigbus=0:handle_sigill=0:handle_sigfpe=0:handle_abort=0:abort_on_error=1:" \
  "detect_leaks=0:allocator_may_return_null=1"
extern "C" {
__attribute__((visibility("default"))) const char* __asan_default_options() {
  return CHIPFIT_SANITIZER_OPTIONS;
}
__attribute__((visibility("default"))) const char* __tsan_default_options() {
  return CHIPFIT_SANITIZER_OPTIONS;
}
__attribute__((visibility("default"))) const char* __ubsan_default_options() {
  return CHIPFIT_SANITIZER_OPTIONS;
}
}

namespace {
constexpr int judge_socket = 3;
constexpr int news_socket = 4;  // only where the judge asks for a confinement
constexpr int exit_usage = 2;
constexpr int exit_unconfined = 71;
constexpr int exit_malformed = 70;

bool is_socket(int fd) {
  int type = 0;
  socklen_t size = sizeof(type);
  return getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size) == 0 && type == SOCK_SEQPACKET;
}

/// Returns confined, in the process that will serve, or not at all.
void confine_or_leave(const chipfit::sandbox::Confinement& confinement) {
  using namespace chipfit;
  fcntl(news_socket, F_SETFD, FD_CLOEXEC);
  if (sandbox::has_namespaces(confinement.level)) sandbox::keep_child(news_socket);
  sandbox::volunteer_for_oom();
  if (const auto confined = sandbox::confine_self(confinement); !confined) {
    sandbox::tell_failed(news_socket, confined.error().what);
    _exit(exit_unconfined);
  }
  sandbox::tell_confined(news_socket);
  close(news_socket);
}
}  // namespace

int main(int argc, char** argv) {
  using namespace chipfit;
  if (!is_socket(judge_socket)) {
    static constexpr char text[] = "chipfit-worker is started by chipfit run; it does nothing by itself\n";
    [[maybe_unused]] const ssize_t written = write(STDERR_FILENO, text, std::strlen(text));
    return exit_usage;
  }
  fcntl(judge_socket, F_SETFD, FD_CLOEXEC);
  const auto confinement = sandbox::from_arguments(std::span(argv + 1, static_cast<std::size_t>(argc - 1)));
  if (!confinement) return exit_usage;
  if (confinement->level == sandbox::Isolation::l0)
    sandbox::volunteer_for_oom();
  else
    confine_or_leave(*confinement);
  const auto end = worker::serve(wire::Descriptor(judge_socket));
  // No destructors and no exit handlers of the plugin: unloading is the commonest crash of plugin systems.
  _exit(end == worker::ServeEnd::closed ? 0 : exit_malformed);
}
