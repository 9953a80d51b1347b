#pragma once
#include <span>

namespace chipfit::judge {

/// How the worker's clock compares with the judge's.
enum class Clocks {
  agree,
  busy,   ///< an honest worker that waited for the processor could look like this: believe the judge's clock
  differ  ///< no honest clock looks like this
};

/// `each_s`: seconds of each problem of a latency batch on the worker's clock; `total_s`: the judge's seconds of the
/// whole batch. Between two problems the worker only reads its clock and enqueues, so that nearly all of the judge's
/// time must be in its sum, and never more. On a busy machine the worker or the judge may wait for the processor
/// between clock and reply: `busy` allows for a few time slices (30 ms) of that.
Clocks compare_clocks(std::span<const double> each_s, double total_s);

}  // namespace chipfit::judge
