#include "harness/judge/clocks.hpp"

#include <algorithm>

namespace chipfit::judge {

double waited_between_clocks_s(const telemetry::RunQueue& judge, const telemetry::RunQueue& worker) {
  constexpr double wake_ups = 4;
  const double slices = std::max(wake_ups, static_cast<double>(worker.slices));
  return judge.waited_s + worker.waited_s * wake_ups / slices;
}

double waited_for_others_s(double judge_waited_s, double worker_waited_s, double worker_computed_s, double span_s) {
  return std::max(0.0, std::min(judge_waited_s + worker_waited_s, span_s - worker_computed_s));
}

Clocks compare_clocks(std::span<const double> each_s, double total_s, double waited_s) {
  double sum = 0;
  for (const double s : each_s) {
    if (!(s >= 0)) return Clocks::differ;
    sum += s;
  }
  if (!(sum <= total_s * 1.001 + 1e-6)) return Clocks::differ;
  const auto most_of = [&](double time_s) {
    return time_s - (1e-3 + 10e-6 * static_cast<double>(each_s.size()) + 0.1 * time_s);
  };
  if (sum >= most_of(total_s)) return Clocks::agree;
  if (sum >= most_of(total_s - std::min(waited_s, total_s))) return Clocks::busy;
  return sum >= 0.75 * total_s - std::min(0.03, 0.4 * total_s) ? Clocks::busy : Clocks::differ;
}

}  // namespace chipfit::judge
