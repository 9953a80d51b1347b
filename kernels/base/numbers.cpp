#include "kernels/base/numbers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace chipfit {
namespace {

constexpr std::array<std::string_view, 12> prefixes{"f", "p", "n", "µ", "m", "", "k", "M", "G", "T", "P", "E"};
constexpr int unit_prefix = 5;

/// `digits` significant digits without an exponent; `value` is 0 or its magnitude lies in [0.001, 10⁶).
std::string fixed(double value, int digits) {
  const double magnitude = std::abs(value);
  const int whole_digits = magnitude < 1 ? 1 : 1 + static_cast<int>(std::floor(std::log10(magnitude)));
  return fmt::format("{:.{}f}", value, std::max(0, digits - whole_digits));
}

std::string scaled(double value, std::string_view unit, int digits, int largest_prefix) {
  if (!std::isfinite(value)) return "?";
  int step = value == 0 ? 0 : static_cast<int>(std::floor(std::log10(std::abs(value)) / 3));
  step = std::clamp(step, -unit_prefix, largest_prefix - unit_prefix);
  auto text = fixed(value / std::pow(1000.0, step), digits);
  // 999.96 rounds up into the next prefix.
  if (std::abs(std::stod(text)) >= 1000 && step < largest_prefix - unit_prefix) {
    text = fixed(value / std::pow(1000.0, ++step), digits);
  } else if (const auto rounded = std::abs(std::stod(text)); rounded >= 10 && text.find('.') != std::string::npos) {
    text = fixed(std::copysign(rounded, value), digits);  // 9.9996 has become 10.000: one digit too many
  }
  const auto prefix = prefixes[static_cast<std::size_t>(step + unit_prefix)];
  return prefix.empty() && unit.empty() ? text : fmt::format("{} {}{}", text, prefix, unit);
}

}  // namespace

std::string si_text(double value, std::string_view unit, int digits) {
  return scaled(value, unit, digits, static_cast<int>(prefixes.size()) - 1);
}

std::string time_text(double seconds) {
  return scaled(seconds, "s", 4, unit_prefix);
}
std::string rate_text(double flop_per_s) {
  return si_text(flop_per_s, "FLOP/s", 3);
}
std::string exa_text(double flop_per_s) {
  if (!std::isfinite(flop_per_s)) return "?";
  const double exa = flop_per_s / 1e18;
  const int before_the_first_digit = exa > 0 ? static_cast<int>(std::floor(std::log10(exa))) : 0;
  const auto number = fmt::format("{:.{}f}", exa, std::clamp(2 - before_the_first_digit, 0, 18));
  return fmt::format("{0} EFLOPS = {0} 百亿亿次/秒", number);
}
std::string work_text(double flop) {
  return si_text(flop, "FLOP", 3);
}

std::string bytes_text(std::uint64_t bytes) {
  constexpr std::array<std::string_view, 7> units{"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
  double value = static_cast<double>(bytes);
  std::size_t unit = 0;
  for (; value >= 999.5 && unit + 1 < units.size(); ++unit) {
    if (unit == 0 && value < 1024) break;  // 1000 bytes are not yet a KiB
    value /= 1024;
  }
  return unit == 0 ? fmt::format("{} B", bytes) : fmt::format("{} {}", fixed(value, 3), units[unit]);
}

std::string percent_text(double ratio) {
  if (!std::isfinite(ratio)) return "?";
  const double percent = ratio * 100;
  const double magnitude = std::abs(percent);
  const int decimals = magnitude >= 9.95 ? 0 : magnitude >= 0.995 || magnitude == 0 ? 1 : 2;
  return fmt::format("{:.{}f} %", percent, magnitude == 0 ? 0 : decimals);
}

std::string wait_text(double seconds) {
  if (!std::isfinite(seconds) || seconds < 0) return "?";
  const auto s = static_cast<std::uint64_t>(std::min(std::round(seconds), 1e15));
  if (s < 60) return fmt::format("{} s", s);
  if (s < 3600) return fmt::format("{} m {:02} s", s / 60, s % 60);
  return fmt::format("{} h {:02} m", s / 3600, s / 60 % 60);
}

std::string count_text(std::uint64_t count) {
  const auto digits = fmt::format("{}", count);
  std::string text;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    if (i != 0 && (digits.size() - i) % 3 == 0) text += ',';
    text += digits[i];
  }
  return text;
}

std::string counted(std::uint64_t count, std::string_view noun) {
  return fmt::format("{} {}{}", count_text(count), noun, count == 1 ? "" : "s");
}

}  // namespace chipfit
