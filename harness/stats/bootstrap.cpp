#include "harness/stats/bootstrap.hpp"

#include <algorithm>
#include <cmath>
#include <random>

#include "harness/stats/median_ci.hpp"

namespace chipfit::stats {
namespace {

std::size_t below(std::mt19937_64& random, std::size_t n) {
  // std::uniform_int_distribution may differ between libraries; the bias of a remainder is n / 2⁶⁴.
  return static_cast<std::size_t>(random() % n);
}

bool usable(Launches side) {
  return !side.empty() && std::ranges::none_of(side, [](const auto& launch) { return launch.empty(); });
}

/// Mean log of the medians of a replicate.
double replicate(Launches side, std::mt19937_64& random, std::vector<double>& drawn) {
  double sum = 0;
  for (std::size_t i = 0; i < side.size(); ++i) {
    const auto& launch = side[below(random, side.size())];
    drawn.clear();
    for (std::size_t j = 0; j < launch.size(); ++j) drawn.push_back(launch[below(random, launch.size())]);
    sum += std::log(median(drawn));
  }
  return sum / static_cast<double>(side.size());
}

}  // namespace

Interval bootstrap_ratio(Launches a, Launches b, double confidence, int replicates, std::uint64_t seed) {
  if (!usable(a) || !usable(b) || replicates < 1) return {};
  std::mt19937_64 random(seed);
  std::vector<double> ratios, drawn;
  ratios.reserve(static_cast<std::size_t>(replicates));
  for (int i = 0; i < replicates; ++i) {
    const double log_a = replicate(a, random, drawn), log_b = replicate(b, random, drawn);
    ratios.push_back(std::exp(log_b - log_a));
  }
  const double tail = (1 - confidence) / 2;
  return {quantile(ratios, tail), quantile(ratios, 1 - tail)};
}

}  // namespace chipfit::stats
