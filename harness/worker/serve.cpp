#include "harness/worker/serve.hpp"

#include <cstddef>
#include <cstring>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "harness/wire/messages.hpp"
#include "harness/wire/socket.hpp"
#include "harness/wire/text.hpp"
#include "harness/worker/session.hpp"

namespace chipfit::worker {
namespace {

using wire::Call;
using Bytes = std::span<const std::byte>;

Answer malformed() {
  return {.status = wire::bad_request, .text = "the request is malformed"};
}

/// Reads a payload struct off the front; nothing where it is too short.
template <class T>
std::optional<T> take(Bytes& payload) {
  if (payload.size() < sizeof(T)) return std::nullopt;
  T value;
  std::memcpy(&value, payload.data(), sizeof(T));
  payload = payload.subspan(sizeof(T));
  return value;
}

/// The same for a payload that is just the struct.
template <class T>
std::optional<T> whole(Bytes payload) {
  auto value = take<T>(payload);
  return payload.empty() ? value : std::nullopt;
}

std::optional<std::string> take_text(Bytes& payload, std::size_t bytes) {
  if (payload.size() < bytes) return std::nullopt;
  std::string text(reinterpret_cast<const char*>(payload.data()), bytes);
  payload = payload.subspan(bytes);
  return text;
}

class Server {
 public:
  explicit Server(wire::Descriptor socket) : socket_(std::move(socket)) {}

  ServeEnd serve() {
    for (;;) {
      auto received = wire::receive_message(socket_.get(), request_, wire::Descriptors::accept, wire::Wait::yes);
      if (received.kind == wire::Received::Kind::closed) break;
      if (received.kind != wire::Received::Kind::message || received.bytes < sizeof(wire::RequestHeader)) {
        return ServeEnd::malformed;
      }
      wire::RequestHeader header;
      std::memcpy(&header, request_.data(), sizeof(header));
      const Bytes payload = Bytes(request_).subspan(sizeof(header), received.bytes - sizeof(header));
      if (header.payload_bytes != payload.size()) return ServeEnd::malformed;
      const std::size_t payload_bytes = wire::reply_payload_bytes(header.call);
      std::memset(reply_.data(), 0, sizeof(wire::ReplyHeader) + payload_bytes);
      reply_header_ = {};
      const Answer answer = dispatch(header.call, payload, received.fd.get());
      progress_->step.store(static_cast<std::uint32_t>(wire::Step::idle), std::memory_order_relaxed);
      if (send(header, answer, payload_bytes) != 0) break;
    }
    session_.close();
    return ServeEnd::closed;
  }

 private:
  int send(const wire::RequestHeader& request, const Answer& answer, std::size_t payload_bytes) {
    reply_header_.nonce = request.nonce;
    reply_header_.call = request.call;
    reply_header_.status = answer.status;
    reply_header_.step = answer.step;
    reply_header_.value = answer.value;
    wire::copy_text(reply_header_.text, answer.text);
    std::memcpy(reply_.data(), &reply_header_, sizeof(reply_header_));
    const auto message = Bytes(reply_).first(sizeof(reply_header_) + payload_bytes);
    return wire::send_message(socket_.get(), message, -1, wire::Wait::yes);
  }

  template <class T>
  void put_payload(const T& value) {
    static_assert(sizeof(T) <= wire::max_reply_bytes - sizeof(wire::ReplyHeader));
    std::memcpy(reply_.data() + sizeof(wire::ReplyHeader), &value, sizeof(T));
  }

  Answer dispatch(Call call, Bytes payload, int fd) {
    switch (call) {
      case Call::load:
        return load(payload, fd);
      case Call::device_count:
        return payload.empty() ? session_.device_count() : malformed();
      case Call::device_info:
        return device_info(payload);
      case Call::open:
        return with<wire::IndexRequest>(payload, [&](const auto& r) { return session_.open(r.index); });
      case Call::map_input:
        return with<wire::BytesRequest>(payload, [&](const auto& r) { return session_.map_input(fd, r.bytes); });
      case Call::map_output:
        return with<wire::BytesRequest>(payload, [&](const auto& r) { return session_.map_output(fd, r.bytes); });
      case Call::alloc:
        return with<wire::BytesRequest>(payload, [&](const auto& r) { return session_.alloc(r.bytes); });
      case Call::free:
        return with<wire::IndexRequest>(payload, [&](const auto& r) { return session_.free(r.index); });
      case Call::upload:
        return with<wire::TransferRequest>(payload, [&](const auto& r) { return session_.upload(r); });
      case Call::download:
        return with<wire::TransferRequest>(payload, [&](const auto& r) { return session_.download(r); });
      case Call::supports:
        return with<chipfit_problem>(payload, [&](const auto& r) { return session_.supports(r); });
      case Call::prepare:
        return with<chipfit_problem>(payload, [&](const auto& r) { return session_.prepare(r); });
      case Call::release:
        return with<wire::IndexRequest>(payload, [&](const auto& r) { return session_.release(r.index); });
      case Call::run:
      case Call::latency:
      case Call::enqueue:
        return batch(call, payload);
      case Call::counter:
        return with<wire::CounterRequest>(payload, [&](auto r) {
          r.name[sizeof(r.name) - 1] = '\0';
          return session_.counter(r.name, reply_header_.number);
        });
    }
    return {.status = wire::bad_request,
            .text = "there is no call " + std::to_string(static_cast<std::uint32_t>(call))};
  }

  template <class Request, class Function>
  Answer with(Bytes payload, Function function) {
    const auto request = whole<Request>(payload);
    return request ? function(*request) : malformed();
  }

  Answer load(Bytes payload, int fd) {
    const auto request = take<wire::LoadRequest>(payload);
    if (!request) return malformed();
    const auto library = take_text(payload, request->library_bytes);
    const auto options = take_text(payload, request->options_bytes);
    const auto scratch = take_text(payload, request->scratch_bytes);
    if (!library || !options || !scratch || !payload.empty()) return malformed();
    auto page = wire::Mapping::map(fd, sizeof(wire::Progress), wire::Mapping::Access::read_write);
    if (!page) return {.status = wire::bad_request, .text = page.error().what};
    page_ = std::move(*page);
    progress_ = reinterpret_cast<wire::Progress*>(page_.data());  // zero-filled memory is a Progress at its start
    session_.use_progress(*progress_);
    session_.use_lending(request->lending);

    Answer answer = session_.load(*library, *options, *scratch);
    if (const auto& plugin = session_.plugin()) {
      wire::PluginReply facts;
      wire::copy_text(facts.name, plugin->name());
      wire::copy_text(facts.version, plugin->version());
      facts.abi_minor = plugin->table().abi_minor;
      facts.has_supports = plugin->table().supports != nullptr;
      facts.has_counter = plugin->table().counter != nullptr;
      put_payload(facts);
    }
    return answer;
  }

  Answer device_info(Bytes payload) {
    const auto request = whole<wire::IndexRequest>(payload);
    if (!request) return malformed();
    chipfit_device_info info{};
    Answer answer = session_.device_info(request->index, info);
    put_payload(info);
    return answer;
  }

  Answer batch(Call call, Bytes payload) {
    const auto request = take<wire::BatchRequest>(payload);
    if (!request || request->count > wire::max_batch || payload.size() != request->count * sizeof(wire::EnqueueEntry)) {
      return malformed();
    }
    std::memcpy(entries_.data(), payload.data(), payload.size());
    const auto entries = std::span(entries_).first(request->count);
    if (call == Call::run) return session_.run(request->kernel, entries);
    if (call == Call::enqueue) return session_.enqueue(request->kernel, entries);
    std::vector<double> each_s(wire::max_batch);
    Answer answer = session_.latency(request->kernel, entries, each_s.data());
    std::memcpy(reply_.data() + sizeof(wire::ReplyHeader), each_s.data(), each_s.size() * sizeof(double));
    return answer;
  }

  wire::Descriptor socket_;
  wire::Progress before_load_;
  wire::Progress* progress_ = &before_load_;
  wire::Mapping page_;
  Session session_{before_load_};
  wire::ReplyHeader reply_header_;
  std::vector<std::byte> request_ = std::vector<std::byte>(wire::max_request_bytes);
  std::vector<std::byte> reply_ = std::vector<std::byte>(wire::max_reply_bytes);
  std::vector<wire::EnqueueEntry> entries_ = std::vector<wire::EnqueueEntry>(wire::max_batch);
};

}  // namespace

ServeEnd serve(wire::Descriptor socket) {
  return Server(std::move(socket)).serve();
}

}  // namespace chipfit::worker
