#include "harness/judge/schedule.hpp"

#include <numeric>
#include <random>
#include <utility>

namespace chipfit::judge {

std::vector<ScheduledRow> interleaved(std::size_t devices, std::size_t cases, int launches, std::uint64_t seed) {
  std::vector<ScheduledRow> rows;
  rows.reserve(devices * cases * static_cast<std::size_t>(launches));
  std::mt19937_64 random(seed);
  std::vector<std::size_t> order(cases);
  std::iota(order.begin(), order.end(), std::size_t{0});
  for (int launch = 1; launch <= launches; ++launch) {
    // Fisher and Yates; std::shuffle may differ between libraries, and a resumed run has to find the same order.
    for (std::size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[random() % i]);
    for (std::size_t d = 0; d < devices; ++d) {
      const std::size_t device = launch % 2 == 1 ? d : devices - 1 - d;
      for (const std::size_t planned_case : order) rows.push_back({launch, device, planned_case});
    }
  }
  return rows;
}

}  // namespace chipfit::judge
