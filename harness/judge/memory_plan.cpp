#include "harness/judge/memory_plan.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace chipfit::judge {
namespace {

constexpr int max_ring = 16;
constexpr int min_ring = 3;
constexpr std::uint64_t ring_budget = 64u << 20;
constexpr int max_buffers = 8;
// Never take the last bytes of a machine: the plugin's workspace and the rest of the system need some.
constexpr double usable_share = 0.85;

std::uint64_t round_up(std::uint64_t bytes, std::uint64_t unit) {
  return (bytes + unit - 1) / unit * unit;
}

double gib(std::uint64_t bytes) {
  return static_cast<double>(bytes) / (1u << 30);
}

MemoryPlan with_pools(const Operands& sizes, const MemoryLimits& limits, double factor, std::uint64_t cache_floor) {
  MemoryPlan plan;
  const std::uint64_t unit = std::max<std::uint64_t>(4096, limits.view_alignment);
  for (int i = 0; i < 2; ++i) {
    plan.operand[i] = static_cast<std::uint64_t>(sizes.in[i].bytes());
    const auto wanted = static_cast<std::uint64_t>(static_cast<double>(plan.operand[i]) * factor) + unit;
    plan.pool[i] = round_up(std::max(wanted, cache_floor), unit);
    if (limits.view_alignment == 0)
      plan.buffers[i] = static_cast<int>(std::clamp<std::uint64_t>(plan.pool[i] / plan.operand[i], 1, max_buffers));
  }
  plan.output = static_cast<std::uint64_t>(sizes.out.bytes());
  plan.slot = round_up(plan.output + guard_bytes, 64);
  plan.ring = static_cast<int>(std::clamp<std::uint64_t>(ring_budget / plan.slot, min_ring, max_ring));
  return plan;
}

bool fits(const MemoryPlan& plan, const MemoryLimits& limits) {
  const auto host = static_cast<std::uint64_t>(static_cast<double>(limits.host_available) * usable_share);
  if (limits.device_available == 0) return plan.judge_bytes() + plan.device_bytes() <= host;
  const auto device = static_cast<std::uint64_t>(static_cast<double>(limits.device_available) * usable_share);
  return plan.judge_bytes() <= host && plan.device_bytes() <= device;
}

}  // namespace

std::uint64_t MemoryPlan::judge_bytes() const {
  return pool[0] + pool[1] + 2 * slot + 2 * transfer_bytes;  // pools, private output, initial value, pieces
}

std::uint64_t MemoryPlan::device_bytes() const {
  std::uint64_t inputs = 0;
  for (int i = 0; i < 2; ++i) inputs += buffers[i] == 1 ? pool[i] : operand[i] * static_cast<std::uint64_t>(buffers[i]);
  return inputs + slot * static_cast<std::uint64_t>(ring);
}

std::uint64_t cache_to_defeat(const chipfit_device_info& device, std::uint64_t host_last_level_cache) {
  constexpr std::uint64_t assumed = 64u << 20;
  if (device.last_level_cache_kib > 0) return std::uint64_t{device.last_level_cache_kib} << 10;
  const bool own_memory = device.kind == CHIPFIT_GPU || device.kind == CHIPFIT_ACCELERATOR;
  return own_memory ? assumed : host_last_level_cache;
}

Result<MemoryPlan> plan_memory(const Problem& problem, const MemoryLimits& limits) {
  const Operands sizes = operands(problem);
  MemoryPlan plan = with_pools(sizes, limits, 2.0, limits.last_level_cache);
  if (fits(plan, limits)) return plan;
  plan = with_pools(sizes, limits, 1.25, 0);
  plan.ring = min_ring;
  if (fits(plan, limits)) return plan;
  const bool shared = limits.device_available == 0;
  return fail(
      Error::Kind::unavailable,
      fmt::format("needs {:.2f} GiB {} and {:.2f} GiB in the judge; {:.2f} GiB {}available", gib(plan.device_bytes()),
                  shared ? "in the worker" : "on the device", gib(plan.judge_bytes()), gib(limits.host_available),
                  shared ? "" : fmt::format("here and {:.2f} GiB on the device ", gib(limits.device_available))));
}

}  // namespace chipfit::judge
