#pragma once
#include <span>
#include <string>
#include <string_view>

namespace chipfit {

/// "did you mean 'openblas'?", or empty when no candidate is near: Damerau-Levenshtein distance (letters compared
/// without case) at most a third of the longer word. The first of the nearest candidates wins.
std::string did_you_mean(std::string_view word, std::span<const std::string> candidates);

}  // namespace chipfit
