#include <fmt/format.h>

#include "harness/results/build_info.hpp"

namespace chipfit::results {

std::string harness_version() {
  return fmt::format("{}+{}", build_info().version, build_info().commit);
}

}  // namespace chipfit::results
