#include <algorithm>
#include <limits>

#include "harness/telemetry/machine.hpp"
#include "harness/telemetry/proc_text.hpp"
#include "harness/telemetry/read_text.hpp"

namespace chipfit::telemetry {
namespace {

constexpr std::uint64_t kNoLimit = std::numeric_limits<std::uint64_t>::max();

struct Names {
  const char *limit, *used, *reclaimable;
};
constexpr Names kV2{"memory.max", "memory.current", "inactive_file"};
constexpr Names kV1{"memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file"};

/// What one group still lets its processes take: limit − use, where file pages that the kernel drops first are not
/// counted as use.
std::uint64_t room_in(const std::filesystem::path& group, const Names& names) {
  const auto limit = parse_number(read_text(group / names.limit));
  const auto used = parse_number(read_text(group / names.used));
  if (!limit || !used) return kNoLimit;
  const auto cached = parse_stat(read_text(group / "memory.stat"), names.reclaimable).value_or(0);
  const std::uint64_t taken = *used - std::min(cached, *used);
  return *limit - std::min(taken, *limit);
}

/// The least of a group and all above it: each level may have a limit of its own.
std::uint64_t room_along(const std::filesystem::path& mount, std::filesystem::path inside, const Names& names) {
  std::uint64_t room = room_in(mount, names);
  for (inside = inside.relative_path(); !inside.empty(); inside = inside.parent_path()) {
    room = std::min(room, room_in(mount / inside, names));
  }
  return room;
}

}  // namespace

std::uint64_t available_memory_bytes(const std::filesystem::path& root) {
  const auto available = parse_meminfo(read_text(root / "proc/meminfo"), "MemAvailable");
  const CgroupPaths paths = parse_cgroup(read_text(root / "proc/self/cgroup"));
  const std::filesystem::path mount = root / "sys/fs/cgroup";
  std::uint64_t room = kNoLimit;
  if (paths.v2) {
    room = std::min(room, room_along(mount, *paths.v2, kV2));
    room = std::min(room, room_along(mount / "unified", *paths.v2, kV2));
  }
  if (paths.v1_memory) room = std::min(room, room_along(mount / "memory", *paths.v1_memory, kV1));
  if (!available) return room == kNoLimit ? 0 : room;
  return std::min(*available, room);
}

std::uint64_t available_memory_bytes() {
  return available_memory_bytes("/");
}

}  // namespace chipfit::telemetry
