#pragma once
#include <span>

namespace chipfit::stats {

/// Times in order, with the moment each was taken.
struct TimedSample {
  double at_s;    ///< end of the round
  double time_s;  ///< per problem
};

struct SteadyRule {
  double window_s = 0.5;
  int windows = 5;
  double max_drift = 0.005;     ///< Theil-Sen slope over the windows' span, relative to the median
  double max_variation = 0.01;  ///< coefficient of variation of the window medians
};

struct SteadyState {
  bool enough_data = false;  ///< the last `windows` full windows exist
  bool steady = false;
  double drift = 0, variation = 0;
};

/// Judges the last `windows` windows of `window_s` each, ending with the last sample; each needs a sample.
SteadyState steady_state(const SteadyRule&, std::span<const TimedSample>);

/// Median of the slopes of all pairs (Theil 1950, Sen 1968); y per unit of x;
/// 0 where no two x differ.
double theil_sen_slope(std::span<const double> x, std::span<const double> y);

}  // namespace chipfit::stats
