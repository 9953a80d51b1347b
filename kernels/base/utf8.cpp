#include "kernels/base/utf8.hpp"

namespace chipfit {
namespace {

struct Lead {
  std::size_t length = 0;                 // of the whole sequence; 0: no lead byte
  unsigned char low = 0x80, high = 0xBF;  // range of the second byte
};

Lead lead(unsigned char byte) {
  if (byte < 0x80) return {1};
  if (byte < 0xC2) return {};
  if (byte < 0xE0) return {2};
  if (byte == 0xE0) return {3, 0xA0, 0xBF};
  if (byte == 0xED) return {3, 0x80, 0x9F};
  if (byte < 0xF0) return {3};
  if (byte == 0xF0) return {4, 0x90, 0xBF};
  if (byte < 0xF4) return {4};
  if (byte == 0xF4) return {4, 0x80, 0x8F};
  return {};
}

}  // namespace

std::size_t find_invalid_utf8(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const Lead first = lead(static_cast<unsigned char>(text[at]));
    if (first.length == 0 || first.length > text.size() - at) return at;
    for (std::size_t i = 1; i < first.length; ++i) {
      const auto byte = static_cast<unsigned char>(text[at + i]);
      const unsigned char low = i == 1 ? first.low : 0x80, high = i == 1 ? first.high : 0xBF;
      if (byte < low || byte > high) return at;
    }
    at += first.length;
  }
  return std::string_view::npos;
}

}  // namespace chipfit
