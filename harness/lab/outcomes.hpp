#pragma once
#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "kernels/base/result.hpp"

namespace chipfit::lab {

/// A task that a machine ended without a part.
struct Unfinished {
  std::size_t index = 0;
  int exit_code = 0;  ///< of its command: 75 stopped, 255 ssh could not reach the machine
};

/// What became of a machine's tasks in a submission over ssh or here.
struct MachineOutcome {
  std::string name;
  std::vector<std::size_t> done;       ///< ascending
  std::vector<Unfinished> unfinished;  ///< in the order of their ends
};

/// By name, from what submit.sh has written into its folder so far; a machine that ended no task is not there.
/// Errors: io; bad_data (a line that submit.sh does not write).
Result<std::vector<MachineOutcome>> read_outcomes(const std::filesystem::path& submission);

}  // namespace chipfit::lab
