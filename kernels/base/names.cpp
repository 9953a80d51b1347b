#include "kernels/base/names.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "kernels/base/did_you_mean.hpp"

namespace chipfit {

Result<std::size_t> find_name(std::string_view word, std::string_view what, std::span<const std::string> names) {
  const auto found = std::find(names.begin(), names.end(), word);
  if (found != names.end()) return static_cast<std::size_t>(found - names.begin());
  std::string hint = did_you_mean(word, names);
  if (hint.empty()) hint = fmt::format("known: {}", fmt::join(names, ", "));
  return fail(Error::Kind::usage, fmt::format("'{}' is not {}", word, what), {}, std::move(hint));
}

}  // namespace chipfit
