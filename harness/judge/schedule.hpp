#pragma once
#include <cstddef>
#include <cstdint>
#include <vector>

namespace chipfit::judge {

/// One row of a plan, by the indexes of its device and case.
struct ScheduledRow {
  int launch = 1;
  std::size_t device = 0, planned_case = 0;
  friend bool operator==(const ScheduledRow&, const ScheduledRow&) = default;
};

/// Interleaved order, launch by launch: in odd launches the devices of the plan one after another, in even ones in the
/// opposite order (A B, B A, …: a drift of the machine reaches all alike), each in one worker process. The cases of a
/// launch stand in a random order that its devices share; it follows from the seed.
std::vector<ScheduledRow> interleaved(std::size_t devices, std::size_t cases, int launches, std::uint64_t seed);

}  // namespace chipfit::judge
