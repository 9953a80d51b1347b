#pragma once
#include <string>
#include <vector>

#include "harness/cli/console.hpp"

namespace chipfit::cli {

/// The whole command: parses, carries out, prints errors; the value is the exit code. `arguments` without the program's
/// name. Nothing is thrown: an exception is a defect of chipfit and exits with 70.
int run_command_line(const std::vector<std::string>& arguments, Console&);

}  // namespace chipfit::cli
