#pragma once
#include <string>

#include "harness/sandbox/process.hpp"

namespace chipfit::sandbox {

/// A helper program that has come to its end.
struct ProgramEnd {
  Exit exit;
  std::string output;  ///< standard output and error, at most 1 MiB of it
  bool ok() const { return exit.how == Exit::How::exited && exit.code == 0; }
};

/// Starts a program, waits for its end and gathers what it prints. Errors: unavailable (it cannot be started, or
/// `timeout_s` went by and it was killed).
Result<ProgramEnd> run_program(const SpawnOptions&, double timeout_s);

}  // namespace chipfit::sandbox
