#include "harness/cli/results_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <vector>

#include "harness/cli/text.hpp"
#include "harness/results/verdict.hpp"
#include "kernels/base/numbers.hpp"

namespace chipfit::cli {
namespace {

using results::Column;
using results::Row;

std::string cell(const Row& row, Column column) {
  return printable(row.text(column));
}

std::string or_blank(std::optional<double> value, std::string (*text)(double)) {
  return value ? text(*value) : "";
}

std::string heading(const Row& row) {
  auto text = cell(row, Column::backend);
  if (const auto version = cell(row, Column::backend_version); !version.empty()) text += " " + version;
  if (const auto chip = cell(row, Column::chip); !chip.empty()) text += " on " + chip;
  if (const auto index = cell(row, Column::device_index); !index.empty()) text += ", device " + index;
  return text;
}

std::string short_rate(double flop_per_s) {
  return si_text(flop_per_s, "", 3);
}
std::string interval(double ratio) {
  return fmt::format("±{}", percent_text(ratio));
}

/// "UNSUPPORTED, 8 rows, openblas: no kernel for f16".
struct Reason {
  std::string verdict, backend, reason;
  auto operator<=>(const Reason&) const = default;
};

void add_lines(std::string& text, const std::string& first_indent, const std::string& indent, const std::string& words,
               const Paper& paper) {
  const auto width = paper.width ? std::max<std::size_t>(*paper.width - indent.size(), 20) : std::size_t{1000};
  bool first = true;
  for (const auto& line : wrapped(words, width)) {
    text += (first ? first_indent : indent) + line + "\n";
    first = false;
  }
}

/// "verdict" joined counts: "32 OK, 8 UNSUPPORTED", the most frequent first.
std::string counts_text(const std::map<std::string, std::size_t>& counts) {
  std::vector<std::pair<std::string, std::size_t>> sorted(counts.begin(), counts.end());
  std::stable_sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) { return a.second > b.second; });
  std::string text;
  for (const auto& [name, count] : sorted) text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count, name);
  return text;
}

/// The fewest columns at which ids that are cut in the middle can still be told apart.
std::size_t telling_width(std::span<const Row> rows) {
  constexpr std::size_t least = 20, most = 48;
  std::set<std::string> ids;
  for (const auto& row : rows) ids.insert(cell(row, Column::case_id));
  for (std::size_t width = least; width < most; ++width) {
    std::set<std::string> shown;
    for (const auto& id : ids) shown.insert(shorten_middle(id, width));
    if (shown.size() == ids.size()) return width;
  }
  return most;
}

nlohmann::json typed(const Row& row, const results::ColumnInfo& column) {
  const auto& text = row.text(column.id);
  if (text.empty()) return nullptr;
  if (column.type == results::ColumnType::integer) {
    if (const auto value = row.integer(column.id)) return *value;
  } else if (column.type == results::ColumnType::real) {
    if (const auto value = row.real(column.id)) return *value;
  }
  return text;
}

}  // namespace

Tone tone_of(const std::string& verdict) {
  const auto parsed = parse_verdict(verdict);
  if (!parsed) return Tone::bad;
  return info(*parsed).rated ? Tone::good : info(*parsed).acceptable ? Tone::warning : Tone::bad;
}

std::optional<double> relative_half_width(const Row& row) {
  const auto median = row.real(Column::time_median_s), low = row.real(Column::time_ci_low_s),
             high = row.real(Column::time_ci_high_s);
  if (!median || !low || !high || !(*median > 0)) return std::nullopt;
  return (*high - *low) / 2 / *median;
}

std::optional<double> share_of_peak(const Row& row) {
  const auto rate = row.real(Column::rate_flop_per_s), peak = row.real(Column::peak_empirical_flop_per_s);
  if (!rate || !peak || !(*peak > 0)) return std::nullopt;
  return *rate / *peak;
}

std::string results_table(std::span<const Row> rows, const Paper& paper) {
  Table table;
  const bool launches = std::any_of(rows.begin(), rows.end(), [&](const Row& row) {
    return row.text(Column::launch) != rows.front().text(Column::launch);
  });
  table.columns = {{.title = "case", .shortest = telling_width(rows)}, {.title = "verdict"}};
  if (launches) table.columns.insert(table.columns.begin() + 1, {.title = "launch", .align = Align::right});
  table.columns.push_back({.title = "median", .align = Align::right});
  table.columns.push_back({.title = "CI", .align = Align::right, .leave_out = 1});
  table.columns.push_back({.title = "FLOP/s", .align = Align::right});
  table.columns.push_back({.title = "peak", .align = Align::right, .leave_out = 3});
  table.columns.push_back({.title = "grade", .leave_out = 2});

  std::vector<std::string> groups;  // in the order of the rows
  std::map<std::string, std::vector<const Row*>> by_group;
  for (const auto& row : rows) {
    const auto group = heading(row);
    auto& members = by_group[group];
    if (members.empty()) groups.push_back(group);
    members.push_back(&row);
  }
  for (const auto& group : groups) {
    table.lines.push_back({.cells = {}, .heading = group});
    for (const Row* row : by_group[group]) {
      const auto verdict = cell(*row, Column::verdict);
      Table::Line line{{{cell(*row, Column::case_id), Tone::plain}, {verdict, tone_of(verdict)}}, ""};
      if (launches) line.cells.insert(line.cells.begin() + 1, {cell(*row, Column::launch), Tone::plain});
      line.cells.push_back({or_blank(row->real(Column::time_median_s), time_text), Tone::plain});
      line.cells.push_back({or_blank(relative_half_width(*row), interval), Tone::plain});
      line.cells.push_back({or_blank(row->real(Column::rate_flop_per_s), short_rate), Tone::plain});
      line.cells.push_back({or_blank(share_of_peak(*row), percent_text), Tone::plain});
      line.cells.push_back({cell(*row, Column::grade), Tone::plain});
      table.lines.push_back(std::move(line));
    }
  }
  return render(table, paper.width, paper.colour);
}

std::string results_digest(std::span<const Row> rows, const Paper& paper,
                           const std::function<std::string(const Row&)>& reproduction_line) {
  std::map<std::string, std::size_t> verdicts, conditions;
  std::vector<Reason> order;  // failures first, else as met
  std::map<Reason, std::vector<const Row*>> reasons;
  for (const auto& row : rows) {
    const auto verdict = cell(row, Column::verdict);
    ++verdicts[verdict];
    std::string_view list = row.text(Column::conditions);
    while (!list.empty()) {
      const auto end = list.find(';');
      ++conditions[printable(list.substr(0, end))];
      list = end == std::string_view::npos ? std::string_view() : list.substr(end + 1);
    }
    if (tone_of(verdict) == Tone::good) continue;
    const Reason reason{verdict, cell(row, Column::backend), cell(row, Column::reason)};
    auto& members = reasons[reason];
    if (members.empty()) order.push_back(reason);
    members.push_back(&row);
  }
  std::stable_partition(order.begin(), order.end(), [](const Reason& r) { return tone_of(r.verdict) == Tone::bad; });

  std::string text;
  add_lines(text, "", "  ",
            fmt::format("{}{}{}", counted(rows.size(), "row"), rows.empty() ? "" : ": ", counts_text(verdicts)), paper);
  if (!conditions.empty()) add_lines(text, "", "  ", fmt::format("conditions: {}", counts_text(conditions)), paper);
  for (const auto& reason : order) {
    const auto& members = reasons[reason];
    const auto tone = tone_of(reason.verdict);
    std::string block;
    add_lines(block, "", "  ",
              fmt::format("{} {}, {}: {}", reason.backend, reason.verdict, counted(members.size(), "row"),
                          reason.reason.empty() ? "no reason was given" : reason.reason),
              paper);
    if (const auto at = block.find(reason.verdict); !reason.verdict.empty() && at != std::string::npos) {
      block.replace(at, reason.verdict.size(), painted(reason.verdict, tone, paper.colour));
    }
    text += block;
    if (tone != Tone::bad) continue;
    std::set<std::string> commands;  // launches of a case share one
    for (const Row* row : members) {
      // Not wrapped: it is there to be copied.
      auto command = printable(reproduction_line(*row));
      if (commands.insert(command).second) text += "  again: " + command + "\n";
    }
  }
  return text;
}

std::string results_json(std::span<const Row> rows, const std::string& folder, bool interrupted) {
  nlohmann::ordered_json value{{"run", folder}, {"interrupted", interrupted}, {"rows", nlohmann::json::array()}};
  for (const auto& row : rows) {
    nlohmann::ordered_json object;
    for (const auto& column : results::all_columns()) object[std::string(column.name)] = typed(row, column);
    value["rows"].push_back(std::move(object));
  }
  return value.dump(1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

}  // namespace chipfit::cli
