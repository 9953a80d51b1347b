#pragma once
#include <filesystem>
#include <string>

#include "harness/cli/commands.hpp"
#include "harness/cli/console.hpp"
#include "harness/conformance/check.hpp"

namespace chipfit::cli {

/// A conformance check with everything that its texts need.
struct CheckedPlugin {
  conformance::Subject subject;
  conformance::CheckReport report;
  CheckOptions options;  ///< with the seed that was used

  /// The command that shows one finding again.
  std::string reproduction(const conformance::Finding&) const;
};

/// Probes the plugin, then checks it with the workers of this installation; what is tried stands on the status line.
/// Errors: those of the probe, of a list that cannot be read, and of conformance::check.
Result<CheckedPlugin> check_plugin(const std::filesystem::path& file, const CheckOptions&, Console&);

}  // namespace chipfit::cli
