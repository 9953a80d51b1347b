#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "kernels/base/shell_line.hpp"

namespace chipfit::cli {

/// Terminal columns that UTF-8 text takes: East Asian wide characters two, combining marks none, all else one.
std::size_t display_width(std::string_view text);

/// Text that may come from a plugin, made harmless for a terminal: control characters become spaces, broken UTF-8 and
/// direction marks become '?'. One line stays one line.
std::string printable(std::string_view text);

/// At most `width` columns: the middle gives way to '…', since both ends of a case id say what it is.
std::string shorten_middle(std::string_view text, std::size_t width);
/// At most `width` columns: the end gives way to '…'.
std::string shorten_end(std::string_view text, std::size_t width);

/// Filled with spaces to `width` columns, at the right or at the left of the text.
std::string pad_right(std::string_view text, std::size_t width);
std::string pad_left(std::string_view text, std::size_t width);

/// Words in lines of at most `width` columns; a longer word has a line of its own.
std::vector<std::string> wrapped(std::string_view text, std::size_t width);

}  // namespace chipfit::cli
