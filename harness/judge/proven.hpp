#pragma once
#include <functional>
#include <optional>
#include <span>
#include <string_view>

#include "harness/judge/arena.hpp"
#include "harness/judge/output_checks.hpp"

namespace chipfit::judge {

/// Seconds per problem between the moment the judge tells which inputs are meant and the moment it holds verified
/// results: no plugin can have computed before the first, or be computing still after the second.
struct Proven {
  enum class Mode { none, accumulate, bracketed } mode = Mode::none;
  double receipt_s = 0;  ///< reveal to receipt of the last result
  double sync_s = 0;     ///< reveal to sync
};

/// "accumulate", "bracketed"; "" for none.
std::string_view name(Proven::Mode);

/// What proving needs of the case that is measured. The references outlive the call.
struct ProvenCase {
  const Problem& problem;
  const Operands& sizes;
  const MemoryPlan& plan;
  double problem_s;  ///< as throughput had it
  double longest_s;  ///< aimed length of the batch
  Worker& worker;
  Arena& arena;
  OutputChecks& checks;
  KernelId kernel;  ///< that overwrites its output
  /// Runs a batch within its deadline.
  std::function<tl::expected<BatchTimes, Ending>(KernelId, std::span<const EnqueueEntry>)> run;
};

/// A kernel of the problem that adds to its output; nothing where the plugin has none.
tl::expected<std::optional<KernelId>, Ending> prepare_accumulation(const ProvenCase&);

/// out += in₀·in₁ over n secret pairs into one output, one sync, one download: c₀ + Σ in₀in₁ needs every product. n is
/// such that the download costs an honest plugin 0.5 % at most, where longest_s allows. DEFERRED where the work was
/// done after sync: where the first download, less the time that a second one of the same bytes takes, was more than
/// half of the whole, five times in a row in batches of doubled length. A batch that the judge itself was late for,
/// because others had the processor for a quarter of the time, is made again in the same way.
tl::expected<Proven, Ending> prove_by_accumulation(const ProvenCase&, KernelId adding);

/// For plugins that cannot add: n problems into n poisoned outputs, one sync, all downloaded in random order, all
/// verified. What is computed after sync lies between the two times. DEFERRED as above.
tl::expected<Proven, Ending> prove_by_window(const ProvenCase&);

}  // namespace chipfit::judge
