#pragma once
#include <optional>
#include <string>
#include <vector>

#include "harness/cli/commands.hpp"
#include "harness/cli/console.hpp"

namespace chipfit::cli {

/// The task that `run --plan DIR` is to do: --index, else what Slurm (SLURM_ARRAY_TASK_ID) or Kubernetes
/// (JOB_COMPLETION_INDEX) set; nothing where --plan is no folder of a divided plan, or nobody says which. Error
/// (usage):
/// --index without such a folder; a number that is none.
Result<std::optional<std::size_t>> task_asked_for(const RunCommand&);

/// Does one task of a plan folder and keeps its part; one that is there already is not done again. The exit code is 0
/// once the part is kept, whatever the verdicts in it: they are merge's.
Result<int> run_part(const RunCommand&, std::size_t index, const std::vector<std::string>& arguments, Console&);

}  // namespace chipfit::cli
