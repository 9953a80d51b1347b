#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/compare/dataset.hpp"
#include "harness/stats/geometric_mean.hpp"
#include "harness/stats/launch_comparison.hpp"

namespace chipfit::compare {

/// What is said of one case on one side, compared with the baseline. docs/compare.md has them in words.
enum class State {
  faster,
  slower,
  same,
  inconclusive,
  environment_shift,
  not_comparable,
  no_spread,
  implausible,
  broken,
  mended,
  only_in_a,
  only_in_b,
  not_rated,
};
std::string_view name(State);
std::span<const State> all_states();
/// A state by its name in any case, with '_' or '-'; "missing" is only_in_a. Error: usage.
Result<State> parse_state(std::string_view);

/// How rows are laid out and what they are held to.
struct ReportRequest {
  std::vector<Key> column;  ///< what makes the sides; empty: the default of default_layout
  std::optional<std::vector<Key>> table;
  std::vector<Key> ignore;           ///< rules and subjects that may differ
  std::optional<Baseline> baseline;  ///< the first side; else the one met first
  stats::ComparisonRule rule;
};

/// One case of one side.
struct Cell {
  double time_s = 0;              ///< median of the launch medians; 0: not rated
  double clock_hz = 0;            ///< median over the launches; 0: not recorded
  int launches = 0;               ///< rated ones
  Verdict verdict = Verdict::ok;  ///< the gravest of its rows
  bool present = false, rated = false, implausible = false, unchecked = false;
  std::uint32_t conditions = 0;          ///< of its first row
  std::optional<results::Column> mixed;  ///< the first condition in which its rows differ
};

/// One case of one side against the baseline. Ratios are times: above 1 is slower.
struct Pair {
  State state = State::only_in_a;
  std::string reason;        ///< of NOT_COMPARABLE, BROKEN, INCONCLUSIVE …; may be empty
  double ratio = 0;          ///< 0: none
  double low = 0, high = 0;  ///< 95 % interval of the ratio; 0: none
  double cycles_ratio = 0;   ///< time × clock; 0: a clock was not recorded
  stats::CaseComparison statistics;
};

struct Line {
  std::uint32_t row = 0;    ///< index into Report::rows
  std::vector<Cell> cells;  ///< one per side
  std::vector<Pair> pairs;  ///< one per side but the first
};

/// One side of a table, and how it stands to the baseline.
struct SideSummary {
  std::string label;
  std::string about;  ///< subjects that the label does not tell: "openblas 1.0 on AMD EPYC, lab1"
  bool identical_subject = false;
  stats::GeometricMean ratio;  ///< over the cases that both sides rated and that are comparable
  stats::GeometricMean cycles_ratio;
  stats::CommonShift shift;
  stats::Feasibility feasibility;
  stats::Variance prior;
  int tested = 0, rank_tested = 0, fewest_launches = 0;
};

struct Table {
  std::string label;               ///< "" where there is one table only
  std::vector<SideSummary> sides;  ///< the first is the baseline
  std::vector<Line> lines;
};

struct Report {
  std::vector<std::string> rows;  ///< labels
  std::vector<Key> column, table;
  std::vector<Table> tables;
  stats::ComparisonRule rule;
  std::vector<std::string> warnings;   ///< hidden dimensions and the like
  std::vector<std::string> footnotes;  ///< differences that are only worth a note
  std::size_t count(State) const;      ///< over all tables
};

/// Sides and tables where none were asked for. Several inputs: one side each; a single one: the first of backend, chip,
/// device_index, host, threads, driver, backend_version that varies. Of the same list whatever varies inside a side
/// makes tables, as long as sides share its values.
struct ReportLayout {
  std::vector<Key> column, table;
};
ReportLayout default_layout(const Dataset&, const ReportRequest&);

/// Errors (usage): fewer than two sides, no baseline as asked for, nothing selected.
Result<Report> make_report(const Dataset&, const ReportRequest&);

}  // namespace chipfit::compare
