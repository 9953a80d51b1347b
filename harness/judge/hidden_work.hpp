#pragma once
#include <functional>

#include "harness/judge/arena.hpp"
#include "harness/judge/ending.hpp"

namespace chipfit::judge {

/// A problem that ran: its output slot, and when sync returned on the judge's clock.
struct RanInto {
  int slot;
  double synced_s;
};

/// Seconds per problem that a plugin leaves for the download: where the first download of a slot was longer than the
/// same once more by more than a problem takes, and so again after one more problem (`run_one`), the smaller
/// difference; else 0. Bounds the length of batches, which such a plugin would otherwise make endless; rates are left
/// as they are, and the proven one is judged by itself. `first_s`: how long the first download of `slot` took.
tl::expected<double, Ending> hidden_work_s(Arena&, int slot, double first_s, double problem_s,
                                           const std::function<tl::expected<RanInto, Ending>()>& run_one);

}  // namespace chipfit::judge
