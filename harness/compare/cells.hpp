#pragma once
#include <span>
#include <vector>

#include "harness/compare/report.hpp"

namespace chipfit::compare {

/// What the rows of one case and one side say together. Conditions in `ignore` may differ between them.
Cell summarise(const Dataset&, std::span<const Observation* const>, std::span<const Key> ignore);

/// Logs of the launch medians of the rated rows.
std::vector<double> log_medians(std::span<const Observation* const>);

/// What can be said of b against a without statistics; nothing where both are rated and comparable, so that a test has
/// to say it.
std::optional<Pair> verdict_without_test(const Dataset&, const Cell& a, const Cell& b, std::span<const Key> ignore);

/// Chip, backend, driver, host and all other subjects are known and the same.
bool same_subject(const Dataset&, std::uint32_t conditions_a, std::uint32_t conditions_b);

}  // namespace chipfit::compare
