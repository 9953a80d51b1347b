#pragma once
#include <functional>
#include <optional>
#include <span>
#include <string>

#include "harness/cli/console.hpp"
#include "harness/results/row.hpp"

namespace chipfit::cli {

/// The tone of a verdict's name: good, warning (acceptable but not rated), bad.
Tone tone_of(const std::string& verdict);

/// Half the confidence interval over the median; none where the row has no interval.
std::optional<double> relative_half_width(const results::Row&);

/// Rate over the rate that was measured in registers in the same run.
std::optional<double> share_of_peak(const results::Row&);

/// The table of a run: a heading for each backend and device, under it one line per case and launch.
std::string results_table(std::span<const results::Row>, const Paper&);

/// What follows the table: counts per verdict and condition, and the reasons of all rows that are not OK, grouped; for
/// every failed row the command that measures it again.
std::string results_digest(std::span<const results::Row>, const Paper&,
                           const std::function<std::string(const results::Row&)>& reproduction_line);

/// {"run": folder, "interrupted": …, "rows": [{column: value or null}]}, indented.
std::string results_json(std::span<const results::Row>, const std::string& folder, bool interrupted);

}  // namespace chipfit::cli
