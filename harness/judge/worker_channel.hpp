#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "harness/judge/worker.hpp"
#include "harness/judge/worker_log.hpp"
#include "harness/judge/worker_peer.hpp"
#include "harness/wire/memory.hpp"
#include "harness/wire/messages.hpp"

namespace chipfit::judge {

/// Sends one request and waits for its one reply, watching the deadline, the process and its log meanwhile. Whatever
/// else happens ends the worker; from then on every call returns the same failure.
class Channel {
 public:
  /// `progress` is the page that the worker was given with wire::Call::load.
  Channel(wire::Descriptor socket, std::unique_ptr<Peer>, WorkerLog, wire::SharedMemory progress, double exit_s);
  /// Closes the socket, so that the worker closes its device and leaves; ends it where it does not.
  ~Channel();
  Channel(const Channel&) = delete;
  Channel& operator=(const Channel&) = delete;

  struct Reply {
    wire::ReplyHeader header;
    std::span<const std::byte> payload;  ///< of wire::reply_payload_bytes(call); valid until the next call
    BatchTimes times;
  };
  /// A reply with any status of the ABI, or `died` or `broken`. `fd` ≥ 0 goes along. The payload is at most
  /// wire::max_request_bytes − sizeof(wire::RequestHeader).
  CallResult<Reply> call(wire::Call, std::span<const std::byte> payload, int fd, double deadline_s);

  /// Resident memory of the worker beyond which it is killed (RESOURCE), looked at ten times a second; 0: no limit.
  void limit_memory(std::uint64_t bytes) { memory_limit_bytes_ = bytes; }

  /// The failure of a reply whose status is not OK: refused, in the plugin's words.
  static CallFailure refusal(const Reply&);

  const Peer& peer() const { return *peer_; }
  int progress_fd() const { return progress_.fd(); }

 private:
  using Failed = std::optional<CallFailure>;

  Failed send(wire::Call, std::span<const std::byte> payload, int fd, BatchTimes&);
  CallResult<Reply> receive(wire::Call, BatchTimes&, double deadline_s);
  Failed take_message(wire::Call, bool& complete, Reply&);
  std::string protocol_fault(wire::Call, std::size_t bytes) const;

  std::uint64_t next_nonce();
  std::string phase(std::optional<wire::Call>) const;
  void drain_log();
  /// Waits for the end of the worker while its log is read.
  std::optional<sandbox::Exit> wait_exit(double timeout_s);

  CallFailure fail_closed(std::optional<wire::Call>);
  CallFailure fail_ended(std::optional<wire::Call>, const sandbox::Exit&);
  CallFailure kill(Verdict, std::string reason);
  CallFailure remember(CallFailure);

  wire::Descriptor socket_;
  std::unique_ptr<Peer> peer_;
  WorkerLog log_;
  bool log_open_;
  wire::SharedMemory progress_;
  double exit_s_;
  std::uint64_t memory_limit_bytes_ = 0;
  std::optional<CallFailure> dead_;
  std::array<std::uint64_t, 32> nonces_{};
  std::size_t nonces_left_ = 0;
  std::uint64_t nonce_ = 0;
  std::vector<std::byte> request_, reply_;
};

}  // namespace chipfit::judge
