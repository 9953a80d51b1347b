#pragma once
#include <string>
#include <vector>

#include "harness/cli/console.hpp"
#include "harness/judge/isolation_trial.hpp"
#include "kernels/base/result.hpp"

namespace chipfit::cli {

/// The level that workers get, and those that a plugin may get which does not start there, strongest first.
struct IsolationChoice {
  sandbox::Isolation level = sandbox::Isolation::l0;
  std::vector<sandbox::Isolation> weaker;
};

/// The level that workers get. `asked` is what a plan holds: "auto" (the strongest that works here; what does not work
/// is said as a note), a level ("L1"), or "in-process" (then L0: plugins are still asked for their devices in a
/// worker). Errors (unavailable): the level that was asked for does not work here, or is weaker than `required` (may be
/// empty). Only "auto" has weaker levels: none below `required`, and never L0, so that a plugin cannot choose to run
/// free.
Result<IsolationChoice> choose_isolation(const std::string& asked, const std::string& required, Console&);

/// A level's name, or "auto" where that is taken. Error (usage): the words that are possible.
enum class AutoWord { refused, taken };
Result<void> check_isolation_word(const std::string& option, const std::string& word, AutoWord);

/// What levels are tried with here.
judge::TrialPrograms trial_programs();

}  // namespace chipfit::cli
