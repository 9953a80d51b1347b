#pragma once
#include <span>
#include <string>

#include "harness/results/row.hpp"
#include "kernels/base/result.hpp"

namespace chipfit::cli {

/// Exit codes of the command (sysexits.h where it has one).
enum ExitCode : int {
  exit_ok = 0,
  exit_verdict = 1,  ///< a verdict that is not OK, UNCHECKED, UNSUPPORTED or TOO_BIG
  exit_usage = 2,
  exit_bad_data = 65,
  exit_missing = 66,
  exit_unavailable = 69,
  exit_internal = 70,
  exit_io = 74,
  exit_interrupted = 75,  ///< resumable
};

/// The one map from kinds of errors to exit codes.
int exit_code(Error::Kind);

/// exit_verdict where any row's verdict is not acceptable, or is no verdict at all; else exit_ok.
int exit_code(std::span<const results::Row>);

/// "error: stride 0 is not a stride\n  at: mine.csv:14:9\n  hint: strides start at 1\n"; parts that are empty are left
/// out, and a hint of several lines stays indented.
std::string error_text(const Error&);

}  // namespace chipfit::cli
