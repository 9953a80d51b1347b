#include "harness/wire/socket.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <vector>

#include "harness/wire/messages.hpp"

namespace chipfit::wire {
namespace {

class Socket : public testing::Test {
 protected:
  SocketPair pair = make_socket_pair().value();
  std::array<std::byte, 64> buffer{};

  int send(std::size_t bytes, int fd = -1) {
    const std::vector<std::byte> message(bytes, std::byte{7});
    return send_message(pair.worker.get(), message, fd, Wait::no);
  }
  Received receive(Descriptors descriptors = Descriptors::refuse) {
    return receive_message(pair.judge.get(), buffer, descriptors, Wait::no);
  }
};

TEST_F(Socket, NothingIsNotTheSameAsClosed) {
  EXPECT_EQ(receive().kind, Received::Kind::nothing);
  pair.worker.reset();
  EXPECT_EQ(receive().kind, Received::Kind::closed);
}

TEST_F(Socket, AnEmptyMessageIsMalformedNotClosed) {
  ASSERT_EQ(::send(pair.worker.get(), "", 0, 0), 0);
  EXPECT_EQ(receive().kind, Received::Kind::malformed);
  EXPECT_EQ(receive().kind, Received::Kind::nothing);
}

TEST_F(Socket, AMessageLongerThanTheBufferIsMalformed) {
  ASSERT_EQ(send(65), 0);
  EXPECT_EQ(receive().kind, Received::Kind::malformed);
}

TEST_F(Socket, ADescriptorThatWasNotWantedIsMalformed) {
  ASSERT_EQ(send(8, pair.worker.get()), 0);
  EXPECT_EQ(receive().kind, Received::Kind::malformed);
}

TEST_F(Socket, SendingToNobodyIsAnErrorNotASignal) {
  pair.judge.reset();
  EXPECT_EQ(send(8), EPIPE);
}

TEST_F(Socket, MessagesKeepTheirBounds) {
  ASSERT_EQ(send(8), 0);
  ASSERT_EQ(send(64), 0);
  EXPECT_EQ(receive().bytes, 8u);
  const auto second = receive();
  EXPECT_EQ(second.kind, Received::Kind::message);
  EXPECT_EQ(second.bytes, 64u);
}

TEST_F(Socket, ADescriptorArrivesAsAnotherThatClosesOnExec) {
  Descriptor null(open("/dev/null", O_RDONLY | O_CLOEXEC));
  ASSERT_EQ(send(8, null.get()), 0);
  const auto received = receive(Descriptors::accept);
  ASSERT_EQ(received.kind, Received::Kind::message);
  ASSERT_TRUE(received.fd);
  EXPECT_NE(received.fd.get(), null.get());
  EXPECT_EQ(fcntl(received.fd.get(), F_GETFD), FD_CLOEXEC);
}

TEST_F(Socket, TheLargestRequestFitsIntoOneMessage) {
  ASSERT_EQ(send(max_request_bytes), 0);
  std::vector<std::byte> large(max_request_bytes);
  EXPECT_EQ(receive_message(pair.judge.get(), large, Descriptors::refuse, Wait::no).bytes, max_request_bytes);
}

}  // namespace
}  // namespace chipfit::wire
