#pragma once
#include <optional>
#include <span>
#include <utility>

#include "harness/sandbox/isolation.hpp"

namespace chipfit::judge {

/// The strongest of some weaker levels at which something works that does not at the level of the run. The weakest is
/// tried first: what does not work there fails for another reason, and nothing more is tried. `attempt` takes a level
/// and returns a Result of any kind.
template <class Attempt>
auto at_a_weaker_level(std::span<const sandbox::Isolation> strongest_first, Attempt attempt)
    -> std::optional<std::pair<sandbox::Isolation, decltype(attempt(sandbox::Isolation::l0))>> {
  // What the attempt made is gone before the next: a device may let in only one at a time.
  if (strongest_first.empty() || !attempt(strongest_first.back())) return std::nullopt;
  for (const sandbox::Isolation level : strongest_first)
    if (auto made = attempt(level)) return std::pair{level, std::move(made)};
  return std::nullopt;
}

}  // namespace chipfit::judge
