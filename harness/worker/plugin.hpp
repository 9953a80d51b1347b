#pragma once
#include <atomic>
#include <exception>
#include <filesystem>
#include <memory>
#include <string>

#include "backends/plugin/chipfit_plugin.h"
#include "harness/wire/progress.hpp"
#include "kernels/base/result.hpp"

namespace chipfit::worker {

/// Calls a function of the plugin. Nothing unwinds out of it (P4): an exception ends the process here, and the
/// progress page says so.
template <class R, class... Parameters, class... Arguments>
R call_plugin(wire::Progress& progress, wire::Step step, R (*function)(Parameters...),
              Arguments... arguments) noexcept {
  progress.step.store(static_cast<std::uint32_t>(step), std::memory_order_relaxed);
  try {
    return function(arguments...);
  } catch (...) {
    progress.escaped.store(1, std::memory_order_relaxed);
    std::terminate();
  }
}

/// A loaded plugin's table, checked. Stays loaded for the life of the process: there is no unloading.
class Plugin {
 public:
  /// dlopen (RTLD_NOW | RTLD_LOCAL), query, check of the table: a larger one is fine, a smaller one as long as it holds
  /// all required functions. Errors (unavailable): what dlopen said, no query symbol, no table, the name of the
  /// required function that is missing.
  static Result<Plugin> load(const std::filesystem::path& library, const std::string& options,
                             const std::string& scratch_dir, wire::Progress&);

  const std::string& name() const { return name_; }
  const std::string& version() const { return version_; }

  /// The table, with NULL for optional functions that the plugin's smaller table does not have.
  const chipfit_plugin& table() const { return table_; }

 private:
  chipfit_plugin table_{};
  std::string name_, version_;
};

}  // namespace chipfit::worker
