#pragma once
#include <cstddef>
#include <span>

#include "harness/wire/descriptor.hpp"
#include "kernels/base/result.hpp"

namespace chipfit::wire {

/// Two ends of a seqpacket socket: messages keep their bounds and arrive in order. Both close on exec.
struct SocketPair {
  Descriptor judge, worker;
};
Result<SocketPair> make_socket_pair();

enum class Wait { no, yes };

/// Sends one message whole, with a descriptor where `fd` ≥ 0. Returns 0 or errno (EPIPE: nobody is there any more;
/// EAGAIN: it would have to wait). Never raises SIGPIPE.
int send_message(int socket, std::span<const std::byte> message, int fd, Wait);

enum class Descriptors { refuse, accept };

struct Received {
  enum class Kind {
    message,
    malformed,  ///< longer than the buffer, empty, or with descriptors that were not expected
    closed,     ///< the other end is closed
    nothing,    ///< Wait::no and nothing there
    failed,     ///< `error`
  } kind = Kind::nothing;
  std::size_t bytes = 0;
  int error = 0;
  Descriptor fd;
};
/// Takes one message. Descriptors that are not wanted are closed by the kernel.
Received receive_message(int socket, std::span<std::byte> buffer, Descriptors, Wait);

}  // namespace chipfit::wire
