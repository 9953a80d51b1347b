#pragma once
#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace chipfit::wire {

/// Text from a plugin, fit for a CSV field, JSON and a terminal: valid UTF-8 on one line. Every byte that is not part
/// of valid UTF-8 becomes '?', every control character a space, so the length in bytes stays.
std::string clean_text(std::string_view);

/// The text of a fixed-size field up to its first 0 (or its end).
std::string_view field_text(std::span<const char> field);

/// Copies what fits and ends it with 0; the rest of the field is zeroed.
void copy_text(std::span<char> field, std::string_view);

}  // namespace chipfit::wire
