#include "harness/cli/text.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

#include "kernels/base/utf8.hpp"

namespace chipfit::cli {
namespace {

struct Range {
  char32_t first, last;
};

// Unicode 15, EastAsianWidth.txt, classes W and F, neighbouring blocks joined.
constexpr std::array wide{
    Range{0x1100, 0x115F},   Range{0x231A, 0x231B},   Range{0x23E9, 0x23EC},   Range{0x25FD, 0x25FE},
    Range{0x2614, 0x2615},   Range{0x2648, 0x2653},   Range{0x26AA, 0x26AB},   Range{0x2705, 0x2705},
    Range{0x274C, 0x274C},   Range{0x2E80, 0x303E},   Range{0x3041, 0x33FF},   Range{0x3400, 0x4DBF},
    Range{0x4E00, 0xA4CF},   Range{0xA960, 0xA97C},   Range{0xAC00, 0xD7A3},   Range{0xF900, 0xFAFF},
    Range{0xFE10, 0xFE19},   Range{0xFE30, 0xFE6B},   Range{0xFF01, 0xFF60},   Range{0xFFE0, 0xFFE6},
    Range{0x16FE0, 0x18CFF}, Range{0x1AFF0, 0x1B2FF}, Range{0x1F004, 0x1F004}, Range{0x1F300, 0x1F64F},
    Range{0x1F680, 0x1F6FF}, Range{0x1F900, 0x1F9FF}, Range{0x20000, 0x3FFFD},
};
constexpr std::array without_width{
    Range{0x0300, 0x036F}, Range{0x200B, 0x200D}, Range{0x20D0, 0x20F0}, Range{0xFE00, 0xFE0F}, Range{0xFE20, 0xFE2F},
};
// Marks that make a terminal show text in another order than it stands in (Trojan Source, CVE-2021-42574).
constexpr std::array misleading{
    Range{0x0080, 0x009F}, Range{0x200E, 0x200F}, Range{0x2028, 0x202E}, Range{0x2066, 0x2069}, Range{0xFEFF, 0xFEFF},
};

template <std::size_t N>
bool is_in(const std::array<Range, N>& ranges, char32_t c) {
  return std::any_of(ranges.begin(), ranges.end(), [c](Range r) { return c >= r.first && c <= r.last; });
}

/// Bytes of the character that starts here; 1 for a byte that starts none.
std::size_t character_bytes(std::string_view text, std::size_t at) {
  const auto lead = static_cast<unsigned char>(text[at]);
  const std::size_t bytes = lead < 0xC0 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : lead < 0xF8 ? 4 : 1;
  return std::min(bytes, text.size() - at);
}

char32_t character(std::string_view bytes) {
  const auto lead = static_cast<unsigned char>(bytes[0]);
  if (bytes.size() == 1) return lead;
  char32_t value = lead & (0xFFu >> (bytes.size() + 1));
  for (std::size_t i = 1; i < bytes.size(); ++i) value = value << 6 | (static_cast<unsigned char>(bytes[i]) & 0x3F);
  return value;
}

std::size_t width_of(char32_t c) {
  return is_in(without_width, c) ? 0 : is_in(wide, c) ? 2 : 1;
}

/// The longest beginning of `text` that fits `width` columns.
std::string_view front(std::string_view text, std::size_t width) {
  std::size_t at = 0, used = 0;
  while (at < text.size()) {
    const auto bytes = character_bytes(text, at);
    used += width_of(character(text.substr(at, bytes)));
    if (used > width) break;
    at += bytes;
  }
  return text.substr(0, at);
}

/// The longest end of `text` that fits `width` columns.
std::string_view back(std::string_view text, std::size_t width) {
  std::size_t skip = display_width(text), at = 0;
  while (at < text.size() && skip > width) {
    const auto bytes = character_bytes(text, at);
    skip -= width_of(character(text.substr(at, bytes)));
    at += bytes;
  }
  return text.substr(at);
}

}  // namespace

std::size_t display_width(std::string_view text) {
  std::size_t width = 0;
  for (std::size_t at = 0; at < text.size();) {
    const auto bytes = character_bytes(text, at);
    width += width_of(character(text.substr(at, bytes)));
    at += bytes;
  }
  return width;
}

std::string printable(std::string_view text) {
  std::string result;
  while (!text.empty()) {
    const auto bytes = character_bytes(text, 0);
    const auto piece = text.substr(0, bytes);
    if (find_invalid_utf8(piece) != std::string_view::npos) {
      result += '?';
      text.remove_prefix(1);
      continue;
    }
    const auto c = character(piece);
    if (c < 0x20 || c == 0x7F) {
      result += ' ';
    } else if (is_in(misleading, c)) {
      result += '?';
    } else {
      result += piece;
    }
    text.remove_prefix(bytes);
  }
  return result;
}

std::string shorten_middle(std::string_view text, std::size_t width) {
  if (display_width(text) <= width) return std::string(text);
  if (width == 0) return {};
  // The end of a case id holds what tells neighbours apart, so it gets the larger half.
  const std::size_t head = (width - 1) * 2 / 5;
  const auto start = front(text, head);
  return std::string(start) + "…" + std::string(back(text, width - 1 - display_width(start)));
}

std::string shorten_end(std::string_view text, std::size_t width) {
  if (display_width(text) <= width) return std::string(text);
  return width == 0 ? std::string() : std::string(front(text, width - 1)) + "…";
}

std::string pad_right(std::string_view text, std::size_t width) {
  const auto used = display_width(text);
  return std::string(text) + std::string(width > used ? width - used : 0, ' ');
}

std::string pad_left(std::string_view text, std::size_t width) {
  const auto used = display_width(text);
  return std::string(width > used ? width - used : 0, ' ') + std::string(text);
}

std::vector<std::string> wrapped(std::string_view text, std::size_t width) {
  std::vector<std::string> lines;
  std::string line;
  while (!text.empty()) {
    const auto space = text.find(' ');
    const auto word = text.substr(0, space);
    text = space == std::string_view::npos ? std::string_view() : text.substr(space + 1);
    if (word.empty()) continue;
    if (!line.empty() && display_width(line) + 1 + display_width(word) > width) {
      lines.push_back(std::move(line));
      line.clear();
    }
    if (!line.empty()) line += ' ';
    line += word;
  }
  if (!line.empty()) lines.push_back(std::move(line));
  return lines;
}

}  // namespace chipfit::cli
