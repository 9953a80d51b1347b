#include "harness/stats/simulated_launches.hpp"

#include <cmath>

#include "harness/stats/median_ci.hpp"

namespace chipfit::stats {

std::vector<double> SimulatedLaunches::launch(double log_time, int rounds) {
  const TimeModel& m = model_;
  const bool slow = m.slow_share > 0 && std::uniform_real_distribution<double>()(random_) < m.slow_share;
  const double level = log_time + m.launch_sd * normal_(random_) + (slow ? m.slow_log : 0);
  double within = m.within_sd * normal_(random_);
  const double innovation = std::sqrt(1 - m.rho * m.rho) * m.within_sd;
  std::vector<double> times;
  times.reserve(static_cast<std::size_t>(rounds));
  for (int i = 0; i < rounds; ++i) {
    const bool throttled = m.throttle_round > 0 && i >= m.throttle_round;
    times.push_back(std::exp(level + within + m.drift_per_round * i + (throttled ? m.throttle_log : 0)));
    within = m.rho * within + innovation * normal_(random_);
  }
  return times;
}

double SimulatedLaunches::log_median(double log_time, int rounds) {
  return std::log(median(launch(log_time, rounds)));
}

}  // namespace chipfit::stats
