#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "harness/report/comparison.hpp"
#include "harness/report/sections.hpp"
#include "kernels/base/numbers.hpp"

namespace chipfit::report {

using compare::State;
using results::Column;
using Kind = HtmlTable::Column::Kind;

namespace {

/// Cases listed one by one; the counts above are over all.
constexpr std::size_t listed_cases = 200;

/// The states in the order in which a reader wants to see them.
constexpr std::array attention{State::broken,        State::slower,      State::faster,
                               State::mended,        State::implausible, State::same,
                               State::inconclusive,  State::no_spread,   State::environment_shift,
                               State::not_comparable};

std::string state_html(Writer& writer, State state) {
  const bool good = state == State::faster || state == State::same || state == State::mended;
  const bool bad = state == State::slower || state == State::broken;
  return fmt::format("<span class=\"verdict {}\">{}</span>",
                     good  ? "good"
                     : bad ? "bad"
                           : "dim",
                     writer.say(fmt::format("state.{}", compare::name(state))));
}

std::string pair_of(const Model& model, std::size_t subject, const std::string& case_id = {}) {
  const auto side = [&](std::size_t s) {
    Filter filter;
    filter.where("subject", model.subjects[s].label);
    if (!case_id.empty()) filter.where("case_id", case_id);
    return filter.text();
  };
  return fmt::format("{}|{}", side(subject), side(0));
}

/// Times are compared, rates are shown: the ratio of rates and its interval are those of the times turned over.
std::string ratio_html(double ratio, const std::string& from) {
  return ratio > 0 ? to_html(times(1 / ratio, from)) : "–";
}

std::string interval_html(double low, double high, const std::string& kind, const std::string& pair) {
  if (!(low > 0) || !(high > low)) return "–";
  return fmt::format("{} – {}", to_html(times(1 / high, fmt::format("{}_low:{}", kind, pair))),
                     to_html(times(1 / low, fmt::format("{}_high:{}", kind, pair))));
}

void write_summary_table(Writer& writer, const Model& model, const std::vector<Comparison>& comparisons) {
  HtmlTable table{{{writer.say("table.subject")},
                   {writer.say("table.common"), Kind::number},
                   {writer.say("table.geomean"), Kind::number},
                   {writer.say("table.interval"), Kind::number},
                   {writer.say("state.FASTER"), Kind::number},
                   {writer.say("state.SLOWER"), Kind::number},
                   {writer.say("state.SAME"), Kind::number},
                   {writer.say("table.undecided"), Kind::number}},
                  {}};
  for (const auto& one : comparisons) {
    const auto pair = pair_of(model, one.subject);
    const auto whole = [&](std::size_t n, std::string_view kind) {
      return to_html({count_text(n), fmt::format("{}", n), fmt::format("{}:{}", kind, pair)});
    };
    const auto& mean = one.summary.ratio;
    const auto common = static_cast<std::size_t>(mean.n);
    const auto called = one.count(State::faster) + one.count(State::slower) + one.count(State::same);
    table.lines.push_back(
        {{name_html(model.subjects[one.subject].label), whole(common, "common"),
          ratio_html(mean.value, "geomean:" + pair),
          mean.n > 1 ? interval_html(mean.interval.low, mean.interval.high, "geomean", pair) : "–",
          whole(one.count(State::faster), "faster"), whole(one.count(State::slower), "slower"),
          whole(one.count(State::same), "same"), whole(common - std::min(common, called), "undecided")},
         ""});
  }
  writer.chart("comparison", "figure.comparison", "figure.comparison_hint", table);
}

struct Listed {
  const Comparison* of;
  const ComparedCase* what;
};

std::vector<Listed> worth_listing(const std::vector<Comparison>& comparisons) {
  std::vector<Listed> listed;
  for (const auto& one : comparisons)
    for (const auto& each : one.cases)
      if (std::ranges::find(attention, each.pair.state) != attention.end()) listed.push_back({&one, &each});
  const auto rank = [](const Listed& entry) {
    const double distance = entry.what->pair.ratio > 0 ? std::abs(std::log(entry.what->pair.ratio)) : 0;
    return std::pair(std::ranges::find(attention, entry.what->pair.state) - attention.begin(), -distance);
  };
  std::ranges::stable_sort(listed, {}, rank);
  return listed;
}

void write_cases(Writer& writer, const Model& model, const std::vector<Comparison>& comparisons) {
  auto listed = worth_listing(comparisons);
  if (listed.empty()) return;
  const bool several = comparisons.size() > 1;
  HtmlTable table{{{writer.say("table.case"), Kind::case_id},
                   {writer.say("table.baseline_time"), Kind::number},
                   {writer.say("table.time"), Kind::number},
                   {writer.say("table.rate_ratio"), Kind::number},
                   {writer.say("table.interval"), Kind::number},
                   {writer.say("table.q"), Kind::number},
                   {writer.say("table.comparison")}},
                  {}};
  if (several) table.columns.insert(table.columns.begin(), {writer.say("table.subject")});
  writer.paragraph(listed.size() > listed_cases ? "comparison.first_cases" : "comparison.cases");
  listed.resize(std::min(listed.size(), listed_cases));
  for (const auto& [of, what] : listed) {
    const auto pair = pair_of(model, of->subject, what->case_id);
    const auto& said = what->pair;
    const bool tested = said.statistics.test != stats::LaunchTest::none;
    const auto time = [&](const std::optional<RowIndex>& row) {
      return row ? cell_html(model, *row, Column::time_median_s) : std::string("–");
    };
    HtmlTable::Line line{{escaped(what->case_id), time(what->baseline), time(what->subject),
                          ratio_html(said.ratio, "geomean:" + pair), interval_html(said.low, said.high, "ratio", pair),
                          tested ? to_html({fmt::format("{:.2g}", said.statistics.q),
                                            fmt::format("{}", said.statistics.q), "q_value:" + pair})
                                 : "–",
                          state_html(writer, said.state)},
                         ""};
    if (several) line.cells.insert(line.cells.begin(), name_html(model.subjects[of->subject].label));
    table.lines.push_back(std::move(line));
  }
  writer.table(table, "tall");
}

}  // namespace

void write_comparison(Writer& writer, const Context& context) {
  const auto& model = context.model;
  if (!several_subjects(model)) {
    writer.paragraph("comparison.one");
    return;
  }
  const auto& comparisons = context.comparisons;
  writer.paragraph("comparison.lead", {{"baseline", name_html(model.subjects.front().label)}});
  writer.paragraph("comparison.rule", {{"delta", to_html(threshold(stats::ComparisonRule{}.delta, "delta"))},
                                       {"q", to_html(threshold(stats::ComparisonRule{}.q, "q"))}});
  const auto too_few = std::ranges::any_of(comparisons, [](const Comparison& one) {
    return std::ranges::any_of(one.cases, [](const ComparedCase& each) {
      return each.pair.state == State::inconclusive && each.pair.statistics.test == stats::LaunchTest::none;
    });
  });
  if (too_few) {
    writer.paragraph("comparison.launches", {{"command", code_html("chipfit run … --launches 10 --interleave")}});
  }
  write_summary_table(writer, model, comparisons);
  write_cases(writer, model, comparisons);
}

}  // namespace chipfit::report
