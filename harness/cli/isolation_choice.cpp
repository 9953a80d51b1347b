#include "harness/cli/isolation_choice.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "harness/cli/paths.hpp"

namespace chipfit::cli {
namespace {

using sandbox::Isolation;

constexpr const char* see_doctor = "chipfit doctor says what each level needs here";

Result<Isolation> strongest(Console& console) {
  const auto trials = judge::strongest_level(trial_programs());
  if (!trials.back().works())
    return fail(Error::Kind::unavailable, fmt::format("no worker can be started: {}", trials.back().obstacle), {},
                see_doctor);
  for (const auto& trial : trials)
    if (!trial.works())
      console.note(fmt::format("isolation {} does not work here: {}", name(trial.level), trial.obstacle));
  return trials.back().level;
}

Result<Isolation> exactly(Isolation level) {
  if (level == Isolation::l0) return level;
  const auto trial = judge::try_level(level, trial_programs());
  if (trial.works()) return level;
  return fail(Error::Kind::unavailable, fmt::format("isolation {} does not work here: {}", name(level), trial.obstacle),
              {}, fmt::format("--isolation auto takes the strongest that does; {}", see_doctor));
}

}  // namespace

Result<IsolationChoice> choose_isolation(const std::string& asked, const std::string& required, Console& console) {
  const auto level = sandbox::parse_isolation(asked);
  auto chosen = asked == "in-process" ? Result<Isolation>(Isolation::l0) : level ? exactly(*level) : strongest(console);
  if (!chosen) return pass_on(chosen.error());
  const auto least = required.empty() ? Isolation::l0 : sandbox::parse_isolation(required).value_or(Isolation::l3);
  if (*chosen >= least) {
    IsolationChoice choice{*chosen, {}};
    const bool automatic = asked != "in-process" && !level;
    for (const Isolation each : sandbox::levels_from_the_top())
      if (automatic && each < *chosen && each >= std::max(least, Isolation::l1)) choice.weaker.push_back(each);
    return choice;
  }
  return fail(Error::Kind::unavailable,
              fmt::format("isolation {} is required and {} is what this run would have", name(least),
                          asked == "in-process" ? asked : std::string(name(*chosen))),
              {}, see_doctor);
}

Result<void> check_isolation_word(const std::string& option, const std::string& word, AutoWord auto_word) {
  if (word.empty() || sandbox::parse_isolation(word) || (auto_word == AutoWord::taken && word == "auto")) return {};
  return fail(Error::Kind::usage, fmt::format("{}: '{}' is no isolation level", option, word), {},
              fmt::format("{}L0, L1, L1+Landlock, L2, L3", auto_word == AutoWord::taken ? "auto, " : ""));
}

judge::TrialPrograms trial_programs() {
  const auto worker = worker_binary();
  return {worker, worker.parent_path().parent_path() / "lib/chipfit/plugins/reference.so"};
}

}  // namespace chipfit::cli
