#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "harness/compare/report.hpp"
#include "kernels/base/names.hpp"

namespace chipfit::compare {
namespace {

constexpr std::array kStates{
    State::faster,         State::slower,    State::same,        State::inconclusive, State::environment_shift,
    State::not_comparable, State::no_spread, State::implausible, State::broken,       State::mended,
    State::only_in_a,      State::only_in_b, State::not_rated};
constexpr std::array<std::string_view, kStates.size()> kNames{
    "FASTER",      "SLOWER", "SAME",   "INCONCLUSIVE", "ENVIRONMENT_SHIFT", "NOT_COMPARABLE", "NO_SPREAD",
    "IMPLAUSIBLE", "BROKEN", "MENDED", "ONLY_IN_A",    "ONLY_IN_B",         "NOT_RATED"};

}  // namespace

std::string_view name(State state) {
  return kNames[static_cast<std::size_t>(state)];
}

std::span<const State> all_states() {
  return kStates;
}

Result<State> parse_state(std::string_view text) {
  std::string upper(text);
  for (char& c : upper) c = c == '-' ? '_' : c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  if (upper == "MISSING") return State::only_in_a;
  const std::vector<std::string> names(kNames.begin(), kNames.end());
  const auto found = find_name(upper, "a state of a comparison", names);
  if (!found) return pass_on(found.error());
  return kStates[*found];
}

}  // namespace chipfit::compare
