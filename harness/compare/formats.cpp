#include "harness/compare/formats.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "kernels/base/csv.hpp"

namespace chipfit::compare {
namespace {

using nlohmann::ordered_json;

/// A cell of a Markdown table: '|' would end it.
std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '|') out += '\\';
    out += c;
  }
  return out;
}

std::string seconds(double s) {
  return s > 0 ? fmt::format("{:.4g}", s) : "";
}

std::string interval(double low, double high) {
  return low > 0 ? fmt::format("{} … {}", ratio_text(low), ratio_text(high)) : "";
}

ordered_json or_null(double value) {
  return value > 0 ? ordered_json(value) : ordered_json(nullptr);
}

std::string number(double value) {
  return value > 0 ? fmt::format("{}", value) : "";
}

ordered_json to_json(const stats::GeometricMean& mean) {
  if (mean.n == 0) return nullptr;
  return {{"ratio", mean.value}, {"low", mean.interval.low}, {"high", mean.interval.high}, {"cases", mean.n}};
}

ordered_json side_json(const SideSummary& side) {
  return {{"label", side.label},
          {"about", side.about},
          {"identical_subject", side.identical_subject},
          {"geomean", to_json(side.ratio)},
          {"geomean_cycles", to_json(side.cycles_ratio)},
          {"tested", side.tested},
          {"rank_tested", side.rank_tested},
          {"fewest_launches", side.fewest_launches},
          {"smallest_ratio_found", or_null(side.feasibility.smallest_ratio)},
          {"rank_test_launches", side.feasibility.rank_launches},
          {"log_shift", side.shift.log_shift},
          {"shift_found", side.shift.found}};
}

ordered_json case_json(const Report& report, const Table& table, const Line& line, std::size_t side) {
  const Pair& pair = line.pairs[side - 1];
  const Cell &a = line.cells[0], &b = line.cells[side];
  const auto& s = pair.statistics;
  const bool tested = s.test != stats::LaunchTest::none;
  return {{"case", report.rows[line.row]},
          {"side", table.sides[side].label},
          {"state", name(pair.state)},
          {"reason", pair.reason},
          {"ratio", or_null(pair.ratio)},
          {"ratio_low", or_null(pair.low)},
          {"ratio_high", or_null(pair.high)},
          {"cycles_ratio", or_null(pair.cycles_ratio)},
          {"test", stats::name(s.test)},
          {"p", tested ? ordered_json(s.p) : ordered_json(nullptr)},
          {"q", tested ? ordered_json(s.q) : ordered_json(nullptr)},
          {"p_same", tested ? ordered_json(s.p_same) : ordered_json(nullptr)},
          {"time_a_s", or_null(a.time_s)},
          {"time_b_s", or_null(b.time_s)},
          {"launches_a", a.launches},
          {"launches_b", b.launches},
          {"verdict_a", a.present ? ordered_json(info(a.verdict).name) : ordered_json(nullptr)},
          {"verdict_b", b.present ? ordered_json(info(b.verdict).name) : ordered_json(nullptr)}};
}

}  // namespace

std::string ratio_text(double ratio) {
  if (!(ratio > 0)) return "";
  return ratio >= 100 || ratio < 0.01 ? fmt::format("{:.3g}", ratio) : fmt::format("{:.3f}", ratio);
}

std::string to_markdown(const Report& report) {
  std::string text;
  for (const Table& table : report.tables) {
    if (!table.label.empty()) text += fmt::format("### {}\n\n", escaped(table.label));
    for (std::size_t side = 1; side < table.sides.size(); ++side) {
      const SideSummary& summary = table.sides[side];
      text += fmt::format("A: {} ({}); B: {} ({})\n\n", escaped(table.sides[0].label), escaped(table.sides[0].about),
                          escaped(summary.label), escaped(summary.about));
      const bool cycles = summary.cycles_ratio.n > 0;
      text += fmt::format("| case | A, s | B, s | B/A | 95 % interval |{} state | reason |\n",
                          cycles ? " cycles B/A |" : "");
      text += fmt::format("|---|---:|---:|---:|---:|{}---|---|\n", cycles ? "---:|" : "");
      for (const Line& line : table.lines) {
        const Pair& pair = line.pairs[side - 1];
        text += fmt::format("| {} | {} | {} | {} | {} |{} {} | {} |\n", escaped(report.rows[line.row]),
                            seconds(line.cells[0].time_s), seconds(line.cells[side].time_s), ratio_text(pair.ratio),
                            interval(pair.low, pair.high), cycles ? " " + ratio_text(pair.cycles_ratio) + " |" : "",
                            name(pair.state), escaped(pair.reason));
      }
      text += fmt::format("| geomean of {} cases | | | {} | {} |{} | |\n\n", summary.ratio.n,
                          ratio_text(summary.ratio.value),
                          interval(summary.ratio.interval.low, summary.ratio.interval.high),
                          cycles ? " " + ratio_text(summary.cycles_ratio.value) + " |" : "");
    }
  }
  for (const auto& warning : report.warnings) text += fmt::format("Warning: {}\n\n", escaped(warning));
  for (const auto& note : report.footnotes) text += fmt::format("Note: {}\n\n", escaped(note));
  return text;
}

std::string to_csv(const Report& report) {
  std::string text =
      "table,case,baseline,side,state,reason,ratio,ratio_low,ratio_high,cycles_ratio,test,p,q,p_same,time_a_s,time_b_s,"
      "launches_a,launches_b,verdict_a,verdict_b\n";
  for (const Table& table : report.tables) {
    for (const Line& line : table.lines) {
      for (std::size_t side = 1; side < table.sides.size(); ++side) {
        const Pair& pair = line.pairs[side - 1];
        const Cell &a = line.cells[0], &b = line.cells[side];
        const auto& s = pair.statistics;
        const bool tested = s.test != stats::LaunchTest::none;
        const auto p = [&](double value) { return tested ? fmt::format("{}", value) : std::string(); };
        const auto verdict = [](const Cell& c) {
          return c.present ? std::string(info(c.verdict).name) : std::string();
        };
        text += csv::line({table.label,
                           report.rows[line.row],
                           table.sides[0].label,
                           table.sides[side].label,
                           std::string(name(pair.state)),
                           pair.reason,
                           number(pair.ratio),
                           number(pair.low),
                           number(pair.high),
                           number(pair.cycles_ratio),
                           std::string(stats::name(s.test)),
                           p(s.p),
                           p(s.q),
                           p(s.p_same),
                           number(a.time_s),
                           number(b.time_s),
                           std::to_string(a.launches),
                           std::to_string(b.launches),
                           verdict(a),
                           verdict(b)}) +
                "\n";
      }
    }
  }
  return text;
}

std::string to_json(const Report& report) {
  ordered_json value{{"schema", "comparison-v1"},        {"delta", report.rule.delta},  {"q", report.rule.q},
                     {"counts", ordered_json::object()}, {"warnings", report.warnings}, {"notes", report.footnotes},
                     {"tables", ordered_json::array()}};
  for (const State state : all_states())
    if (const auto count = report.count(state); count > 0) value["counts"][std::string(name(state))] = count;
  for (const Table& table : report.tables) {
    ordered_json one{{"label", table.label}, {"sides", ordered_json::array()}, {"cases", ordered_json::array()}};
    for (const SideSummary& side : table.sides) one["sides"].push_back(side_json(side));
    for (const Line& line : table.lines)
      for (std::size_t side = 1; side < table.sides.size(); ++side)
        one["cases"].push_back(case_json(report, table, line, side));
    value["tables"].push_back(std::move(one));
  }
  return value.dump(1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

}  // namespace chipfit::compare
