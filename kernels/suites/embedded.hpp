#pragma once
#include <span>
#include <string_view>

namespace chipfit {

/// A file kernels/suites/<name>.csv as it was when the binary was built.
struct EmbeddedSuite {
  std::string_view name;
  std::string_view text;
};

/// In alphabetical order.
std::span<const EmbeddedSuite> embedded_suites();

}  // namespace chipfit
