#include "harness/judge/worker.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <sstream>
#include <utility>

#include "harness/judge/worker_channel.hpp"
#include "harness/judge/worker_checks.hpp"
#include "harness/sandbox/bubblewrap.hpp"
#include "harness/sandbox/environment.hpp"
#include "harness/wire/abi.hpp"
#include "harness/wire/progress.hpp"
#include "harness/wire/socket.hpp"
#include "harness/wire/text.hpp"

namespace chipfit::judge {
namespace {

using wire::Call;
using Bytes = std::span<const std::byte>;

constexpr std::uint32_t most_devices = 4096;

template <class T>
Bytes bytes_of(const T& request) {
  return std::as_bytes(std::span(&request, 1));
}

tl::unexpected<CallFailure> broken(const Error& error) {
  return tl::unexpected(
      CallFailure{.kind = CallFailure::Kind::broken,
                  .reason = error.where.empty() ? error.what : fmt::format("{}: {}", error.where, error.what)});
}

tl::unexpected<CallFailure> refused(chipfit_status status, std::string reason) {
  return tl::unexpected(CallFailure{.kind = CallFailure::Kind::refused, .status = status, .reason = std::move(reason)});
}

class Client final : public Worker {
 public:
  Client(std::unique_ptr<Channel> channel, const Deadlines& deadlines)
      : channel_(std::move(channel)), deadlines_(deadlines) {}

  CallResult<void> load(const WorkerConfig& config) {
    const std::string library = config.library.string(), scratch = config.scratch_dir.string();
    const wire::LoadRequest request{static_cast<std::uint32_t>(library.size()),
                                    static_cast<std::uint32_t>(config.options.size()),
                                    static_cast<std::uint32_t>(scratch.size()), config.lending};
    std::vector<std::byte> payload;
    append(payload, bytes_of(request));
    for (const auto& text : {library, config.options, scratch}) append(payload, std::as_bytes(std::span(text)));
    const auto reply = call(Call::load, payload, deadlines_.load_s, channel_->progress_fd());
    if (!reply) return tl::unexpected(reply.error());
    const auto facts = payload_of<wire::PluginReply>(*reply);
    facts_ = {.name = wire::clean_text(wire::field_text(facts.name)),
              .version = wire::clean_text(wire::field_text(facts.version)),
              .abi_minor = facts.abi_minor,
              .has_supports = facts.has_supports != 0,
              .has_counter = facts.has_counter != 0};
    return {};
  }

  const PluginFacts& plugin() const override { return facts_; }
  int pid() const override { return channel_->peer().pid(); }

  CallResult<std::uint32_t> device_count() override {
    const auto reply = call(Call::device_count, {}, deadlines_.open_s);
    if (!reply) return tl::unexpected(reply.error());
    if (reply->header.value > most_devices) {
      return refused(CHIPFIT_INTERNAL, fmt::format("device_count: {} devices are not believed", reply->header.value));
    }
    return static_cast<std::uint32_t>(reply->header.value);
  }

  CallResult<chipfit_device_info> device_info(std::uint32_t index) override {
    const auto reply = call(Call::device_info, bytes_of(wire::IndexRequest{index}), deadlines_.open_s);
    if (!reply) return tl::unexpected(reply.error());
    auto info = payload_of<chipfit_device_info>(*reply);
    if (const auto fault = sanitize(info); !fault.empty()) return refused(CHIPFIT_INTERNAL, "device_info: " + fault);
    return info;
  }

  CallResult<void> open(std::uint32_t index) override {
    return done(call(Call::open, bytes_of(wire::IndexRequest{index}), deadlines_.open_s));
  }

  CallResult<void> map_input(const wire::SealedMemory& memory) override { return map(Call::map_input, memory); }
  CallResult<void> map_output(const wire::SharedMemory& memory) override { return map(Call::map_output, memory); }

  CallResult<BufferId> alloc(std::uint64_t bytes) override {
    const auto reply = call(Call::alloc, bytes_of(wire::BytesRequest{bytes}), deadlines_.transfer_s);
    if (!reply) return tl::unexpected(reply.error());
    return static_cast<BufferId>(reply->header.value);
  }

  CallResult<void> free(BufferId id) override {
    return done(call(Call::free, bytes_of(wire::IndexRequest{id}), deadlines_.transfer_s));
  }

  CallResult<void> upload(BufferId id, std::uint64_t at, std::uint64_t offset, std::uint64_t bytes) override {
    return done(call(Call::upload, bytes_of(wire::TransferRequest{id, 0, at, offset, bytes}), deadlines_.transfer_s));
  }

  CallResult<void> download(BufferId id, std::uint64_t at, std::uint64_t offset, std::uint64_t bytes) override {
    return done(call(Call::download, bytes_of(wire::TransferRequest{id, 0, at, offset, bytes}), deadlines_.transfer_s));
  }

  CallResult<void> supports(const Problem& problem) override {
    const chipfit_problem abi = wire::to_abi(problem);
    if (is_too_new(abi)) return refused_as_too_new(abi);
    return done(call(Call::supports, bytes_of(abi), deadlines_.prepare_s));
  }

  CallResult<Prepared> prepare(const Problem& problem) override {
    const chipfit_problem abi = wire::to_abi(problem);
    if (is_too_new(abi)) return refused_as_too_new(abi);
    const auto reply = call(Call::prepare, bytes_of(abi), deadlines_.prepare_s);
    if (!reply) return tl::unexpected(reply.error());
    return Prepared{static_cast<KernelId>(reply->header.value), wire::clean_text(wire::field_text(reply->header.text))};
  }

  CallResult<void> release(KernelId id) override {
    return done(call(Call::release, bytes_of(wire::IndexRequest{id}), deadlines_.prepare_s));
  }

  CallResult<BatchTimes> run(KernelId kernel, std::span<const EnqueueEntry> entries, double deadline_s) override {
    const auto reply = batch(Call::run, kernel, entries, deadline_s);
    if (!reply) return tl::unexpected(reply.error());
    return reply->times;
  }

  CallResult<void> enqueue(KernelId kernel, std::span<const EnqueueEntry> entries, double deadline_s) override {
    return done(batch(Call::enqueue, kernel, entries, deadline_s));
  }

  CallResult<Latencies> latency(KernelId kernel, std::span<const EnqueueEntry> entries, double deadline_s) override {
    const auto reply = batch(Call::latency, kernel, entries, deadline_s);
    if (!reply) return tl::unexpected(reply.error());
    Latencies latencies{std::vector<double>(entries.size()), reply->times};
    std::memcpy(latencies.each_s.data(), reply->payload.data(), entries.size() * sizeof(double));
    return latencies;
  }

  CallResult<std::optional<double>> counter(const std::string& name) override {
    if (!facts_.has_counter) return std::nullopt;
    wire::CounterRequest request;
    wire::copy_text(request.name, name);
    const auto reply = call(Call::counter, bytes_of(request), deadlines_.call_s);
    if (reply && std::isfinite(reply->header.number)) return reply->header.number;
    if (reply || reply.error().kind == CallFailure::Kind::refused) return std::nullopt;
    return tl::unexpected(reply.error());
  }

  std::vector<std::filesystem::path> loaded_libraries() const override { return executable_mappings(pid()); }

 private:
  /// A plugin never sees a kind of problem that is newer than itself.
  bool is_too_new(const chipfit_problem& problem) const { return problem.since_minor > facts_.abi_minor; }
  tl::unexpected<CallFailure> refused_as_too_new(const chipfit_problem& problem) const {
    return refused(CHIPFIT_UNSUPPORTED,
                   fmt::format("needs ABI 1.{}, the plugin has 1.{}", problem.since_minor, facts_.abi_minor));
  }

  // Not insert(): g++ 12 warns of an overflow in it that is none.
  static void append(std::vector<std::byte>& to, Bytes from) {
    const std::size_t before = to.size();
    to.resize(before + from.size());
    std::copy(from.begin(), from.end(), to.begin() + static_cast<std::ptrdiff_t>(before));
  }

  template <class T>
  static T payload_of(const Channel::Reply& reply) {
    T value;
    std::memcpy(&value, reply.payload.data(), sizeof(T));
    return value;
  }

  /// A reply with status OK.
  CallResult<Channel::Reply> call(Call call, Bytes payload, double deadline_s, int fd = -1) {
    auto reply = channel_->call(call, payload, fd, deadline_s);
    if (reply && reply->header.status != CHIPFIT_OK) return tl::unexpected(Channel::refusal(*reply));
    return reply;
  }

  static CallResult<void> done(CallResult<Channel::Reply> reply) {
    if (!reply) return tl::unexpected(std::move(reply).error());
    return {};
  }

  CallResult<void> map(Call which, const wire::SharedMemory& memory) {
    return done(call(which, bytes_of(wire::BytesRequest{memory.size()}), deadlines_.transfer_s, memory.fd()));
  }

  CallResult<Channel::Reply> batch(Call which, KernelId kernel, std::span<const EnqueueEntry> entries,
                                   double deadline_s) {
    if (entries.size() > max_batch) {
      return broken(Error{
          Error::Kind::internal, fmt::format("a batch of {} is longer than {}", entries.size(), max_batch), {}, {}});
    }
    batch_.clear();
    append(batch_, bytes_of(wire::BatchRequest{kernel, static_cast<std::uint32_t>(entries.size())}));
    append(batch_, std::as_bytes(entries));
    return call(which, batch_, deadline_s);
  }

  std::unique_ptr<Channel> channel_;
  Deadlines deadlines_;
  PluginFacts facts_;
  std::vector<std::byte> batch_;
};

std::vector<std::string> environment_of(const WorkerConfig& config) {
  return sandbox::worker_environment(config.scratch_dir, config.environment_names, environ);
}

/// What the manifest asks for, and what every worker needs to start.
sandbox::Access access_of(const WorkerConfig& config, const std::vector<std::string>& environment) {
  sandbox::Access access;
  access.read = sandbox::matching_paths(config.read_paths);
  access.read.push_back(config.library.parent_path());
  access.read.push_back(config.worker_binary);
  constexpr std::string_view libraries = "LD_LIBRARY_PATH=";
  for (const std::string& entry : environment) {
    if (!entry.starts_with(libraries)) continue;
    std::istringstream folders(entry.substr(libraries.size()));
    for (std::string folder; std::getline(folders, folder, ':');)
      if (folder.starts_with('/')) access.read.emplace_back(folder);
  }
  access.write = {config.scratch_dir};
  access.devices = sandbox::matching_paths(config.device_nodes);
  access.may_start_programs = config.may_start_programs;
  return access;
}

Result<std::unique_ptr<Peer>> start_confined(const WorkerConfig& config, const wire::Descriptor& socket) {
  auto news = sandbox::make_news_socket();
  if (!news) return pass_on(std::move(news).error());
  sandbox::SpawnOptions options{.program = config.worker_binary,
                                .arguments = {},
                                .environment = environment_of(config),
                                .working_dir = config.scratch_dir,
                                .inherit = {socket.get(), news->worker.get()}};
  const sandbox::Confinement confinement{config.isolation, access_of(config, options.environment)};
  if (sandbox::has_namespaces(config.isolation)) {
    auto bubblewrap = sandbox::find_bubblewrap();
    if (!bubblewrap) return pass_on(std::move(bubblewrap).error());
    options.program = *bubblewrap;
    options.arguments = sandbox::bubblewrap_arguments(confinement.access, config.worker_binary, config.scratch_dir);
  }
  const auto words = sandbox::to_arguments(confinement);
  options.arguments.insert(options.arguments.end(), words.begin(), words.end());
  auto process = sandbox::Process::spawn(options);
  if (!process) return pass_on(std::move(process).error());
  news->worker.reset();
  return make_confined_peer(std::move(*process), std::move(news->judge), config.deadlines.load_s);
}

Result<std::unique_ptr<Peer>> start_peer(const WorkerConfig& config, wire::Descriptor socket) {
  if (config.in_process) return make_thread_peer(std::move(socket));
  if (config.isolation != sandbox::Isolation::l0) {
    auto confined = start_confined(config, socket);
    if (!confined)
      confined.error().what = fmt::format("isolation {}: {}", name(config.isolation), confined.error().what);
    return confined;
  }
  auto process = sandbox::Process::spawn({.program = config.worker_binary,
                                          .arguments = {},
                                          .environment = environment_of(config),
                                          .working_dir = config.scratch_dir,
                                          .inherit = {socket.get()}});
  if (!process) return pass_on(std::move(process).error());
  return make_process_peer(std::move(*process));
}

}  // namespace

CallResult<std::unique_ptr<Worker>> Worker::start(const WorkerConfig& given) {
  WorkerConfig config = given;
  // The worker runs in its scratch folder; and dlopen would search the system for a name without a folder.
  for (auto* path : {&config.library, &config.scratch_dir, &config.worker_binary}) {
    std::error_code no_current_folder;
    *path = std::filesystem::absolute(*path, no_current_folder);
  }
  auto log = WorkerLog::open(config.log_file, config.log_limit_bytes, config.log_kill_bytes);
  if (!log) return broken(log.error());
  auto progress = wire::SharedMemory::create(sizeof(wire::Progress), "chipfit-progress");
  if (!progress) return broken(progress.error());
  auto sockets = wire::make_socket_pair();
  if (!sockets) return broken(sockets.error());
  auto peer = start_peer(config, std::move(sockets->worker));
  const bool is_confined = !config.in_process && config.isolation != sandbox::Isolation::l0;
  if (!peer && is_confined && peer.error().kind == Error::Kind::unavailable)
    return refused(CHIPFIT_UNAVAILABLE, peer.error().what);
  if (!peer) return broken(peer.error());
  auto channel = std::make_unique<Channel>(std::move(sockets->judge), std::move(*peer), std::move(*log),
                                           std::move(*progress), config.deadlines.exit_s);
  channel->limit_memory(config.in_process ? 0 : config.memory_limit_bytes);
  auto client = std::make_unique<Client>(std::move(channel), config.deadlines);
  if (auto loaded = client->load(config); !loaded) return tl::unexpected(std::move(loaded).error());
  return client;
}

}  // namespace chipfit::judge
