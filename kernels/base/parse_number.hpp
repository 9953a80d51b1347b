#pragma once
#include <charconv>
#include <optional>
#include <string_view>
#include <system_error>

namespace chipfit {

/// The number that the whole of `text` is, in the C locale: no blanks, no '+'; "inf" and "nan" are numbers to a
/// floating T. Nothing for any other text, an empty one too, and for a number outside of T.
template <class T>
std::optional<T> parse_number(std::string_view text) {
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// The number that `text` begins with, whatever follows it; 0 where it begins with none, or with one outside of double.
/// For cells that were checked, or in which a fault counts as nothing measured.
inline double leading_number(std::string_view text) {
  double value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

}  // namespace chipfit
