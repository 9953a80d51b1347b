#include "harness/judge/session.hpp"

#include <fmt/format.h>

#include "harness/judge/attempt.hpp"
#include "harness/judge/run.hpp"
#include "harness/sandbox/scratch_folder.hpp"
#include "harness/wire/text.hpp"

namespace chipfit::judge {

std::string device_uid(const chipfit_device_info& device, std::uint32_t index) {
  std::string serial(wire::field_text(device.serial));
  if (!serial.empty()) return serial;
  std::string uid(wire::field_text(device.name));
  for (char& c : uid)
    if (c == ' ' || c == ',' || c == '"' || c == '/') c = '-';
  return fmt::format("{}#{}", uid.empty() ? "unknown" : uid, index);
}

CallResult<std::unique_ptr<Session>> Session::open(const WorkerConfig& config, std::uint32_t device_index) {
  auto worker = Worker::start(config);
  if (!worker) return tl::unexpected(worker.error());
  std::unique_ptr<Session> session(new Session);
  session->worker_ = std::move(*worker);
  auto device = session->worker_->device_info(device_index);
  if (!device) return tl::unexpected(device.error());
  session->device_ = *device;
  CHIPFIT_ATTEMPT(session->worker_->open(device_index));
  session->arena_ = std::make_unique<Arena>(*session->worker_, session->device_.view_alignment);
  return session;
}

WorkerConfig worker_config(const plan::BackendManifest& backend, const std::filesystem::path& worker_binary,
                           const std::string& options, const std::filesystem::path& scratch_dir,
                           sandbox::Isolation level) {
  WorkerConfig config;
  config.worker_binary = worker_binary;
  config.library = backend.library;
  config.options = options;
  config.environment_names = backend.environment;
  config.scratch_dir = scratch_dir;
  config.isolation = level;
  config.device_nodes = backend.device_nodes;
  config.read_paths = backend.read_paths;
  config.may_start_programs = backend.may_start_programs;
  return config;
}

CallResult<BackendDevices> ask_devices(const plan::BackendManifest& backend, const std::filesystem::path& worker_binary,
                                       const std::string& options, sandbox::Isolation level) {
  const auto scratch = sandbox::ScratchFolder::make();
  if (!scratch) return tl::unexpected(CallFailure{.kind = CallFailure::Kind::broken, .reason = scratch.error().what});
  WorkerConfig config = worker_config(backend, worker_binary, options, scratch->path(), level);
  config.deadlines.load_s = 20;
  auto worker = Worker::start(config);
  if (!worker) return tl::unexpected(worker.error());
  const auto count = (*worker)->device_count();
  if (!count) return tl::unexpected(count.error());
  BackendDevices result{(*worker)->plugin(), {}};
  for (std::uint32_t i = 0; i < *count; ++i) {
    auto device = (*worker)->device_info(i);
    if (!device) return tl::unexpected(device.error());
    result.devices.push_back(*device);
  }
  return result;
}

}  // namespace chipfit::judge
