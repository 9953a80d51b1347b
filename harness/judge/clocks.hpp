#pragma once
#include <span>

#include "harness/telemetry/run_queue.hpp"

namespace chipfit::judge {

/// How the worker's clock compares with the judge's.
enum class Clocks {
  agree,
  busy,   ///< an honest worker that waited for the processor could look like this: believe the judge's clock
  differ  ///< no honest clock looks like this
};

/// The part of its waits that a latency batch may owe to the time between the two clocks: all of the judge's, which
/// sleeps while problems run; of the worker's those at its few wake-ups, taken as four average ones. Its other waits
/// fall into its problems, where both clocks see them.
double waited_between_clocks_s(const telemetry::RunQueue& judge, const telemetry::RunQueue& worker);

/// The part of a span that judge and worker only waited for a processor which others had: the sum of their waits, but
/// no more than the worker's threads have left of the span by computing themselves. No device works in such time.
double waited_for_others_s(double judge_waited_s, double worker_waited_s, double worker_computed_s, double span_s);

/// `each_s`: seconds of each problem of a latency batch on the worker's clock; `total_s`: the judge's seconds of the
/// whole batch; `waited_s`: waited_between_clocks_s. Between two problems the worker only reads its clock and enqueues,
/// so that nearly all of the judge's time must be in its sum, and never more. On a busy machine the worker or the judge
/// may wait between clock and reply: `busy` is a gap that `waited_s` explains, or no longer than a few time slices (30
/// ms).
Clocks compare_clocks(std::span<const double> each_s, double total_s, double waited_s);

}  // namespace chipfit::judge
