#include "harness/wire/socket.hpp"

#include <poll.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>
#include <system_error>

namespace chipfit::wire {
namespace {

/// An empty datagram and a closed socket both read as 0 bytes; only the second hangs up.
bool hung_up(int socket) {
  pollfd poll_socket{socket, POLLRDHUP, 0};
  return poll(&poll_socket, 1, 0) == 1 && (poll_socket.revents & (POLLRDHUP | POLLHUP)) != 0;
}

}  // namespace

Result<SocketPair> make_socket_pair() {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) {
    return fail(Error::Kind::internal, "socketpair: " + std::generic_category().message(errno));
  }
  return SocketPair{Descriptor(ends[0]), Descriptor(ends[1])};
}

int send_message(int socket, std::span<const std::byte> message, int fd, Wait wait) {
  iovec part{const_cast<std::byte*>(message.data()), message.size()};
  msghdr header{};
  header.msg_iov = &part;
  header.msg_iovlen = 1;
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))] = {};
  if (fd >= 0) {
    header.msg_control = control;
    header.msg_controllen = sizeof(control);
    cmsghdr* first = CMSG_FIRSTHDR(&header);
    first->cmsg_level = SOL_SOCKET;
    first->cmsg_type = SCM_RIGHTS;
    first->cmsg_len = CMSG_LEN(sizeof(int));
    std::memcpy(CMSG_DATA(first), &fd, sizeof(int));
  }
  const int flags = MSG_NOSIGNAL | (wait == Wait::no ? MSG_DONTWAIT : 0);
  ssize_t sent;
  do {
    sent = sendmsg(socket, &header, flags);
  } while (sent < 0 && errno == EINTR);
  if (sent < 0) return errno == ECONNRESET ? EPIPE : errno;
  return 0;
}

Received receive_message(int socket, std::span<std::byte> buffer, Descriptors descriptors, Wait wait) {
  iovec part{buffer.data(), buffer.size()};
  msghdr header{};
  header.msg_iov = &part;
  header.msg_iovlen = 1;
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))] = {};
  if (descriptors == Descriptors::accept) {
    header.msg_control = control;
    header.msg_controllen = sizeof(control);
  }
  const int flags = MSG_CMSG_CLOEXEC | (wait == Wait::no ? MSG_DONTWAIT : 0);
  ssize_t got;
  do {
    got = recvmsg(socket, &header, flags);
  } while (got < 0 && errno == EINTR);

  Received received;
  if (got < 0) {
    received.error = errno;
    if (errno == EAGAIN || errno == EWOULDBLOCK)
      received.kind = Received::Kind::nothing;
    else
      received.kind = errno == ECONNRESET ? Received::Kind::closed : Received::Kind::failed;
    return received;
  }
  if (descriptors == Descriptors::accept) {
    for (cmsghdr* each = CMSG_FIRSTHDR(&header); each != nullptr; each = CMSG_NXTHDR(&header, each)) {
      if (each->cmsg_level != SOL_SOCKET || each->cmsg_type != SCM_RIGHTS) continue;
      int fd = -1;
      std::memcpy(&fd, CMSG_DATA(each), sizeof(int));
      received.fd = Descriptor(fd);
    }
  }
  received.bytes = static_cast<std::size_t>(got);
  if ((header.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) != 0)
    received.kind = Received::Kind::malformed;
  else if (got > 0)
    received.kind = Received::Kind::message;
  else
    received.kind = hung_up(socket) ? Received::Kind::closed : Received::Kind::malformed;
  return received;
}

}  // namespace chipfit::wire
