#pragma once
#include <string>

#include "harness/cli/console.hpp"
#include "harness/compare/report.hpp"

namespace chipfit::cli {

enum class Extent {
  what_matters,  ///< of long tables the lines that call for attention
  all,
};

/// A comparison for people: per side a table that ends in a geomean line, then counts, what was tested, what could have
/// been found, notes.
std::string comparison_text(const compare::Report&, const Paper&, Extent);

/// Good for FASTER, SAME, MENDED, bad for SLOWER, BROKEN and what is missing, warning for what was not decided.
Tone tone_of(compare::State);

/// Everything about one case: launch medians (seconds), test, p, q, intervals, a strip of its launches. `bootstrap`:
/// interval of the ratio from launches and their rounds; low = 0: none.
std::string explain_text(const compare::Report&, const compare::Table&, const compare::Line&, std::size_t side,
                         const std::vector<double>& a_s, const std::vector<double>& b_s, stats::Interval bootstrap,
                         const Paper&);

/// One strip per side on a common scale: 'o' a launch, a digit where several fall together, '|' the median.
std::string strip_plot(const std::vector<double>& a_s, const std::vector<double>& b_s, std::size_t width);

}  // namespace chipfit::cli
