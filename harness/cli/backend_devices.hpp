#pragma once
#include <string>

#include "harness/cli/isolation_choice.hpp"
#include "harness/judge/run.hpp"
#include "harness/plan/backends.hpp"
#include "kernels/base/result.hpp"

namespace chipfit::cli {

/// Asks a plugin for its devices, in a worker of this isolation. Errors: unavailable, with the manifest's install hint;
/// internal when the plugin died of the question.
Result<judge::BackendDevices> ask_backend(const plan::BackendManifest&, const std::string& options, sandbox::Isolation);

/// The same at the level of the run or, where a plugin has no device there, at a weaker one; `level` is the one used.
struct AskedBackend {
  judge::BackendDevices devices;
  sandbox::Isolation level;
};
Result<AskedBackend> ask_backend(const plan::BackendManifest&, const std::string& options, const IsolationChoice&);

/// "CPU", "GPU", "accelerator", "simulated".
std::string kind_text(std::uint32_t chipfit_device_kind);

}  // namespace chipfit::cli
