#pragma once
#include <span>
#include <vector>

namespace chipfit::stats {

/// Variance at each level of an experiment, after Kalibera and Jones (Rigorous benchmarking in reasonable time, 2013).
struct LevelVariances {
  double within = 0;  ///< T₁²: between rounds of a launch
  double between = 0;  ///< T₂² = S₂² − S₁²/r: between launches, with what rounds add to it taken off; at least 0
};
/// Launches of equal standing; rounds that differ in number count by their harmonic mean. Fewer than two launches or no
/// launch with two rounds: what cannot be known is 0.
LevelVariances level_variances(std::span<const std::vector<double>> launches);

struct LaunchPlan {
  int rounds = 1;    ///< per launch
  int launches = 2;  ///< at least 2, or there is no interval
};
/// Rounds per launch that give most precision for the time: ⌈√(c₂/c₁ · T₁²/T₂²)⌉, with c₁ the cost of a round and c₂
/// that of starting a launch; `most_rounds` where launches do not differ. Launches: the fewest for which the t interval
/// of the mean is at most ±half_width (in the unit of the data; of logs: relative).
LaunchPlan plan_launches(const LevelVariances&, double round_cost, double launch_cost, double half_width,
                         double confidence = 0.95, int most_rounds = 1000);

}  // namespace chipfit::stats
