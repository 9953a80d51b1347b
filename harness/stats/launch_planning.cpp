#include "harness/stats/launch_planning.hpp"

#include <algorithm>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>

namespace chipfit::stats {
namespace {

constexpr int most_launches = 100000;

struct Moments {
  double mean = 0, variance = 0;  // n − 1
};
Moments moments(std::span<const double> x) {
  Moments m;
  const double n = static_cast<double>(x.size());
  for (const double each : x) m.mean += each / n;
  if (x.size() < 2) return m;
  for (const double each : x) m.variance += (each - m.mean) * (each - m.mean) / (n - 1);
  return m;
}

bool tight(double variance, int launches, double half_width, double confidence) {
  const boost::math::students_t_distribution<double> student(launches - 1);
  const double t = boost::math::quantile(boost::math::complement(student, (1 - confidence) / 2));
  return t * std::sqrt(variance / launches) <= half_width;
}

}  // namespace

LevelVariances level_variances(std::span<const std::vector<double>> launches) {
  std::vector<double> means;
  double within = 0, with_spread = 0, inverse_rounds = 0;
  for (const auto& launch : launches) {
    if (launch.empty()) continue;
    const Moments m = moments(launch);
    means.push_back(m.mean);
    inverse_rounds += 1 / static_cast<double>(launch.size());
    if (launch.size() < 2) continue;
    within += m.variance;
    ++with_spread;
  }
  LevelVariances result;
  if (with_spread > 0) result.within = within / with_spread;
  if (means.size() < 2) return result;
  const double share = inverse_rounds / static_cast<double>(means.size());
  result.between = std::max(0.0, moments(means).variance - result.within * share);
  return result;
}

LaunchPlan plan_launches(const LevelVariances& v, double round_cost, double launch_cost, double half_width,
                         double confidence, int most_rounds) {
  LaunchPlan plan;
  if (v.within > 0) {
    const double best =
        v.between > 0 && round_cost > 0 ? std::sqrt(launch_cost / round_cost * v.within / v.between) : most_rounds;
    plan.rounds = static_cast<int>(std::ceil(std::clamp(best, 1.0, static_cast<double>(most_rounds))));
  }
  const double variance = v.between + v.within / plan.rounds;
  int low = 1, high = 2;
  while (high < most_launches && !tight(variance, high, half_width, confidence)) {
    low = high;
    high *= 2;
  }
  while (high - low > 1) {
    const int middle = low + (high - low) / 2;
    (tight(variance, middle, half_width, confidence) ? high : low) = middle;
  }
  plan.launches = std::clamp(high, 2, most_launches);
  return plan;
}

}  // namespace chipfit::stats
