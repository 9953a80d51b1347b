#include "harness/stats/stop_rule.hpp"

#include <cmath>

namespace chipfit::stats {
namespace {

bool tight(const StopRule& rule, std::span<const double> samples) {
  const MedianCi ci = median_ci(samples, rule.alpha);
  return ci.valid && ci.relative_half_width() <= rule.target_relative_half_width;
}

}  // namespace

bool is_scheduled_look(int rounds) {
  for (double look = 20; look <= rounds; look *= 1.5) {
    if (std::ceil(look) == rounds) return true;
  }
  return false;
}

StopState decide(const StopRule& rule, std::span<const double> samples, double elapsed_s) {
  const auto rounds = static_cast<int>(samples.size());
  if (rounds < rule.min_rounds) return StopState::go_on;
  const bool out_of_budget = elapsed_s >= rule.max_time_s || rounds >= rule.max_rounds;
  const bool look = out_of_budget || is_scheduled_look(rounds);
  if (look && elapsed_s >= rule.min_time_s && tight(rule, samples)) return StopState::reached;
  return out_of_budget ? StopState::not_reached : StopState::go_on;
}

}  // namespace chipfit::stats
