// The judge's end of the wire against peers that a process could not easily be.
#include "harness/judge/worker_channel.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <functional>
#include <limits>
#include <set>
#include <thread>

#include "harness/judge/worker_checks.hpp"
#include "harness/wire/progress.hpp"
#include "harness/wire/socket.hpp"

namespace chipfit::judge {
namespace {

using wire::Call;

/// Never ends by itself; can be killed or not.
class FakePeer final : public Peer {
 public:
  explicit FakePeer(bool mortal) : mortal_(mortal) {}
  int pid() const override { return 0; }
  int exit_fd() const override { return -1; }
  int log_fd() const override { return -1; }
  std::optional<sandbox::Exit> ended() override { return std::nullopt; }
  std::optional<sandbox::Exit> kill(double) override {
    if (!mortal_) return std::nullopt;
    return sandbox::Exit{sandbox::Exit::How::signalled, 9};
  }

 private:
  bool mortal_;
};

class ChannelTest : public testing::Test {
 protected:
  wire::SocketPair pair = wire::make_socket_pair().value();

  std::unique_ptr<Channel> make(bool mortal = true, double exit_s = 0.05) {
    return std::make_unique<Channel>(std::move(pair.judge), std::make_unique<FakePeer>(mortal),
                                     WorkerLog::open("", 0, 0).value(),
                                     wire::SharedMemory::create(sizeof(wire::Progress), "progress").value(), exit_s);
  }

  /// What `call` gives when the worker's reply is the right one after `spoil`.
  CallResult<Channel::Reply> call_with(std::function<void(std::vector<wire::ReplyHeader>&, int& fd)> spoil) {
    channel = make();
    std::thread worker([&] {
      std::vector<std::byte> request(wire::max_request_bytes);
      wire::receive_message(pair.worker.get(), request, wire::Descriptors::refuse, wire::Wait::yes);
      wire::RequestHeader header;
      std::memcpy(&header, request.data(), sizeof(header));
      std::vector<wire::ReplyHeader> replies(1);
      replies[0].nonce = header.nonce;
      replies[0].call = header.call;
      replies[0].status = CHIPFIT_OK;
      int fd = -1;
      spoil(replies, fd);
      for (const auto& reply : replies) {
        wire::send_message(pair.worker.get(), std::as_bytes(std::span(&reply, 1)), fd, wire::Wait::yes);
      }
    });
    auto reply = channel->call(Call::run, {}, -1, 5);
    worker.join();
    return reply;
  }
  static void expect_protocol(const CallResult<Channel::Reply>& reply, const std::string& text) {
    ASSERT_FALSE(reply);
    EXPECT_EQ(reply.error().kind, CallFailure::Kind::died);
    EXPECT_EQ(info(reply.error().verdict).name, "PROTOCOL");
    EXPECT_THAT(reply.error().reason, testing::HasSubstr(text));
  }

  std::unique_ptr<Channel> channel;
};

TEST_F(ChannelTest, TheRightReplyIsTaken) {
  const auto reply = call_with([](auto& replies, int&) { replies[0].value = 42; });
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->header.value, 42u);
}
TEST_F(ChannelTest, AnotherNonceIsABreach) {
  expect_protocol(call_with([](auto& replies, int&) { ++replies[0].nonce; }), "not asked");
}
TEST_F(ChannelTest, AnotherCallIsABreach) {
  expect_protocol(call_with([](auto& replies, int&) { replies[0].call = Call::alloc; }), "not asked");
}
TEST_F(ChannelTest, AnUnknownStatusIsABreach) {
  expect_protocol(call_with([](auto& replies, int&) { replies[0].status = 6; }), "status 6");
}
TEST_F(ChannelTest, ATextWithoutEndIsABreach) {
  expect_protocol(call_with([](auto& replies, int&) { std::memset(replies[0].text, 'x', wire::max_text); }), "no end");
}
TEST_F(ChannelTest, ADescriptorInAReplyIsABreach) {
  expect_protocol(call_with([](auto&, int& fd) { fd = 0; }), "a message that no worker sends");
}
TEST_F(ChannelTest, ASecondReplyIsABreachOfTheNextCall) {
  ASSERT_TRUE(call_with([](auto& replies, int&) { replies.push_back(replies[0]); }));
  expect_protocol(channel->call(Call::run, {}, -1, 5), "before run: a message that nobody asked for");
}

TEST_F(ChannelTest, NoncesDoNotRepeat) {
  channel = make();
  std::set<std::uint64_t> nonces;
  std::thread worker([&] {
    std::vector<std::byte> request(wire::max_request_bytes);
    for (int i = 0; i < 100; ++i) {
      wire::receive_message(pair.worker.get(), request, wire::Descriptors::refuse, wire::Wait::yes);
      wire::ReplyHeader reply;
      std::memcpy(&reply.nonce, request.data(), sizeof(reply.nonce));
      nonces.insert(reply.nonce);
      reply.call = Call::run;
      reply.status = CHIPFIT_OK;
      wire::send_message(pair.worker.get(), std::as_bytes(std::span(&reply, 1)), -1, wire::Wait::yes);
    }
  });
  for (int i = 0; i < 100; ++i) ASSERT_TRUE(channel->call(Call::run, {}, -1, 5));
  worker.join();
  EXPECT_EQ(nonces.size(), 100u);
}

TEST_F(ChannelTest, AWorkerThatCannotBeKilledIsWedged) {
  const auto reply = make(false)->call(Call::open, {}, -1, 0.05);
  ASSERT_FALSE(reply);
  EXPECT_EQ(info(reply.error().verdict).name, "WEDGED");
  EXPECT_EQ(reply.error().reason, "open: no answer in 0.1 s; the process cannot be killed");
}

TEST_F(ChannelTest, ARequestThatIsTooLongIsNotSent) {
  channel = make();
  const std::vector<std::byte> payload(wire::max_request_bytes);
  const auto reply = channel->call(Call::load, payload, -1, 1);
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().kind, CallFailure::Kind::broken);
}

TEST(Sanitize, RefusesWhatCannotBeMended) {
  chipfit_device_info device{};
  device.kind = 9;
  EXPECT_EQ(sanitize(device), "kind 9 is no chipfit_device_kind");
  device.kind = CHIPFIT_GPU;
  device.view_alignment = std::uint64_t{1} << 40;
  EXPECT_EQ(sanitize(device), "view_alignment 1099511627776 is more than 1 GiB");
  device.view_alignment = 0;
  EXPECT_EQ(sanitize(device), "");
}

TEST(Sanitize, EndsTextsAndDropsImpossibleNumbers) {
  chipfit_device_info device{};
  device.kind = CHIPFIT_GPU;
  std::memset(device.serial, 'x', sizeof(device.serial));
  device.memory_byte_per_s = std::numeric_limits<double>::quiet_NaN();
  device.peaks[0].flop_per_s = std::numeric_limits<double>::infinity();
  EXPECT_EQ(sanitize(device), "");
  EXPECT_EQ(std::string(device.serial), std::string(63, 'x'));
  EXPECT_EQ(device.memory_byte_per_s, 0);
  EXPECT_EQ(device.peaks[0].flop_per_s, 0);
}

}  // namespace
}  // namespace chipfit::judge
