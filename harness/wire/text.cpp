#include "harness/wire/text.hpp"

#include <algorithm>

#include "kernels/base/utf8.hpp"

namespace chipfit::wire {

std::string clean_text(std::string_view text) {
  std::string clean(text);
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(clean[i]); };
  for (std::size_t from = 0;;) {
    const std::size_t at = find_invalid_utf8(std::string_view(clean).substr(from));
    if (at == std::string_view::npos) break;
    clean[from + at] = '?';
    from += at + 1;
  }
  for (std::size_t i = 0; i < clean.size(); ++i) {
    if (byte(i) < 0x20 || byte(i) == 0x7f) clean[i] = ' ';
    // U+0080 to U+009F: some terminals obey these controls too.
    if (byte(i) == 0xc2 && byte(i + 1) < 0xa0) clean[i] = clean[i + 1] = ' ';
  }
  return clean;
}

std::string_view field_text(std::span<const char> field) {
  return {field.data(), static_cast<std::size_t>(std::find(field.begin(), field.end(), '\0') - field.begin())};
}

void copy_text(std::span<char> field, std::string_view text) {
  const std::size_t length = std::min(text.size(), field.size() - 1);
  std::copy_n(text.begin(), length, field.begin());
  std::fill(field.begin() + static_cast<std::ptrdiff_t>(length), field.end(), '\0');
}

}  // namespace chipfit::wire
