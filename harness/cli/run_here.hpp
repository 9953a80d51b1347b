#pragma once
#include <string>
#include <vector>

#include "harness/cli/console.hpp"
#include "harness/cli/planning.hpp"
#include "harness/judge/run.hpp"

namespace chipfit::cli {

/// Carries it out and shows how far it is.
Result<judge::RunSummary> run_here(const judge::RunOptions&, Console&);

/// What the judge needs to carry out a plan with the worker of this installation. `arguments`: the whole command line,
/// for the manifest. Fails where the command names a file of peaks that cannot be read.
Result<judge::RunOptions> run_options(const PlannedRun&, const RunCommand&, const std::vector<std::string>& arguments);

}  // namespace chipfit::cli
