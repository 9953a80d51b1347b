#pragma once
#include <string>
#include <vector>

#include "harness/cli/console.hpp"
#include "harness/cli/planning.hpp"

namespace chipfit::cli {

/// make_plan with the plugins, the worker and the isolation of this installation. Says on stderr which backends are
/// left out.
Result<PlannedRun> plan_here(const Selection&, Console&);

/// One name per line, as Google Benchmark prints them for --benchmark_list_tests.
std::string benchmark_names(const plan::Plan&);

/// One command per line for every row of the plan, each with `more` at its end.
std::string row_commands(const PlannedRun&, const std::vector<std::string>& more);

}  // namespace chipfit::cli
