#pragma once
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "harness/judge/worker.hpp"
#include "harness/results/verdict.hpp"
#include "kernels/base/result.hpp"

namespace chipfit::conformance {

/// What a plugin owes: the twelve rules of chipfit_plugin.h, and the two that they take for granted.
enum class Duty { p1, p2, p3, p4, p5, p6, p7, p8, p9, p10, p11, p12, abi, host };

/// Who can tell whether a duty is kept.
enum class Kept {
  by_plugin,   ///< conformance tries it
  by_harness,  ///< nothing to try: the harness keeps it (P3)
};

struct DutyInfo {
  Duty id;
  std::string_view name;  ///< "P9"
  std::string_view rule;  ///< one sentence
  std::string_view mend;  ///< what to look at when it is broken, one or two sentences
  Kept kept;
};

std::span<const DutyInfo> all_duties();
const DutyInfo& info(Duty);
/// "P9", in upper or lower case. Error (usage) with the names.
Result<Duty> parse_duty(std::string_view);

/// A duty, and the function of the plugin that broke it.
struct Breach {
  Duty duty;
  std::string call;  ///< "enqueue"
};

/// Which duty a call that did not succeed breaks. `asked` is what the harness called; the reason of a dead worker says
/// more exactly where it was.
Breach breach_of(const judge::CallFailure&, std::string_view asked);

/// What an address sanitizer wrote into a worker's log before it ended the worker: the duty and its summary line.
struct SanitizerReport {
  Duty duty;
  std::string summary;  ///< "heap-buffer-overflow mychip.cpp:31 in enqueue"
};
std::optional<SanitizerReport> find_sanitizer_report(std::string_view log);

/// Which duty a verdict of the judge is about. Not for verdicts that are acceptable, nor for those of a dead worker,
/// where `reason` begins with the function.
Breach breach_of(Verdict, std::string_view reason);

}  // namespace chipfit::conformance
