#pragma once
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "harness/judge/worker.hpp"
#include "harness/results/verdict.hpp"

namespace chipfit::judge {

/// How a case ends: complete (ok), or at the first thing that forbids to go on.
struct Ending {
  Verdict verdict = Verdict::ok;
  std::string reason;
  bool session_dead = false;  ///< the worker is gone or must be replaced
  bool interrupted = false;   ///< abandoned by a signal: no row is written
};

/// One step of a case: nothing, or why it ends here.
using Step = tl::expected<void, Ending>;

/// The ending for a call that failed while `doing` ("prepare"): OUT_OF_MEMORY → TOO_BIG, a dead worker → its verdict…
Ending ending_of(const CallFailure&, std::string_view doing);

/// The same as a failed step.
tl::unexpected<Ending> end(const CallFailure&, std::string_view doing);
tl::unexpected<Ending> end(Verdict, std::string reason);

}  // namespace chipfit::judge

/// Ends the step where a call to the worker failed.
#define CHIPFIT_CALL(call, doing)                                                           \
  do {                                                                                      \
    if (auto called = (call); !called) return ::chipfit::judge::end(called.error(), doing); \
  } while (false)
