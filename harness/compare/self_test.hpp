#pragma once
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "harness/stats/geometric_mean.hpp"
#include "harness/stats/launch_comparison.hpp"
#include "harness/stats/proportion.hpp"
#include "harness/stats/simulated_launches.hpp"

namespace chipfit::compare {

/// The harness judged by what it says of equal things.
struct AaFigures {
  int cases = 0, tested = 0, launches = 0;  ///< launches: the fewest of a side
  int false_flags = 0;                      ///< SLOWER or FASTER
  stats::Interval false_flag_rate;          ///< of Clopper and Pearson, 95 %
  stats::Uniformity uniformity;  ///< of the p-values of "no difference at all"; equal sides make them uniform
  int second_slower = 0;         ///< tested cases in which the second name came out slower
  /// Second name over first: the mean over launches of the median ratio of all cases, which share the luck of their
  /// launch and are no independent draws. Without 1 in its 95 % interval the label or the order matters.
  stats::GeometricMean second_over_first;
  double largest_ratio = 1;  ///< the largest ratio between equal cases, whichever way
  double delta = 0;          ///< the machine's own: 99.5 % quantile of |log ratio|, as a ratio less 1
  stats::Comparison comparison;
};
AaFigures aa_figures(std::span<const stats::LogLaunches>, const stats::ComparisonRule&);

/// One point of a power curve: known slowdowns put into some cases of reports in which nothing else differs.
struct PowerPoint {
  double slowdown = 0;  ///< 0.03: slower by 3 %
  int injected = 0, found = 0;
  int unchanged = 0, false_flags = 0;  ///< of the other cases
  double power() const { return injected > 0 ? static_cast<double>(found) / injected : 0; }
};

/// Launches of one report without slowdowns.
using DrawReport = std::function<std::vector<stats::LogLaunches>()>;

struct PowerRequest {
  std::vector<double> slowdowns{0.01, 0.02, 0.025, 0.03, 0.04, 0.05, 0.075, 0.1};
  int slowed = 25;  ///< cases of each report; at least 1, at most all
  int reports = 20;
  std::uint64_t seed = 1;  ///< of the choice of cases
  stats::ComparisonRule rule;
};
std::vector<PowerPoint> power_curve(const DrawReport&, const PowerRequest&);

/// The slowdown that is found with 80 % probability, between the points of a curve; 0 where none reaches it.
double minimum_detectable(std::span<const PowerPoint>);

/// Reports on a virtual clock: `cases` equal cases with `launches` launches a side.
DrawReport simulated_reports(const stats::TimeModel&, int cases, int launches, std::uint64_t seed);

/// Launch medians of one side measured elsewhere, dealt to two equal sides at random and anew for every report, so that
/// the noise is the machine's own. Every case needs at least 6 launches; half of them go to each side.
DrawReport reports_from(std::vector<std::vector<double>> log_medians, std::uint64_t seed);

}  // namespace chipfit::compare
