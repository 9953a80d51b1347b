#pragma once
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "backends/plugin/chipfit_plugin.h"

/// The messages between judge and worker: one request, one reply, each one datagram of a seqpacket socket, in the
/// machine's own byte order (both ends are one build on one machine).
///
/// A request carries a random nonce that its reply repeats, so no reply can be made before the request is there. A
/// reply has one fixed size per call. Whatever else arrives is a breach of protocol.
namespace chipfit::wire {

/// One call is one function of the plugin's table; `run`, `latency` and `enqueue` are batches, the map calls are the
/// worker's own.
enum class Call : std::uint32_t {
  load = 1,      ///< LoadRequest + texts, descriptor of the progress page → PluginReply
  device_count,  ///< nothing → value = count
  device_info,   ///< IndexRequest → chipfit_device_info
  open,          ///< IndexRequest
  map_input,     ///< BytesRequest, descriptor
  map_output,    ///< BytesRequest, descriptor
  alloc,         ///< BytesRequest → value = buffer
  free,          ///< IndexRequest
  upload,        ///< TransferRequest: input memory → buffer
  download,      ///< TransferRequest: buffer → output memory
  supports,      ///< chipfit_problem
  prepare,       ///< chipfit_problem → value = kernel, text = algorithm
  release,       ///< IndexRequest
  run,           ///< BatchRequest + entries
  latency,       ///< BatchRequest + entries → double[max_batch], seconds
  counter,       ///< CounterRequest → number
  enqueue,       ///< BatchRequest + entries, and no sync after them
};

/// "device_count", …
std::string_view name(Call);

constexpr std::size_t max_batch = 1024;     ///< entries of one run or latency call
constexpr std::size_t max_text = 512;       ///< bytes of a reply's text with its final 0
constexpr std::uint32_t bad_request = 100;  ///< reply status beside those of the ABI: no judge asks that

/// One enqueue: byte offsets into buffers.
struct EnqueueEntry {
  std::uint32_t in0 = 0, in1 = 0, out = 0;
  std::uint32_t reserved = 0;
  std::uint64_t in0_offset = 0, in1_offset = 0, out_offset = 0;
};
static_assert(sizeof(EnqueueEntry) == 40);

struct RequestHeader {
  std::uint64_t nonce = 0;
  Call call = Call::load;
  std::uint32_t payload_bytes = 0;
};

/// What becomes of the structs that a plugin is lent for the length of a call (P5).
enum class Lending : std::uint32_t {
  take_back = 0,  ///< filled with other bytes when the call returns
  leave = 1       ///< left as they are, until the next call of the kind: tells a kept pointer from other faults
};

/// Followed by the three texts, none of them ending with 0.
struct LoadRequest {
  std::uint32_t library_bytes = 0, options_bytes = 0, scratch_bytes = 0;
  Lending lending = Lending::take_back;
};
struct IndexRequest {
  std::uint64_t index = 0;
};
struct BytesRequest {
  std::uint64_t bytes = 0;
};
struct TransferRequest {
  std::uint32_t buffer = 0, reserved = 0;
  std::uint64_t at = 0, offset = 0, bytes = 0;  ///< offset: into the input or output memory
};
/// Followed by `count` entries.
struct BatchRequest {
  std::uint32_t kernel = 0, count = 0;
};
struct CounterRequest {
  char name[64] = {};
};

struct ReplyHeader {
  std::uint64_t nonce = 0;
  Call call = Call::load;
  std::uint32_t status = bad_request;  ///< chipfit_status or bad_request
  std::uint32_t step = 0;              ///< Step that failed (progress.hpp)
  std::uint32_t reserved = 0;
  std::uint64_t value = 0;
  double number = 0;
  char text[max_text] = {};  ///< of a failure: the plugin's last_error or the worker's own words
};

struct PluginReply {
  char name[128] = {}, version[128] = {};
  std::uint32_t abi_minor = 0;
  std::uint32_t has_supports = 0, has_counter = 0, reserved = 0;
};

/// What follows the ReplyHeader of every reply to `call`, whatever its status.
constexpr std::size_t reply_payload_bytes(Call call) {
  switch (call) {
    case Call::load:
      return sizeof(PluginReply);
    case Call::device_info:
      return sizeof(chipfit_device_info);
    case Call::latency:
      return max_batch * sizeof(double);
    default:
      return 0;
  }
}

constexpr std::size_t max_request_bytes =
    sizeof(RequestHeader) + sizeof(BatchRequest) + max_batch * sizeof(EnqueueEntry);
constexpr std::size_t max_reply_bytes = sizeof(ReplyHeader) + max_batch * sizeof(double);

}  // namespace chipfit::wire
