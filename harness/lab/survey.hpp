#pragma once
#include <cstddef>
#include <string>
#include <vector>

#include "harness/lab/plan_folder.hpp"
#include "kernels/base/result.hpp"

namespace chipfit::lab {

/// Why a machine could not do a task.
struct Failure {
  std::size_t index = 0;
  std::string host, line;
};

/// How far a plan is, by the names of its files: no scheduler is asked, no content read.
struct Survey {
  std::size_t tasks = 0;
  std::vector<std::size_t> present, missing, begun;  ///< ascending; those begun are missing as well
  std::vector<Failure> failures;                     ///< of missing parts, by index and host
};

/// Error (io): a folder cannot be listed.
Result<Survey> survey(const PlanFolder&);

/// The same once nothing is missing, or after `wait_s`: on a network file system a part may be seen some seconds after
/// it was renamed.
Result<Survey> survey(const PlanFolder&, double wait_s);

}  // namespace chipfit::lab
