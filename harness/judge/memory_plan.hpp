#pragma once
#include <array>
#include <cstdint>

#include "backends/plugin/chipfit_plugin.h"
#include "kernels/base/result.hpp"
#include "kernels/problem/problem.hpp"

namespace chipfit::judge {

/// Bytes behind every output that must come back untouched.
constexpr std::uint64_t guard_bytes = 4096;
/// Outputs, poison and read-backs travel in pieces of this size, so that the judge never holds a second copy.
constexpr std::uint64_t transfer_bytes = 16u << 20;

/// What one case takes in memory. All sizes in bytes.
struct MemoryPlan {
  std::array<std::uint64_t, 2> operand{};  ///< of each input
  std::array<std::uint64_t, 2> pool{};     ///< on the device and in the judge; views are drawn from it
  std::array<int, 2> buffers{1, 1};        ///< device buffers per input: 1 where the device has views
  std::uint64_t output = 0;
  std::uint64_t slot = 0;  ///< output + guard
  int ring = 0;            ///< output slots on the device
  std::uint64_t judge_bytes() const;
  std::uint64_t device_bytes() const;
};

struct MemoryLimits {
  std::uint64_t host_available = 0;    ///< bytes that may still be allocated on this machine
  std::uint64_t device_available = 0;  ///< device memory; 0: the device shares the host's
  std::uint64_t view_alignment = 0;    ///< 0: no views
  std::uint64_t last_level_cache = 0;  ///< pools together are at least twice as large
};

/// The cache that inputs must not stay in, in bytes: the one that the device states; a CPU's is the host's, and a
/// device with memory of its own that states none is taken to have 64 MiB.
std::uint64_t cache_to_defeat(const chipfit_device_info&, std::uint64_t host_last_level_cache);

/// Pools of 2× the operand and together ≥ 2× the last-level cache; where that does not fit they shrink to 1.25× the
/// operand. Error (unavailable; the TOO_BIG reason in words with the sizes) when even that does not fit.
Result<MemoryPlan> plan_memory(const Problem&, const MemoryLimits&);

}  // namespace chipfit::judge
