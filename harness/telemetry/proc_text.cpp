#include "harness/telemetry/proc_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <span>
#include <utility>

#include "kernels/base/parse_number.hpp"

namespace chipfit::telemetry {
namespace {

constexpr auto npos = std::string_view::npos;

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  if (first == npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

/// Takes the first line off `text`.
std::string_view take_line(std::string_view& text) {
  const std::size_t end = std::min(text.find('\n'), text.size());
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return line;
}

/// The value of the first line "name<separator>value".
std::optional<std::string_view> value_of(std::string_view text, std::string_view name, char separator) {
  while (!text.empty()) {
    const std::string_view line = take_line(text);
    const std::size_t at = line.find(separator);
    if (at != npos && trimmed(line.substr(0, at)) == name) return trimmed(line.substr(at + 1));
  }
  return std::nullopt;
}

std::vector<std::string> words(std::string_view text) {
  std::vector<std::string> out;
  while (!(text = trimmed(text)).empty()) {
    const std::size_t end = std::min(text.find_first_of(" \t"), text.size());
    out.emplace_back(text.substr(0, end));
    text.remove_prefix(end);
  }
  return out;
}

/// Leading digits of `text`, which are taken off.
std::optional<std::uint64_t> take_number(std::string_view& text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{}) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return value;
}

std::optional<std::uint64_t> scaled(std::uint64_t value, int shift) {
  if (value > std::numeric_limits<std::uint64_t>::max() >> shift) return std::nullopt;
  return value << shift;
}

struct Code {
  std::string_view code, name;
};

// Main ID register: implementers and part numbers, as in the Linux kernel's arch/arm64/include/asm/cputype.h and
// util-linux' lscpu-arm.c.
constexpr std::array kImplementers{
    Code{"0x41", "ARM"},     Code{"0x43", "Cavium"}, Code{"0x46", "Fujitsu"},  Code{"0x48", "HiSilicon"},
    Code{"0x4e", "NVIDIA"},  Code{"0x50", "APM"},    Code{"0x51", "Qualcomm"}, Code{"0x61", "Apple"},
    Code{"0x70", "Phytium"}, Code{"0xc0", "Ampere"},
};
constexpr std::array kParts{
    Code{"0x41:0xd08", "Cortex-A72"},  Code{"0x41:0xd0b", "Cortex-A76"},  Code{"0x41:0xd0c", "Neoverse-N1"},
    Code{"0x41:0xd40", "Neoverse-V1"}, Code{"0x41:0xd49", "Neoverse-N2"}, Code{"0x41:0xd4f", "Neoverse-V2"},
    Code{"0x41:0xd03", "Cortex-A53"},  Code{"0x46:0x001", "A64FX"},       Code{"0x48:0xd01", "Kunpeng-920"},
    Code{"0xc0:0xac3", "Ampere-1"},
};

std::string_view in_words(std::span<const Code> table, std::string_view code) {
  const auto found = std::ranges::find(table, code, &Code::code);
  return found == table.end() ? std::string_view() : found->name;
}

std::string arm_model(std::string_view implementer, std::string_view part) {
  const std::string_view maker = in_words(kImplementers, implementer);
  const std::string_view name = in_words(kParts, fmt::format("{}:{}", implementer, part));
  return fmt::format("{} {}", maker.empty() ? implementer : maker, name.empty() ? part : name);
}

}  // namespace

CpuInfo parse_cpuinfo(std::string_view text) {
  CpuInfo cpu;
  const auto implementer = value_of(text, "CPU implementer", ':');
  if (const auto model = value_of(text, "model name", ':')) {
    cpu.model = *model;
  } else if (implementer) {
    cpu.model = arm_model(*implementer, value_of(text, "CPU part", ':').value_or(""));
  }
  const auto flags = value_of(text, "flags", ':');
  cpu.flags = words(flags ? *flags : value_of(text, "Features", ':').value_or(""));
  cpu.clock_hz = leading_number(value_of(text, "cpu MHz", ':').value_or("")) * 1e6;
  return cpu;
}

std::string matrix_isa(const std::vector<std::string>& flags) {
  static constexpr std::array<std::string_view, 22> known{
      "amx_int8", "amx_bf16", "amx_fp16", "avx512_fp16", "avx512_bf16", "avx512_vnni", "avx512f", "avx_vnni",
      "avx2",     "fma",      "f16c",     "sme",         "sve2",        "sve",         "svei8mm", "svebf16",
      "i8mm",     "bf16",     "asimddp",  "asimdhp",     "asimd",       "sse2",
  };
  std::string out;
  for (const std::string_view name : known) {
    if (std::ranges::find(flags, name) == flags.end()) continue;
    if (!out.empty()) out += ',';
    out += name;
  }
  return out;
}

double clock_in_model_name(std::string_view model) {
  const std::size_t at = model.rfind('@');
  if (at == npos) return 0;
  const std::string_view text = trimmed(model.substr(at + 1));
  const double value = leading_number(text);
  if (text.ends_with("GHz")) return value * 1e9;
  if (text.ends_with("MHz")) return value * 1e6;
  return 0;
}

std::optional<std::uint64_t> parse_meminfo(std::string_view text, std::string_view name) {
  auto value = value_of(text, name, ':');
  if (!value) return std::nullopt;
  const auto number = take_number(*value);
  if (!number) return std::nullopt;
  return trimmed(*value) == "kB" ? scaled(*number, 10) : number;
}

std::string parse_os_release(std::string_view text, std::string_view name) {
  std::string_view value = value_of(text, name, '=').value_or("");
  if (value.size() >= 2 && (value.front() == '"' || value.front() == '\'') && value.back() == value.front()) {
    value = value.substr(1, value.size() - 2);
  }
  return std::string(value);
}

std::optional<std::uint64_t> parse_size(std::string_view text) {
  text = trimmed(text);
  const auto number = take_number(text);
  if (!number) return std::nullopt;
  if (text.empty()) return number;
  if (text == "K") return scaled(*number, 10);
  if (text == "M") return scaled(*number, 20);
  if (text == "G") return scaled(*number, 30);
  return std::nullopt;
}

std::optional<std::uint64_t> parse_number(std::string_view text) {
  text = trimmed(text);
  const auto number = take_number(text);
  return text.empty() ? number : std::nullopt;
}

std::optional<std::uint64_t> parse_stat(std::string_view text, std::string_view name) {
  const auto value = value_of(text, name, ' ');
  return value ? parse_number(*value) : std::nullopt;
}

CgroupPaths parse_cgroup(std::string_view text) {
  CgroupPaths paths;
  while (!text.empty()) {
    const std::string_view line = take_line(text);  // hierarchy:controllers:path
    const std::size_t first = line.find(':');
    const std::size_t second = first == npos ? npos : line.find(':', first + 1);
    if (second == npos) continue;
    const std::string controllers = fmt::format(",{},", line.substr(first + 1, second - first - 1));
    const std::string path(line.substr(second + 1));
    if (line.starts_with("0::")) paths.v2 = path;
    if (controllers.find(",memory,") != npos) paths.v1_memory = path;
  }
  return paths;
}

}  // namespace chipfit::telemetry
