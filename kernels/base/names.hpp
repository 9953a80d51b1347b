#pragma once
#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "kernels/base/result.hpp"

namespace chipfit {

/// Index of `word` among `names`. Error (usage): "'f33' is not an element type", where `what` is "an element type";
/// the hint is the nearest name, or all of them where none is near.
Result<std::size_t> find_name(std::string_view word, std::string_view what, std::span<const std::string> names);

}  // namespace chipfit
