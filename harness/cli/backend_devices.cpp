#include "harness/cli/backend_devices.hpp"

#include <fmt/format.h>

#include "harness/cli/paths.hpp"
#include "harness/judge/weaker_level.hpp"

namespace chipfit::cli {

Result<judge::BackendDevices> ask_backend(const plan::BackendManifest& manifest, const std::string& options,
                                          sandbox::Isolation isolation) {
  auto devices = judge::ask_devices(manifest, worker_binary(), options, isolation);
  if (devices) return std::move(*devices);
  const auto& failure = devices.error();
  const auto where = manifest.library.string();
  const auto hint =
      manifest.install_hint.empty() ? std::string("chipfit doctor checks this machine") : manifest.install_hint;
  switch (failure.kind) {
    case judge::CallFailure::Kind::refused:
      return fail(Error::Kind::unavailable,
                  fmt::format("backend '{}' cannot be used: {}", manifest.name, failure.reason), where, hint);
    case judge::CallFailure::Kind::died:
      return fail(Error::Kind::internal,
                  fmt::format("backend '{}' did not survive being asked for its devices ({}): {}", manifest.name,
                              info(failure.verdict).name, failure.reason),
                  where, hint);
    case judge::CallFailure::Kind::broken:
      break;
  }
  return fail(Error::Kind::unavailable, fmt::format("backend '{}' cannot be asked: {}", manifest.name, failure.reason),
              where, "chipfit doctor checks this machine");
}

Result<AskedBackend> ask_backend(const plan::BackendManifest& manifest, const std::string& options,
                                 const IsolationChoice& isolation) {
  const auto ask = [&](sandbox::Isolation level) -> Result<judge::BackendDevices> {
    auto devices = ask_backend(manifest, options, level);
    if (devices && devices->devices.empty())
      return fail(Error::Kind::unavailable, fmt::format("backend '{}' finds no device here", manifest.name),
                  manifest.library.string(), manifest.install_hint);
    return devices;
  };
  auto devices = ask(isolation.level);
  if (devices) return AskedBackend{std::move(*devices), isolation.level};
  if (auto weaker = judge::at_a_weaker_level(isolation.weaker, ask))
    return AskedBackend{std::move(*weaker->second), weaker->first};
  return pass_on(devices.error());
}

std::string kind_text(std::uint32_t kind) {
  switch (kind) {
    case CHIPFIT_CPU:
      return "CPU";
    case CHIPFIT_GPU:
      return "GPU";
    case CHIPFIT_ACCELERATOR:
      return "accelerator";
    case CHIPFIT_SIMULATED:
      return "simulated";
    default:
      return fmt::format("kind {}", kind);
  }
}

}  // namespace chipfit::cli
