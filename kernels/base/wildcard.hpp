#pragma once
#include <string_view>

namespace chipfit {

/// Text against a pattern in which '*' stands for any text, without regard to the case of ASCII letters.
bool matches(std::string_view pattern, std::string_view text);

}  // namespace chipfit
