#include "harness/compare/cells.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "harness/stats/median_ci.hpp"

namespace chipfit::compare {
namespace {

using results::Column;

bool ignored(std::span<const Key> ignore, Column column) {
  return std::ranges::find(ignore, Key{column}) != ignore.end();
}

/// The first rule or subject in which two sets of conditions differ; rules that are blank on one side are unknown.
std::optional<Column> difference(const Dataset& data, std::uint32_t a, std::uint32_t b, KeyClass wanted,
                                 std::span<const Key> ignore) {
  if (a == b) return std::nullopt;
  for (const Column column : condition_columns()) {
    if (class_of({column}) != wanted || ignored(ignore, column)) continue;
    const auto left = rule_value(column, data.value(a, {column})), right = rule_value(column, data.value(b, {column}));
    if (left != right && !(wanted == KeyClass::rule && (left.empty() || right.empty()))) return column;
  }
  return std::nullopt;
}

Pair decided(State state, std::string reason = {}) {
  Pair pair;
  pair.state = state;
  pair.reason = std::move(reason);
  return pair;
}

std::string shown(std::string_view text) {
  return text.empty() ? "blank" : fmt::format("'{}'", text);
}

bool only_refused(const Cell& cell) {
  return cell.verdict == Verdict::unsupported || cell.verdict == Verdict::too_big;
}

}  // namespace

Cell summarise(const Dataset& data, std::span<const Observation* const> rows, std::span<const Key> ignore) {
  Cell cell;
  if (rows.empty()) return cell;
  cell.present = true;
  cell.conditions = rows[0]->conditions;
  cell.verdict = rows[0]->verdict;
  cell.rated = true;
  std::vector<double> times, clocks;
  for (const Observation* row : rows) {
    cell.verdict = graver(cell.verdict, row->verdict);
    cell.rated = cell.rated && info(row->verdict).rated;
    cell.implausible = cell.implausible || row->implausible;
    cell.unchecked = cell.unchecked || row->verdict == Verdict::unchecked;
    if (row->time_s > 0) times.push_back(row->time_s);
    if (row->clock_hz > 0) clocks.push_back(row->clock_hz);
    if (!cell.mixed) cell.mixed = difference(data, cell.conditions, row->conditions, KeyClass::subject, ignore);
    if (!cell.mixed) cell.mixed = difference(data, cell.conditions, row->conditions, KeyClass::rule, ignore);
  }
  cell.launches = static_cast<int>(times.size());
  if (cell.rated) cell.time_s = stats::median(times);
  if (cell.rated && clocks.size() == times.size()) cell.clock_hz = stats::median(clocks);
  return cell;
}

std::vector<double> log_medians(std::span<const Observation* const> rows) {
  std::vector<double> logs;
  logs.reserve(rows.size());
  for (const Observation* row : rows)
    if (row->time_s > 0) logs.push_back(std::log(row->time_s));
  return logs;
}

std::optional<Pair> verdict_without_test(const Dataset& data, const Cell& a, const Cell& b,
                                         std::span<const Key> ignore) {
  if (!a.present) return decided(State::only_in_b);
  if (!b.present) return decided(State::only_in_a);
  for (const Cell* cell : {&a, &b})
    if (cell->mixed)
      return decided(State::not_comparable,
                     fmt::format("{} differs inside one side", results::info(*cell->mixed).name));
  if (const auto rule = difference(data, a.conditions, b.conditions, KeyClass::rule, ignore))
    return decided(State::not_comparable,
                   fmt::format("{}: {} and {}", results::info(*rule).name, shown(data.value(a.conditions, {rule})),
                               shown(data.value(b.conditions, {rule}))));
  if (!a.rated || !b.rated) {
    std::string verdicts = fmt::format("{} to {}", info(a.verdict).name, info(b.verdict).name);
    const bool same_backend =
        data.value(a.conditions, {Column::backend}) == data.value(b.conditions, {Column::backend});
    if (!a.rated && !b.rated) return decided(State::not_rated, std::move(verdicts));
    // That another backend does not offer a case is no regression; that the same one no longer does is.
    if (only_refused(a) && !same_backend) return decided(State::only_in_b, std::move(verdicts));
    if (only_refused(b) && !same_backend) return decided(State::only_in_a, std::move(verdicts));
    return decided(a.rated ? State::broken : State::mended, std::move(verdicts));
  }
  Pair pair;
  pair.ratio = b.time_s / a.time_s;
  if (a.clock_hz > 0 && b.clock_hz > 0) pair.cycles_ratio = pair.ratio * b.clock_hz / a.clock_hz;
  const int launches = std::min(a.launches, b.launches);
  if (a.implausible || b.implausible) {
    pair.state = State::implausible;
    pair.reason = "a rate above its own peak is no record";
    return pair;
  }
  if (launches >= stats::fewest_launches) return std::nullopt;
  pair.state = a.unchecked || b.unchecked ? State::no_spread : State::inconclusive;
  pair.reason = fmt::format("{} cannot support a verdict: {} a side are needed",
                            launches == 1 ? "1 launch" : fmt::format("{} launches", launches), stats::fewest_launches);
  return pair;
}

bool same_subject(const Dataset& data, std::uint32_t a, std::uint32_t b) {
  for (const Column needed : {Column::chip, Column::backend, Column::host})
    if (data.value(a, {needed}).empty()) return false;
  return !difference(data, a, b, KeyClass::subject, {});
}

}  // namespace chipfit::compare
