#pragma once
#include <optional>
#include <string>

#include "harness/sandbox/process.hpp"
#include "harness/wire/socket.hpp"

/// Between a confined worker and the judge there is, beside the socket that plugins can reach, a second one that they
/// cannot: it is closed before any plugin is loaded. On it the worker says that it is confined, and in namespaces
/// process 1, which keeps the worker and runs no foreign code, says how the worker ended.
namespace chipfit::sandbox {

struct News {
  enum class Kind { confined, failed, ended } kind = Kind::failed;
  int sender = 0;    ///< process id as the judge sees it, from the kernel
  Exit exit;         ///< of Kind::ended
  std::string text;  ///< of Kind::failed
};

/// The judge's end learns the sender of each message from the kernel.
Result<wire::SocketPair> make_news_socket();
/// The next message; nothing where none comes within `timeout_s`, or the other end is closed.
std::optional<News> read_news(int socket, double timeout_s);

void tell_confined(int socket);
void tell_failed(int socket, const std::string& text);

/// In process 1: forks and returns in the child. The parent reaps whatever ends, tells how the child ended and exits.
void keep_child(int news_socket);

}  // namespace chipfit::sandbox
