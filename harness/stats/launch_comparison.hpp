#pragma once
#include <span>
#include <string_view>
#include <vector>

#include "harness/stats/interval.hpp"
#include "harness/stats/moderated_t.hpp"

namespace chipfit::stats {

/// One case of a report: the logs of its launch medians on both sides. The launch is the unit of analysis: repeats
/// inside one process share what that process happened to get, and are not independent.
struct LogLaunches {
  std::vector<double> a, b;
};

struct ComparisonRule {
  double delta = 0.02;       ///< ratios within 1/(1 + δ) … 1 + δ do not matter
  double q = 0.05;           ///< share of false ones among the differences that are reported
  double same_p = 0.05;      ///< of the equivalence test
  double confidence = 0.95;  ///< of the interval that is shown
  double log_shift = 0;      ///< taken off every log of b before testing: a shift that all cases share
};

/// From how many launches a side each test says anything.
constexpr int fewest_launches = 3, fewest_rank_launches = 9;

enum class LaunchTest { none, moderated_t, rank };
enum class Call { slower, faster, same, inconclusive };
std::string_view name(LaunchTest);

struct CaseComparison {
  Call call = Call::inconclusive;
  LaunchTest test = LaunchTest::none;
  bool outlying = false;  ///< a side has an outlying launch
  double log_ratio = 0;   ///< of b over a, the shift not taken off
  Interval log_interval;  ///< of log_ratio; the point itself where nothing was tested
  double p = 1, q = 1;    ///< of H₀ |log ratio − shift| ≤ log(1 + δ)
  double p_same = 1;      ///< of H₀ |log ratio − shift| ≥ log(1 + δ)
  double p_point = 1;     ///< of H₀ log ratio = shift: uniform where both sides are the same
};

struct Comparison {
  std::vector<CaseComparison> cases;  ///< in the order of the input
  Variance prior;                     ///< of log launch medians, over all cases
  int tested = 0;
};

/// Calls every case of a report. Moderated t on the logs from 3 launches a side. Where a side has an outlying launch
/// (see has_outlying_launch) the rank test on shifted logs takes over from 9 launches a side, and below nothing is
/// tested. slower, faster: the q-value over all tested cases is at most rule.q. same: else, where the equivalence test
/// holds.
Comparison compare_launches(std::span<const LogLaunches>, const ComparisonRule&);

/// The rule, fixed in advance: a launch is outlying when it lies more than 5 deviations (1.4826 times the median
/// absolute deviation of both sides from their own medians) and more than log(1 + δ) from its side's median.
bool has_outlying_launch(const LogLaunches&, double delta);

/// A shift that all cases share.
struct CommonShift {
  double log_shift = 0;
  Interval log_interval;
  bool found = false;
};
/// Median of the log ratios with its 95 % order-statistic interval; found: from 6 cases on, where the whole interval
/// lies beyond half of log(1 + δ) on one side of 0.
CommonShift common_shift(std::span<const double> log_ratios, double delta);

/// What a report of `cases` cases with `launches` launches a side and this variance can show.
struct Feasibility {
  bool rank_test = false;     ///< 2/C(2P, P) ≤ q/m: one difference alone could be reported by the rank test
  int rank_launches = 0;      ///< the fewest launches for which it could
  double smallest_ratio = 0;  ///< one slowdown of this factor alone is found with 80 % probability; 0: unknown
};
Feasibility feasibility(int cases, int launches, const Variance& prior, const ComparisonRule&);

}  // namespace chipfit::stats
