#include "harness/judge/worker_channel.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fstream>
#include <system_error>

#include "harness/wire/abi.hpp"
#include "harness/wire/progress.hpp"
#include "harness/wire/socket.hpp"
#include "harness/wire/text.hpp"

namespace chipfit::judge {
namespace {

using sandbox::Exit;
using wire::Call;

constexpr double look_at_memory_s = 0.1;
constexpr double ask_again_s = 0.005;  ///< where no descriptor tells of the worker's end

/// The name of a step that is inside the plugin; empty for idle and for numbers that only a plugin could have written.
std::string_view step_name(std::uint32_t step) {
  return step > 0 && step < wire::step_names.size() ? wire::step_names[step] : std::string_view();
}

double gib(std::uint64_t bytes) {
  return static_cast<double>(bytes) / (1u << 30);
}

/// Resident memory of a process; 0 where it cannot be seen.
std::uint64_t resident_bytes(int pid) {
  std::uint64_t size = 0, resident = 0;
  std::ifstream(fmt::format("/proc/{}/statm", pid)) >> size >> resident;
  return resident * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
}

/// Waits for one of `fds`, at most `timeout_s`. A signal just ends the wait.
void wait_for(std::span<pollfd> fds, double timeout_s) {
  const double s = std::clamp(timeout_s, 0.0, 3600.0);
  const auto whole = static_cast<time_t>(s);
  const timespec timeout{whole, static_cast<long>((s - static_cast<double>(whole)) * 1e9)};
  for (auto& each : fds) each.revents = 0;
  if (ppoll(fds.data(), fds.size(), &timeout, nullptr) <= 0) {
    for (auto& each : fds) each.revents = 0;
  }
}

}  // namespace

double now_s() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC_RAW, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

Channel::Channel(wire::Descriptor socket, std::unique_ptr<Peer> peer, WorkerLog log, wire::SharedMemory progress,
                 double exit_s)
    : socket_(std::move(socket)),
      peer_(std::move(peer)),
      log_(std::move(log)),
      log_open_(peer_->log_fd() >= 0),
      progress_(std::move(progress)),
      exit_s_(exit_s),
      request_(wire::max_request_bytes),
      reply_(wire::max_reply_bytes + 1) {}  // one more, so that a longer message is seen to be longer

Channel::~Channel() {
  socket_.reset();
  if (!dead_) wait_exit(exit_s_);
  drain_log();
}

CallResult<Channel::Reply> Channel::call(Call call, std::span<const std::byte> payload, int fd, double deadline_s) {
  if (dead_) return tl::unexpected(*dead_);
  BatchTimes times;
  if (auto failed = send(call, payload, fd, times)) return tl::unexpected(std::move(*failed));
  return receive(call, times, deadline_s);
}

CallFailure Channel::refusal(const Reply& reply) {
  const auto& header = reply.header;
  const auto step = step_name(header.step);
  const auto where = step.empty() ? name(header.call) : step;
  std::string text = wire::clean_text(wire::field_text(header.text));
  const auto status = static_cast<chipfit_status>(header.status);
  if (text.empty()) text = wire::name(status);
  return {.kind = CallFailure::Kind::refused, .status = status, .reason = fmt::format("{}: {}", where, text)};
}

std::uint64_t Channel::next_nonce() {
  if (nonces_left_ == 0) {
    // 256 bytes and fewer are never cut short once the kernel's generator runs.
    while (getrandom(nonces_.data(), sizeof(nonces_), 0) != static_cast<ssize_t>(sizeof(nonces_))) {
    }
    nonces_left_ = nonces_.size();
  }
  return nonces_[--nonces_left_];
}

Channel::Failed Channel::send(Call call, std::span<const std::byte> payload, int fd, BatchTimes& times) {
  if (payload.size() > request_.size() - sizeof(wire::RequestHeader)) {
    return CallFailure{.kind = CallFailure::Kind::broken,
                       .reason = fmt::format("{}: the request of {} bytes is too long", name(call), payload.size())};
  }
  // Anything that is here before the request was not asked for.
  const auto early = wire::receive_message(socket_.get(), reply_, wire::Descriptors::refuse, wire::Wait::no);
  if (early.kind == wire::Received::Kind::closed) return fail_closed(std::nullopt);
  if (early.kind != wire::Received::Kind::nothing) {
    return kill(Verdict::protocol, fmt::format("before {}: a message that nobody asked for", name(call)));
  }
  nonce_ = next_nonce();
  const wire::RequestHeader header{nonce_, call, static_cast<std::uint32_t>(payload.size())};
  std::memcpy(request_.data(), &header, sizeof(header));
  if (!payload.empty()) std::memcpy(request_.data() + sizeof(header), payload.data(), payload.size());
  const auto message = std::span<const std::byte>(request_).first(sizeof(header) + payload.size());

  times.revealed_s = now_s();
  const int error = wire::send_message(socket_.get(), message, fd, wire::Wait::no);
  if (error == 0) return std::nullopt;
  if (error == EPIPE) return fail_closed(std::nullopt);
  if (error == EAGAIN) return kill(Verdict::protocol, fmt::format("{}: requests are not received", name(call)));
  return remember({.kind = CallFailure::Kind::broken,
                   .reason = fmt::format("{}: sendmsg: {}", name(call), std::generic_category().message(error))});
}

CallResult<Channel::Reply> Channel::receive(Call call, BatchTimes& times, double deadline_s) {
  enum { socket_index, exit_index, log_index };
  const double end_s = times.revealed_s + deadline_s;
  Reply reply;
  for (;;) {
    std::array<pollfd, 3> fds = {pollfd{socket_.get(), POLLIN, 0}, pollfd{peer_->exit_fd(), POLLIN, 0},
                                 pollfd{log_open_ ? peer_->log_fd() : -1, POLLIN, 0}};
    double left_s = end_s - now_s();
    if (peer_->exit_fd() < 0) left_s = std::min(left_s, ask_again_s);
    if (memory_limit_bytes_ != 0) left_s = std::min(left_s, look_at_memory_s);
    wait_for(fds, left_s);
    // Before the socket is read: what the process sent before its end is then sure to be there.
    std::optional<Exit> exit;
    if (peer_->exit_fd() < 0 || fds[exit_index].revents != 0) exit = peer_->ended();
    bool complete = false;
    if (fds[socket_index].revents != 0 || exit) {
      if (auto failed = take_message(call, complete, reply)) return tl::unexpected(std::move(*failed));
    }
    if (complete) {
      reply.times.revealed_s = times.revealed_s;
      return reply;
    }
    if (exit) return tl::unexpected(fail_ended(call, *exit));
    if (fds[log_index].revents != 0) {
      if (log_.drain(peer_->log_fd()) == WorkerLog::Drained::closed) log_open_ = false;
      if (log_.flooded()) {
        return tl::unexpected(kill(Verdict::resource, fmt::format("{}: floods its log", phase(call))));
      }
    }
    if (memory_limit_bytes_ != 0 && fds[socket_index].revents == 0) {
      if (const auto bytes = resident_bytes(peer_->pid()); bytes > memory_limit_bytes_)
        return tl::unexpected(kill(Verdict::resource, fmt::format("{}: uses {:.2f} GiB of memory, more than {:.2f} GiB",
                                                                  phase(call), gib(bytes), gib(memory_limit_bytes_))));
    }
    if (now_s() >= end_s) {
      return tl::unexpected(kill(Verdict::timeout, fmt::format("{}: no answer in {:.1f} s", phase(call), deadline_s)));
    }
  }
}

/// Takes what the socket holds; `complete` when it is the reply to `call`.
Channel::Failed Channel::take_message(Call call, bool& complete, Reply& reply) {
  using Kind = wire::Received::Kind;
  const auto received = wire::receive_message(socket_.get(), reply_, wire::Descriptors::refuse, wire::Wait::no);
  reply.times.synced_s = now_s();
  switch (received.kind) {
    case Kind::nothing:
      return std::nullopt;
    case Kind::closed:
      return fail_closed(call);
    case Kind::malformed:
      return kill(Verdict::protocol, fmt::format("{}: a message that no worker sends", phase(call)));
    case Kind::failed:
      return remember(
          {.kind = CallFailure::Kind::broken,
           .reason = fmt::format("{}: recvmsg: {}", name(call), std::generic_category().message(received.error))});
    case Kind::message:
      break;
  }
  if (const auto fault = protocol_fault(call, received.bytes); !fault.empty()) {
    return kill(Verdict::protocol, fmt::format("{}: {}", phase(call), fault));
  }
  std::memcpy(&reply.header, reply_.data(), sizeof(reply.header));
  reply.payload = std::span<const std::byte>(reply_).subspan(sizeof(reply.header), wire::reply_payload_bytes(call));
  complete = true;
  return std::nullopt;
}

/// What is wrong with the message in reply_ as the reply to `call`; empty when nothing is.
std::string Channel::protocol_fault(Call call, std::size_t bytes) const {
  const std::size_t due = sizeof(wire::ReplyHeader) + wire::reply_payload_bytes(call);
  if (bytes != due) return fmt::format("a message of {} bytes where a reply of {} was due", bytes, due);
  wire::ReplyHeader header;
  std::memcpy(&header, reply_.data(), sizeof(header));
  if (header.nonce != nonce_ || header.call != call) return "a reply to something that was not asked";
  if (wire::field_text(header.text).size() == sizeof(header.text)) return "a reply whose text has no end";
  if (header.status == wire::bad_request) {
    return fmt::format("the worker calls the request impossible: {}", wire::clean_text(wire::field_text(header.text)));
  }
  if (!wire::is_status(header.status)) return fmt::format("a reply with status {}", header.status);
  return {};
}

/// Where the worker is: the plugin's function where it says so, else the call, else "between calls".
std::string Channel::phase(std::optional<Call> call) const {
  const auto* progress = reinterpret_cast<const wire::Progress*>(progress_.data());
  const auto step = step_name(progress->step.load(std::memory_order_relaxed));
  if (!step.empty()) return std::string(step);
  return std::string(call ? name(*call) : wire::step_names[0]);
}

/// Bounded, since children of the worker may still be writing.
void Channel::drain_log() {
  for (int i = 0; i < 16 && log_open_; ++i) {
    const auto drained = log_.drain(peer_->log_fd());
    if (drained == WorkerLog::Drained::closed) log_open_ = false;
    if (drained != WorkerLog::Drained::some) return;
  }
}

std::optional<Exit> Channel::wait_exit(double timeout_s) {
  const double end_s = now_s() + timeout_s;
  for (;;) {
    if (auto exit = peer_->ended()) return exit;
    const double left_s = end_s - now_s();
    if (left_s <= 0) return std::nullopt;
    std::array<pollfd, 2> fds = {pollfd{peer_->exit_fd(), POLLIN, 0},
                                 pollfd{log_open_ ? peer_->log_fd() : -1, POLLIN, 0}};
    wait_for(fds, peer_->exit_fd() < 0 ? std::min(left_s, ask_again_s) : left_s);
    if (fds[1].revents != 0 && log_.drain(peer_->log_fd()) == WorkerLog::Drained::closed) log_open_ = false;
  }
}

/// A process that dies closes its socket a moment before it can be seen to have ended.
CallFailure Channel::fail_closed(std::optional<Call> call) {
  if (const auto exit = wait_exit(exit_s_)) return fail_ended(call, *exit);
  return kill(Verdict::protocol, fmt::format("{}: closed its socket", phase(call)));
}

CallFailure Channel::fail_ended(std::optional<Call> call, const Exit& exit) {
  const auto* progress = reinterpret_cast<const wire::Progress*>(progress_.data());
  const std::string where = phase(call);
  if (exit.how == Exit::How::exited) {
    return kill(Verdict::exited, fmt::format("{}: exited with status {}", where, exit.code));
  }
  if (exit.how == Exit::How::unknown) return kill(Verdict::crashed, fmt::format("{}: ended in an unknown way", where));
  // Nobody here has sent it yet: the kernel does when memory runs out.
  if (exit.code == SIGKILL) return kill(Verdict::resource, fmt::format("{}: SIGKILL (out of memory?)", where));
  if (exit.code == SIGABRT && progress->escaped.load(std::memory_order_relaxed) != 0) {
    return kill(Verdict::crashed, fmt::format("{}: an exception left the plugin (SIGABRT)", where));
  }
  return kill(Verdict::crashed, fmt::format("{}: {}", where, sandbox::signal_name(exit.code)));
}

/// Ends the whole process group, also where its leader has ended already.
CallFailure Channel::kill(Verdict verdict, std::string reason) {
  if (!peer_->kill(exit_s_)) {
    verdict = Verdict::wedged;
    reason += "; the process cannot be killed";
  }
  drain_log();
  return remember({.kind = CallFailure::Kind::died, .verdict = verdict, .reason = std::move(reason)});
}

CallFailure Channel::remember(CallFailure failure) {
  dead_ = failure;
  return failure;
}

}  // namespace chipfit::judge
