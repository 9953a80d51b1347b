#include "harness/sandbox/keeper.hpp"

#include <poll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <system_error>

namespace chipfit::sandbox {
namespace {

using Clock = std::chrono::steady_clock;

enum class Word : std::int32_t { confined = 1, failed, exited, signalled };

struct Message {
  Word word = Word::failed;
  std::int32_t code = 0;
  char text[240] = {};
};

void tell(int socket, const Message& message) {
  wire::send_message(socket, std::as_bytes(std::span(&message, 1)), -1, wire::Wait::yes);
}

std::optional<News> to_news(const Message& message, int sender) {
  switch (message.word) {
    case Word::confined:
      return News{News::Kind::confined, sender, {}, {}};
    case Word::failed:
      return News{
          News::Kind::failed, sender, {}, std::string(message.text, strnlen(message.text, sizeof message.text))};
    case Word::exited:
      return News{News::Kind::ended, sender, {Exit::How::exited, message.code}, {}};
    case Word::signalled:
      return News{News::Kind::ended, sender, {Exit::How::signalled, message.code}, {}};
  }
  return std::nullopt;
}

/// Only what is async-signal-safe: never returns.
[[noreturn]] void reap(pid_t child, int news_socket) {
  for (;;) {
    int status = 0;
    const pid_t ended = waitpid(-1, &status, 0);
    if (ended < 0 && errno == EINTR) continue;
    if (ended >= 0 && ended != child) continue;
    Message message;
    message.word = ended < 0 ? Word::failed : WIFEXITED(status) ? Word::exited : Word::signalled;
    message.code = WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status);
    tell(news_socket, message);
    _exit(0);  // the kernel ends everything else in this namespace
  }
}

}  // namespace

Result<wire::SocketPair> make_news_socket() {
  auto sockets = wire::make_socket_pair();
  if (!sockets) return sockets;
  const int yes = 1;
  if (setsockopt(sockets->judge.get(), SOL_SOCKET, SO_PASSCRED, &yes, sizeof(yes)) != 0)
    return fail(Error::Kind::internal, "SO_PASSCRED: " + std::generic_category().message(errno));
  return sockets;
}

std::optional<News> read_news(int socket, double timeout_s) {
  pollfd readable{socket, POLLIN, 0};
  const auto end = Clock::now() + std::chrono::duration<double>(std::clamp(timeout_s, 0.0, 3600.0));
  int ready;
  do {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - Clock::now());
    ready = poll(&readable, 1, static_cast<int>(std::max<std::int64_t>(left.count(), 0)));
  } while (ready < 0 && errno == EINTR);
  if (ready <= 0) return std::nullopt;
  Message message;
  iovec part{&message, sizeof(message)};
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(ucred))] = {};
  msghdr header{};
  header.msg_iov = &part;
  header.msg_iovlen = 1;
  header.msg_control = control;
  header.msg_controllen = sizeof(control);
  const ssize_t got = recvmsg(socket, &header, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
  if (got != static_cast<ssize_t>(sizeof(message))) return std::nullopt;
  ucred sender{};
  for (cmsghdr* each = CMSG_FIRSTHDR(&header); each != nullptr; each = CMSG_NXTHDR(&header, each))
    if (each->cmsg_level == SOL_SOCKET && each->cmsg_type == SCM_CREDENTIALS)
      std::memcpy(&sender, CMSG_DATA(each), sizeof(sender));
  return to_news(message, sender.pid);
}

void tell_confined(int socket) {
  Message message;
  message.word = Word::confined;
  tell(socket, message);
}

void tell_failed(int socket, const std::string& text) {
  Message message;
  text.copy(message.text, sizeof(message.text) - 1);
  tell(socket, message);
}

void keep_child(int news_socket) {
  // Its memory is closed to the child, which has the same user and would otherwise be allowed to write to it.
  prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
  const pid_t child = fork();
  if (child < 0) {
    tell_failed(news_socket, "fork: " + std::generic_category().message(errno));
    _exit(1);
  }
  if (child == 0) {
    prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
    return;
  }
  // The judge's socket must close with the child; standard streams are the log's.
  for (int fd = 0; fd < news_socket; ++fd) close(fd);
  reap(child, news_socket);
}

}  // namespace chipfit::sandbox
