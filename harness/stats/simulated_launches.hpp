#pragma once
#include <cstdint>
#include <random>
#include <vector>

namespace chipfit::stats {

/// How times vary: log t = μ + b + wᵢ, b ~ N(0, launch_sd²) once per launch, w stationary AR(1) with deviation
/// within_sd.
struct TimeModel {
  double launch_sd = 0.005;
  double within_sd = 0.003;
  double rho = 0.3;       ///< of successive w
  double slow_share = 0;  ///< share of launches that are slower by slow_log: bimodal launches
  double slow_log = 0;
  double drift_per_round = 0;  ///< growth of the log from round to round
  int throttle_round = 0;      ///< rounds from this one on are slower by throttle_log; 0: never
  double throttle_log = 0;
};

/// Times on a virtual clock: the harness is held against a truth that is known. The same seed gives the same times.
class SimulatedLaunches {
 public:
  SimulatedLaunches(const TimeModel& model, std::uint64_t seed) : model_(model), random_(seed) {}

  /// Times of the rounds of one new launch whose logs lie about `log_time`.
  std::vector<double> launch(double log_time, int rounds);
  /// Log of the median of such a launch.
  double log_median(double log_time, int rounds);

 private:
  TimeModel model_;
  std::mt19937_64 random_;
  std::normal_distribution<double> normal_;
};

}  // namespace chipfit::stats
