#include "harness/telemetry/energy.hpp"

#include <algorithm>
#include <cstddef>

namespace chipfit::telemetry {

std::vector<CounterReading> edges(std::span<const CounterReading> readings) {
  std::vector<CounterReading> found;
  for (std::size_t i = 1; i < readings.size(); ++i)
    if (readings[i].energy_j > readings[i - 1].energy_j) found.push_back(readings[i]);
  return found;
}

MeanPower mean_power(std::span<const CounterReading> readings, const EnergyRule& rule) {
  const std::vector<CounterReading> steps = edges(readings);
  MeanPower result;
  if (steps.empty()) return result;
  result.state = MeanPower::State::too_short;
  // Edges at which a window can begin: a whole window follows.
  const double latest_s = steps.back().t_s - rule.window_s;
  const auto starts = static_cast<std::size_t>(
      std::count_if(steps.begin(), steps.end(), [&](const CounterReading& step) { return step.t_s <= latest_s; }));
  const auto wanted = static_cast<std::size_t>(std::max(1, rule.windows));
  if (starts < wanted) return result;
  std::vector<double> powers;
  for (std::size_t i = 0; i < wanted; ++i) {
    const CounterReading& begin = steps[wanted == 1 ? 0 : i * (starts - 1) / (wanted - 1)];
    const auto end = std::find_if(steps.begin(), steps.end(),
                                  [&](const CounterReading& step) { return step.t_s >= begin.t_s + rule.window_s; });
    if (end == steps.end()) return result;  // rounding of times only
    const double length_s = end->t_s - begin.t_s;
    powers.push_back((end->energy_j - begin.energy_j) / length_s);
    result.window_s = i == 0 ? length_s : std::min(result.window_s, length_s);
  }
  std::sort(powers.begin(), powers.end());
  result.state = MeanPower::State::ok;
  result.lowest_w = powers.front();
  result.highest_w = powers.back();
  const std::size_t middle = powers.size() / 2;
  result.power_w = powers.size() % 2 ? powers[middle] : 0.5 * (powers[middle - 1] + powers[middle]);
  return result;
}

}  // namespace chipfit::telemetry
