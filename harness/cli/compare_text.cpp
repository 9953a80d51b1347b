#include "harness/cli/compare_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "harness/cli/numbers.hpp"
#include "harness/cli/text.hpp"
#include "harness/compare/formats.hpp"
#include "harness/stats/median_ci.hpp"

namespace chipfit::cli {
namespace {

using compare::Line;
using compare::Pair;
using compare::Report;
using compare::SideSummary;
using compare::State;

constexpr std::size_t longest_table = 200;

std::string interval_text(double low, double high) {
  return low > 0 ? fmt::format("{}…{}", compare::ratio_text(low), compare::ratio_text(high)) : "";
}

std::string time_or_blank(double seconds) {
  return seconds > 0 ? time_text(seconds) : "";
}

/// Does somebody have to look at it?
bool calls_for_attention(State state) {
  switch (state) {
    case State::same:
    case State::inconclusive:
    case State::no_spread:
    case State::not_rated:
      return false;
    default:
      return true;
  }
}

/// The lines of a table that are shown, and how many are not.
struct Chosen {
  std::vector<const Line*> lines;
  std::size_t left_out = 0;
};
Chosen choose(const compare::Table& table, std::size_t side, Extent extent) {
  Chosen chosen;
  const bool short_enough = extent == Extent::all || table.lines.size() <= longest_table;
  for (const Line& line : table.lines)
    if (short_enough || (calls_for_attention(line.pairs[side - 1].state) && chosen.lines.size() < longest_table))
      chosen.lines.push_back(&line);
  chosen.left_out = table.lines.size() - chosen.lines.size();
  return chosen;
}

/// The fewest columns at which labels that are cut in the middle can still be told apart.
std::size_t telling_width(const Report& report, const Chosen& chosen) {
  constexpr std::size_t least = 16, most = 48;
  for (std::size_t width = least; width < most; width += 2) {
    std::set<std::string> shown;
    for (const Line* line : chosen.lines) shown.insert(shorten_middle(printable(report.rows[line->row]), width));
    if (shown.size() == chosen.lines.size()) return width;
  }
  return most;
}

void add_wrapped(std::string& text, const std::string& words, const Paper& paper) {
  const auto width = paper.width ? std::max<std::size_t>(*paper.width - 2, 20) : std::size_t{1000};
  bool first = true;
  for (const auto& line : wrapped(words, width)) {
    text += (first ? "" : "  ") + line + "\n";
    first = false;
  }
}

std::string side_table(const Report& report, const compare::Table& table, std::size_t side, const Paper& paper,
                       Extent extent) {
  const SideSummary& summary = table.sides[side];
  const Chosen chosen = choose(table, side, extent);
  const bool cycles = summary.cycles_ratio.n > 0;
  cli::Table out;
  out.columns = {{.title = "case", .shortest = telling_width(report, chosen)},
                 {.title = "A", .align = Align::right, .leave_out = 3},
                 {.title = "B", .align = Align::right, .leave_out = 2},
                 {.title = "B/A", .align = Align::right},
                 {.title = "95 % interval", .align = Align::right, .leave_out = 4}};
  if (cycles) out.columns.push_back({.title = "cycles", .align = Align::right, .leave_out = 5});
  out.columns.push_back({.title = "state"});
  for (const Line* line : chosen.lines) {
    const Pair& pair = line->pairs[side - 1];
    cli::Table::Line cells{{{printable(report.rows[line->row])},
                            {time_or_blank(line->cells[0].time_s)},
                            {time_or_blank(line->cells[side].time_s)},
                            {compare::ratio_text(pair.ratio)},
                            {interval_text(pair.low, pair.high)}},
                           ""};
    if (cycles) cells.cells.push_back({compare::ratio_text(pair.cycles_ratio)});
    cells.cells.push_back({std::string(name(pair.state)), tone_of(pair.state)});
    out.lines.push_back(std::move(cells));
  }
  cli::Table::Line mean{{{fmt::format("geomean of {}", counted(static_cast<std::uint64_t>(summary.ratio.n), "case"))},
                         {},
                         {},
                         {compare::ratio_text(summary.ratio.value)},
                         {interval_text(summary.ratio.interval.low, summary.ratio.interval.high)}},
                        ""};
  if (cycles) mean.cells.push_back({compare::ratio_text(summary.cycles_ratio.value)});
  out.lines.push_back(std::move(mean));
  std::string text = render(out, paper.width, paper.colour);
  if (chosen.left_out > 0)
    add_wrapped(text,
                fmt::format("{} not shown; --all shows every one, --format csv is for programs",
                            counted(chosen.left_out, "line")),
                paper);
  return text;
}

/// "3 SLOWER, 2 FASTER", and below the reasons that were given.
void add_counts(std::string& text, const compare::Table& table, std::size_t side, const Paper& paper) {
  std::map<State, std::size_t> counts;
  std::map<std::pair<State, std::string>, std::size_t> reasons;
  for (const Line& line : table.lines) {
    const Pair& pair = line.pairs[side - 1];
    ++counts[pair.state];
    if (!pair.reason.empty()) ++reasons[{pair.state, pair.reason}];
  }
  std::string list;
  for (const auto& [state, count] : counts)
    list += fmt::format("{}{} {}", list.empty() ? "" : ", ", count_text(count), name(state));
  add_wrapped(text, fmt::format("{}: {}", counted(table.lines.size(), "case"), list), paper);
  for (const auto& [reason, count] : reasons)
    add_wrapped(text, fmt::format("{}, {}: {}", name(reason.first), counted(count, "case"), printable(reason.second)),
                paper);
}

void add_method(std::string& text, const Report& report, const SideSummary& side, const Paper& paper) {
  if (side.tested == 0) return;
  std::string method = fmt::format(
      "Tested: {} with {} launches a side or more, differences beyond ±{} at a false "
      "discovery rate of {}: moderated t",
      counted(static_cast<std::uint64_t>(side.tested), "case"), side.fewest_launches, percent_text(report.rule.delta),
      percent_text(report.rule.q));
  if (side.rank_tested > 0)
    method += fmt::format("; {} by the rank test, because a launch lies far off",
                          counted(static_cast<std::uint64_t>(side.rank_tested), "case"));
  add_wrapped(text, method + ".", paper);
  const auto& f = side.feasibility;
  if (f.smallest_ratio > 1)
    add_wrapped(text,
                fmt::format("Could be found: one case alone that is slower by {} or more (four times in five){}.",
                            percent_text(f.smallest_ratio - 1),
                            f.rank_test ? ""
                                        : fmt::format("; where launches lie far off, {} launches a side are needed",
                                                      std::max(f.rank_launches, stats::fewest_rank_launches))),
                paper);
  const double shift = std::exp(side.shift.log_shift);
  if (!side.shift.found) return;
  add_wrapped(
      text,
      side.identical_subject
          ? fmt::format("ENVIRONMENT_SHIFT: both sides are the same chip, backend, driver and host, and the "
                        "median case moved by a factor of {}: the machine changed, not the backend.",
                        compare::ratio_text(shift))
          : fmt::format("All cases together moved by a factor of {} (median case).", compare::ratio_text(shift)),
      paper);
}

}  // namespace

Tone tone_of(State state) {
  switch (state) {
    case State::faster:
    case State::same:
    case State::mended:
      return Tone::good;
    case State::slower:
    case State::broken:
    case State::only_in_a:
      return Tone::bad;
    case State::inconclusive:
    case State::environment_shift:
    case State::not_comparable:
    case State::implausible:
      return Tone::warning;
    case State::no_spread:
    case State::only_in_b:
    case State::not_rated:
      return Tone::faint;
  }
  return Tone::plain;
}

std::string comparison_text(const Report& report, const Paper& paper, Extent extent) {
  std::string text;
  for (const compare::Table& table : report.tables) {
    for (std::size_t side = 1; side < table.sides.size(); ++side) {
      if (!text.empty()) text += "\n";
      if (!table.label.empty()) add_wrapped(text, printable(table.label), paper);
      const auto line = [](char letter, const SideSummary& s) {
        return fmt::format("{}  {}{}", letter, printable(s.label), s.about.empty() ? "" : ": " + printable(s.about));
      };
      for (const auto& about : {line('A', table.sides[0]), line('B', table.sides[side])})
        text += (paper.width ? shorten_end(about, *paper.width) : about) + "\n";
      text += "\n" + side_table(report, table, side, paper, extent) + "\n";
      add_counts(text, table, side, paper);
      add_method(text, report, table.sides[side], paper);
    }
  }
  for (const auto& note : report.footnotes) add_wrapped(text, "Note: " + printable(note), paper);
  return text;
}

std::string strip_plot(const std::vector<double>& a_s, const std::vector<double>& b_s, std::size_t width) {
  constexpr std::size_t margin = 3;
  if (a_s.empty() || b_s.empty() || width < margin + 10) return {};
  const double low = std::min(*std::ranges::min_element(a_s), *std::ranges::min_element(b_s));
  const double high = std::max(*std::ranges::max_element(a_s), *std::ranges::max_element(b_s));
  const std::size_t room = width - margin;
  const auto place = [&](double x) {
    return high > low ? static_cast<std::size_t>(std::round((x - low) / (high - low) * static_cast<double>(room - 1)))
                      : room / 2;
  };
  std::string text;
  for (const auto& [letter, side] : {std::pair{'A', &a_s}, std::pair{'B', &b_s}}) {
    std::vector<int> count(room, 0);
    for (const double x : *side) ++count[place(x)];
    std::string strip(room, ' ');
    for (std::size_t i = 0; i < room; ++i)
      if (count[i] > 0) strip[i] = count[i] == 1 ? 'o' : static_cast<char>('0' + std::min(count[i], 9));
    const std::size_t middle = place(stats::median(*side));
    if (strip[middle] == ' ') strip[middle] = '|';
    strip.erase(strip.find_last_not_of(' ') + 1);
    text += fmt::format("{}  {}\n", letter, strip);
  }
  const std::string left = time_text(low), right = time_text(high);
  const std::size_t used = display_width(left) + display_width(right);
  return text + fmt::format("   {}{}{}\n", left, std::string(room > used ? room - used : 1, ' '), right);
}

std::string explain_text(const Report& report, const compare::Table& table, const Line& line, std::size_t side,
                         const std::vector<double>& a_s, const std::vector<double>& b_s, stats::Interval bootstrap,
                         const Paper& paper) {
  const Pair& pair = line.pairs[side - 1];
  const auto& s = pair.statistics;
  std::string text = printable(report.rows[line.row]) + "\n";
  const auto add = [&](const std::string& words) { add_wrapped(text, words, paper); };
  add(fmt::format("{}{}", name(pair.state), pair.reason.empty() ? "" : ": " + printable(pair.reason)));
  const auto list = [](const std::vector<double>& times) {
    std::string joined;
    for (const double t : times) joined += fmt::format("{}{}", joined.empty() ? "" : ", ", time_text(t));
    return joined.empty() ? std::string("no rated launch") : joined;
  };
  add(fmt::format("A ({}): {}", printable(table.sides[0].label), list(a_s)));
  add(fmt::format("B ({}): {}", printable(table.sides[side].label), list(b_s)));
  text += strip_plot(a_s, b_s, std::min<std::size_t>(paper.width.value_or(80), 80));
  if (pair.ratio > 0) add(fmt::format("Ratio of times B/A: {}", compare::ratio_text(pair.ratio)));
  if (pair.low > 0) add(fmt::format("95 % interval by the test: {}", interval_text(pair.low, pair.high)));
  if (bootstrap.low > 0)
    add(fmt::format("95 % interval by bootstrap over launches and their rounds: {}",
                    interval_text(bootstrap.low, bootstrap.high)));
  if (pair.cycles_ratio > 0) add(fmt::format("Ratio of cycles B/A: {}", compare::ratio_text(pair.cycles_ratio)));
  if (s.test == stats::LaunchTest::none) return text;
  add(fmt::format(
      "Test: {}, {}", stats::name(s.test),
      s.outlying ? "because a launch lies more than 5 deviations from its side's median" : "no launch lies far off"));
  add(fmt::format("Different beyond ±{}: p = {:.2g}, q = {:.2g} among {} (a difference is reported up to q = {})",
                  percent_text(report.rule.delta), s.p, s.q,
                  counted(static_cast<std::uint64_t>(table.sides[side].tested), "tested case"), report.rule.q));
  add(fmt::format("The same within ±{}: p = {:.2g} (said up to {})", percent_text(report.rule.delta), s.p_same,
                  report.rule.same_p));
  add(fmt::format("Different at all: p = {:.2g} (decides nothing)", s.p_point));
  return text;
}

}  // namespace chipfit::cli
