#pragma once
#include <cmath>
#include <cstdint>
#include <random>

namespace simulated {

/// What the options declare (README.md has them in words).
struct Declaration {
  double rate_flop_per_s = 1e9;
  double overhead_s = 1e-5;
  double launch_sd = 0;         ///< of the log of all times of a launch together
  double within_sd = 0;         ///< of the log of single times within a launch
  double rho = 0;               ///< correlation of successive logs within a launch
  double drift_per_s = 0;       ///< growth of the log of the time per second
  double throttle_after_s = 0;  ///< 0: never
  double throttle_factor = 1;   ///< times from then on are this much longer
};

/// The times of one launch: log t = log(overhead + flop / rate) + b + wᵢ + drift, with b ~ N(0, launch_sd²) drawn once
/// and w a stationary AR(1) sequence, wᵢ = ρ·wᵢ₋₁ + √(1−ρ²)·N(0, within_sd²). The same seed gives the same sequence.
class DeclaredTimes {
 public:
  DeclaredTimes(const Declaration& declared, std::uint64_t seed) : declared_(declared), random_(seed) {
    launch_ = declared.launch_sd * normal_(random_);
    within_ = declared.within_sd * normal_(random_);
  }

  /// Seconds that the next operation takes, `elapsed_s` after the device was opened.
  double next(double flop, double elapsed_s) {
    const double log_factor = launch_ + within_ + declared_.drift_per_s * elapsed_s;
    within_ =
        declared_.rho * within_ + std::sqrt(1 - declared_.rho * declared_.rho) * declared_.within_sd * normal_(random_);
    const bool throttled = declared_.throttle_after_s > 0 && elapsed_s >= declared_.throttle_after_s;
    return (declared_.overhead_s + flop / declared_.rate_flop_per_s) * std::exp(log_factor) *
           (throttled ? declared_.throttle_factor : 1);
  }

 private:
  Declaration declared_;
  std::mt19937_64 random_;
  std::normal_distribution<double> normal_;
  double launch_ = 0, within_ = 0;
};

}  // namespace simulated
