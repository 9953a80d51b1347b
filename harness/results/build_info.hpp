#pragma once
#include <string>
#include <string_view>

namespace chipfit::results {

/// Which chipfit this is.
struct BuildInfo {
  std::string_view version;     ///< "0.1.0"
  std::string_view commit;      ///< of the source tree, "-dirty" when edited; "unknown" outside a git checkout
  std::string_view compiler;    ///< "GNU 12.2.0"
  std::string_view build_type;  ///< "Release"
};
const BuildInfo& build_info();

/// "0.1.0+3f2a91c04b7d", what stands in the column harness_version.
std::string harness_version();

}  // namespace chipfit::results
