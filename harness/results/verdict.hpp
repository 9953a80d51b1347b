#pragma once
#include <span>
#include <string_view>

#include "kernels/base/result.hpp"

namespace chipfit {

/// What the judge says of one (case, backend, device, launch). Exactly one per planned case.
enum class Verdict {
  ok,
  unchecked,    ///< imported: nobody verified it
  unsupported,  ///< the plugin said so
  too_big,      ///< does not fit the device or this machine
  incorrect,
  precision,
  sparse_error,
  not_written,
  overrun,
  input_modified,
  deferred,
  precomputed,
  clock,
  protocol,
  crashed,
  exited,
  timeout,
  wedged,
  resource,
  dishonest_support,
  skipped_unstable,
  interrupted,
};

struct VerdictInfo {
  Verdict id;
  std::string_view name;        ///< as in results.csv: "NOT_WRITTEN"
  bool rated;                   ///< rates are filled (OK, UNCHECKED)
  bool acceptable;              ///< does not make the exit code 1
  bool died;                    ///< the worker process is gone
  std::string_view meaning_en;  ///< one sentence
  std::string_view meaning_zh;
};

std::span<const VerdictInfo> all_verdicts();
const VerdictInfo& info(Verdict);
Result<Verdict> parse_verdict(std::string_view);

/// Of two verdicts that both hold, the one to report: died > PROTOCOL > OVERRUN > INPUT_MODIFIED > NOT_WRITTEN >
/// INCORRECT > SPARSE_ERROR > PRECISION > DEFERRED/PRECOMPUTED.
Verdict graver(Verdict, Verdict);

/// Flags beside a verdict that never blank a rate; written joined by ';'.
enum class Condition {
  quick,
  ci_not_reached,
  not_steady,
  power_limited,
  throttled,
  implausible,
  nondeterministic,
  untrusted,
  busy_after_sync,
};
std::string_view name(Condition);

}  // namespace chipfit
