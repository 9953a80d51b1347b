#pragma once
#include <array>
#include <atomic>
#include <cstdint>
#include <span>
#include <vector>

#include "harness/judge/arena.hpp"
#include "harness/judge/ending.hpp"
#include "harness/judge/memory_plan.hpp"
#include "harness/judge/settings.hpp"
#include "harness/judge/worker.hpp"

namespace chipfit::judge {

/// Problems that are enqueued together: the secret inputs of each, and the output slot that it writes.
struct Batch {
  std::vector<DrawnView> views;
  std::vector<EnqueueEntry> entries;
  std::vector<int> slots;
};

/// Draws the batches of one case and runs them, each within a deadline that follows from what a problem takes.
class Batches {
 public:
  /// `first_guess_s`: seconds of a problem for as long as none was timed.
  Batches(Worker&, Arena&, const Deadlines&, const std::atomic<bool>* stop, double first_guess_s);

  void use(const MemoryPlan& plan) { plan_ = plan; }
  void use(KernelId kernel) { kernel_ = kernel; }
  KernelId kernel() const { return kernel_; }
  /// The next batch starts with the first slot of the ring.
  void rewind() { next_slot_ = 0; }

  Batch draw(int count) { return draw(count, plan_.pool); }
  /// From the first so many bytes of each pool.
  Batch draw(int count, const std::array<std::uint64_t, 2>& pool_bytes);

  /// INTERRUPTED when the run was told to stop.
  Step check_stop() const;
  tl::expected<BatchTimes, Ending> run(std::span<const EnqueueEntry>);
  /// Seconds per problem.
  tl::expected<double, Ending> run(const Batch&);
  /// Ten times the expected time, within the bounds of the settings: a call that never ends must not hold up the run
  /// for long, nor a slow honest device be killed.
  double deadline_s(double expected_s) const;

  double problem_s = 0;  ///< of a problem, as last timed; 0: not yet
  double hidden_s = 0;   ///< of a problem, after sync
  /// Seconds that a problem takes, with what is hidden.
  double pace_s() const;

 private:
  Worker& worker_;
  Arena& arena_;
  const Deadlines& deadlines_;
  const std::atomic<bool>* stop_;
  double first_guess_s_;
  MemoryPlan plan_;
  KernelId kernel_ = 0;
  int next_slot_ = 0;
};

}  // namespace chipfit::judge
