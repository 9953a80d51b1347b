#pragma once
#include <filesystem>

#include "harness/cli/console.hpp"

namespace chipfit::cli {

/// The script takes this process's place: signals are its own, and so is the exit code. Returns only errors: io (data
/// that could not be written before), unavailable.
Result<int> become(const std::filesystem::path& script, Console&);

/// Carries out the script with all that it prints on stderr, for a command that has its own data to print. The first
/// SIGINT or SIGTERM is passed on to it. The value is its exit code, 128 + N where signal N ended it. Error:
/// unavailable.
Result<int> carry_out(const std::filesystem::path& script, Console&);

}  // namespace chipfit::cli
