#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace chipfit::telemetry {

/// First processor of /proc/cpuinfo.
struct CpuInfo {
  std::string model;               ///< x86: "model name"; Arm: implementer and part in words, "ARM Neoverse-N1"
  std::vector<std::string> flags;  ///< x86: "flags"; Arm: "Features"
  double clock_hz = 0;             ///< x86: "cpu MHz", the clock at this moment
};
CpuInfo parse_cpuinfo(std::string_view text);

/// Instruction sets that matter for matrix products, widest first, by comma: "avx512_bf16,avx512f,avx2,fma".
std::string matrix_isa(const std::vector<std::string>& flags);

/// "Intel(R) Xeon(R) Gold 6148 CPU @ 2.40GHz" → 2.4e9; 0 where the name says nothing.
double clock_in_model_name(std::string_view model);

/// Bytes of a line of /proc/meminfo, such as "MemAvailable".
std::optional<std::uint64_t> parse_meminfo(std::string_view text, std::string_view name);

/// Value of a line NAME=value of /etc/os-release, unquoted.
std::string parse_os_release(std::string_view text, std::string_view name);

/// "32K", "8M", "1G" or plain bytes, as /sys writes cache sizes.
std::optional<std::uint64_t> parse_size(std::string_view text);

/// A decimal number on a line of its own; nothing for "max" and anything else.
std::optional<std::uint64_t> parse_number(std::string_view text);

/// Value of a line "name value" of a cgroup's memory.stat.
std::optional<std::uint64_t> parse_stat(std::string_view text, std::string_view name);

/// Path of this process in the unified hierarchy (v2), and in that of the memory controller (v1), from
/// /proc/self/cgroup.
struct CgroupPaths {
  std::optional<std::string> v2, v1_memory;
};
CgroupPaths parse_cgroup(std::string_view text);

}  // namespace chipfit::telemetry
