#pragma once
#include <cstdint>
#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <string>

namespace chipfit::telemetry {

/// This machine, as far as /proc and /sys tell. Unknown text is empty, unknown numbers 0.
struct Machine {
  std::string host, cpu_model, architecture, kernel, os, hypervisor, governor;
  int cores = 0;  ///< that this process may use (affinity)
  std::uint64_t memory_bytes = 0, memory_available_bytes = 0;
  std::uint64_t l1d_bytes = 0, l2_bytes = 0, last_level_cache_bytes = 0;
  double nominal_clock_hz = 0;
  std::string isa;  ///< "avx512_bf16,avx512_vnni,avx512f,avx2,fma"
};
Machine describe_machine();
/// The same with /proc, /sys and /etc under another root; host, architecture, kernel and cores are of this process.
Machine describe_machine(const std::filesystem::path& root);

/// Every member under its name.
nlohmann::json to_json(const Machine&);

/// Available memory now (MemAvailable, and the cgroup's limit where it is lower). Bytes.
std::uint64_t available_memory_bytes();
std::uint64_t available_memory_bytes(const std::filesystem::path& root);

}  // namespace chipfit::telemetry
