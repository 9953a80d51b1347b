#include "harness/compare/report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "harness/compare/cells.hpp"

namespace chipfit::compare {
namespace {

using results::Column;

std::string joined_values(const Dataset& data, std::uint32_t conditions, const std::vector<Key>& keys) {
  std::string text;
  for (const Key& key : keys) {
    const auto value = data.value(conditions, key);
    text += fmt::format("{}{}", text.empty() ? "" : " ", value.empty() ? fmt::format("(no {})", name(key)) : value);
  }
  return text;
}

/// "chip V100, device_index 0": what a table is about.
std::string table_label(const Dataset& data, std::uint32_t conditions, const std::vector<Key>& keys) {
  std::string text;
  for (const Key& key : keys)
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", name(key), data.value(conditions, key));
  return text;
}

/// Where the rows of a set of conditions belong.
struct Place {
  std::uint32_t table = 0, side = 0;
};

/// Rows of one case of one side of one table stand together.
struct Entry {
  std::uint32_t table, row, side;
  const Observation* observation;
};

class Reporter {
 public:
  Reporter(const Dataset& data, const ReportRequest& request) : data_(data), request_(request) {}

  Result<Report> make() {
    if (data_.observations().empty())
      return fail(Error::Kind::usage, "no rows are left to compare", {},
                  "the filter lets none pass, or the files hold a header only");
    const auto layout = default_layout(data_, request_);
    report_.column = layout.column;
    report_.table = layout.table;
    report_.rule = request_.rule;
    report_.rows = data_.rows();
    report_.warnings = data_.notes();
    if (const auto placed = place(); !placed) return pass_on(placed.error());
    fill_tables();
    for (Table& table : report_.tables) judge(table);
    warn_of_hidden_dimensions();
    for (const auto& [text, count] : notes_)
      report_.footnotes.push_back(fmt::format("{} ({} {})", text, count, count == 1 ? "case" : "cases"));
    return std::move(report_);
  }

 private:
  Result<void> place() {
    std::map<std::string, std::uint32_t> sides, tables;
    std::optional<std::uint32_t> baseline;
    places_.resize(data_.conditions_count());
    for (std::uint32_t c = 0; c < places_.size(); ++c) {
      const auto side = sides.try_emplace(joined_values(data_, c, report_.column), sides.size()).first;
      if (side->second == side_labels_.size()) side_labels_.push_back(side->first);
      const auto table = tables.try_emplace(table_label(data_, c, report_.table), tables.size()).first;
      if (table->second == table_labels_.size()) table_labels_.push_back(table->first);
      places_[c] = {table->second, side->second};
      if (request_.baseline && matches(request_.baseline->pattern, data_.value(c, request_.baseline->key))) {
        if (baseline && *baseline != side->second)
          return fail(
              Error::Kind::usage,
              fmt::format("--baseline {}={} matches more than one side: '{}' and '{}'", name(request_.baseline->key),
                          request_.baseline->pattern, side_labels_[*baseline], side->first),
              {}, "make the pattern narrower, or --col other columns");
        baseline = side->second;
      }
    }
    if (request_.baseline && !baseline)
      return fail(Error::Kind::usage, fmt::format("--baseline {}={} matches no row", name(request_.baseline->key),
                                                  request_.baseline->pattern));
    if (side_labels_.size() < 2)
      return fail(Error::Kind::usage,
                  fmt::format("there is one side only ('{}'): nothing to compare it with", side_labels_[0]), {},
                  "give two files, or --col with a column that differs: chipfit compare RUN --col backend");
    if (const std::uint32_t first = baseline.value_or(0); first != 0) {
      std::rotate(side_labels_.begin(), side_labels_.begin() + first, side_labels_.begin() + first + 1);
      for (Place& p : places_) p.side = p.side == first ? 0 : p.side < first ? p.side + 1 : p.side;
    }
    return {};
  }

  void fill_tables() {
    entries_.reserve(data_.observations().size());
    for (const Observation& o : data_.observations()) {
      const Place p = places_[o.conditions];
      entries_.push_back({p.table, o.row, p.side, &o});
    }
    const auto less = [](const Entry& a, const Entry& b) {
      return std::tie(a.table, a.row, a.side) < std::tie(b.table, b.row, b.side);
    };
    if (!std::ranges::is_sorted(entries_, less)) std::ranges::stable_sort(entries_, less);
    report_.tables.resize(table_labels_.size());
    for (std::size_t t = 0; t < report_.tables.size(); ++t) {
      report_.tables[t].label = table_labels_[t];
      for (const auto& label : side_labels_) report_.tables[t].sides.emplace_back().label = label;
    }
    std::vector<const Observation*> rows;
    for (std::size_t at = 0; at < entries_.size();) {
      const Entry& first = entries_[at];
      auto& lines = report_.tables[first.table].lines;
      if (lines.empty() || lines.back().row != first.row) {
        lines.push_back({first.row, std::vector<Cell>(side_labels_.size()), {}});
        starts_.push_back(at);
      }
      rows.clear();
      std::size_t end = at;
      for (; end < entries_.size() && !less(first, entries_[end]); ++end) rows.push_back(entries_[end].observation);
      lines.back().cells[first.side] = summarise(data_, rows, request_.ignore);
      at = end;
    }
  }

  /// Logs of one side of the line whose entries begin at `start`.
  std::vector<double> logs(std::size_t start, std::uint32_t side) const {
    std::vector<const Observation*> rows;
    const Entry& first = entries_[start];
    for (std::size_t i = start; i < entries_.size(); ++i) {
      if (entries_[i].table != first.table || entries_[i].row != first.row || entries_[i].side > side) break;
      if (entries_[i].side == side) rows.push_back(entries_[i].observation);
    }
    return log_medians(rows);
  }

  void judge(Table& table) {
    const std::size_t first_start = next_start_;
    next_start_ += table.lines.size();
    for (Line& line : table.lines) line.pairs.resize(table.sides.size() - 1);
    describe_sides(table);
    for (std::uint32_t side = 1; side < table.sides.size(); ++side) judge_side(table, first_start, side);
  }

  void judge_side(Table& table, std::size_t first_start, std::uint32_t side) {
    SideSummary& summary = table.sides[side];
    std::vector<stats::LogLaunches> launches;
    std::vector<std::size_t> tested;
    bool identical = true;
    for (std::size_t i = 0; i < table.lines.size(); ++i) {
      Line& line = table.lines[i];
      const Cell &a = line.cells[0], &b = line.cells[side];
      if (a.present && b.present) {
        identical = identical && same_subject(data_, a.conditions, b.conditions);
        take_notes(a.conditions, b.conditions);
      }
      if (auto pair = verdict_without_test(data_, a, b, request_.ignore)) {
        line.pairs[side - 1] = std::move(*pair);
        continue;
      }
      const std::size_t start = starts_[first_start + i];
      launches.push_back({logs(start, 0), logs(start, side)});
      tested.push_back(i);
      const int fewer = std::min(a.launches, b.launches);
      summary.fewest_launches = summary.fewest_launches == 0 ? fewer : std::min(summary.fewest_launches, fewer);
    }
    summary.identical_subject = identical && !tested.empty();
    const auto raw = stats::compare_launches(launches, request_.rule);
    summary.prior = raw.prior;
    summary.tested = raw.tested;
    summary.feasibility = stats::feasibility(raw.tested, summary.fewest_launches, raw.prior, request_.rule);

    std::vector<double> log_ratios;
    for (const auto& result : raw.cases) log_ratios.push_back(result.log_ratio);
    summary.shift = stats::common_shift(log_ratios, request_.rule.delta);
    const bool shifted = summary.identical_subject && summary.shift.found;
    auto rule = request_.rule;
    rule.log_shift = shifted ? summary.shift.log_shift : 0;
    const auto beside = shifted ? stats::compare_launches(launches, rule) : raw;

    for (std::size_t t = 0; t < tested.size(); ++t) {
      Line& line = table.lines[tested[t]];
      line.pairs[side - 1] = tested_pair(line.cells[0], line.cells[side], raw.cases[t]);
      Pair& pair = line.pairs[side - 1];
      summary.rank_tested += raw.cases[t].test == stats::LaunchTest::rank;
      const bool called = pair.state == State::slower || pair.state == State::faster;
      if (!shifted || !called || beside.cases[t].call == raw.cases[t].call) continue;
      pair.state = State::environment_shift;
      pair.reason = "all cases shifted together, and this one no further";
    }
    summarise_ratios(table, side);
  }

  Pair tested_pair(const Cell& a, const Cell& b, const stats::CaseComparison& result) const {
    Pair pair;
    pair.statistics = result;
    pair.ratio = std::exp(result.log_ratio);
    if (a.clock_hz > 0 && b.clock_hz > 0) pair.cycles_ratio = pair.ratio * b.clock_hz / a.clock_hz;
    if (result.test == stats::LaunchTest::none) {
      pair.state = State::inconclusive;
      pair.reason = fmt::format("{} launches, of which one lies far off, cannot support a verdict: {} are needed",
                                std::min(a.launches, b.launches), stats::fewest_rank_launches);
      return pair;
    }
    pair.low = std::exp(result.log_interval.low);
    pair.high = std::exp(result.log_interval.high);
    switch (result.call) {
      case stats::Call::slower:
        pair.state = State::slower;
        break;
      case stats::Call::faster:
        pair.state = State::faster;
        break;
      case stats::Call::same:
        pair.state = State::same;
        break;
      case stats::Call::inconclusive:
        pair.state = State::inconclusive;
        break;
    }
    return pair;
  }

  void summarise_ratios(Table& table, std::uint32_t side) const {
    std::vector<double> ratios, cycles;
    for (const Line& line : table.lines) {
      const Pair& pair = line.pairs[side - 1];
      if (pair.state == State::implausible) continue;
      if (pair.ratio > 0) ratios.push_back(pair.ratio);
      if (pair.cycles_ratio > 0) cycles.push_back(pair.cycles_ratio);
    }
    table.sides[side].ratio = stats::geometric_mean(ratios);
    table.sides[side].cycles_ratio = stats::geometric_mean(cycles);
  }

  /// Subjects of each side that do not vary inside it.
  void describe_sides(Table& table) const {
    for (std::uint32_t side = 0; side < table.sides.size(); ++side) {
      std::map<Column, std::set<std::string_view>> values;
      for (const Line& line : table.lines) {
        const Cell& cell = line.cells[side];
        if (!cell.present) continue;
        for (const Column column : {Column::backend, Column::backend_version, Column::chip, Column::host})
          values[column].insert(data_.value(cell.conditions, {column}));
      }
      const auto one = [&](Column column) {
        const auto& texts = values[column];
        return texts.size() == 1 ? std::string(*texts.begin()) : std::string();
      };
      std::string about = one(Column::backend);
      if (!one(Column::backend_version).empty()) about += " " + one(Column::backend_version);
      if (!one(Column::chip).empty()) about += " on " + one(Column::chip);
      if (!one(Column::host).empty()) about += ", " + one(Column::host);
      table.sides[side].about = about;
    }
  }

  void take_notes(std::uint32_t a, std::uint32_t b) {
    if (a == b) return;
    for (const Column column : condition_columns())
      if (class_of({column}) == KeyClass::note && data_.value(a, {column}) != data_.value(b, {column}))
        ++notes_[fmt::format("{} differs between the sides", results::info(column).name)];
  }

  void warn_of_hidden_dimensions() {
    std::map<Column, std::size_t> hidden;
    for (const Table& table : report_.tables)
      for (const Line& line : table.lines)
        for (const Cell& cell : line.cells)
          if (cell.mixed) ++hidden[*cell.mixed];
    for (const auto& [column, count] : hidden) {
      const auto key = results::info(column).name;
      report_.warnings.push_back(fmt::format(
          "{} takes several values inside one side of {} {}: select one with --filter {}:…, or --col {}, --table {}, "
          "--ignore {}",
          key, count, count == 1 ? "case" : "cases", key, key, key, key));
    }
  }

  const Dataset& data_;
  const ReportRequest& request_;
  Report report_;
  std::vector<Place> places_;
  std::vector<std::string> side_labels_, table_labels_;
  std::vector<Entry> entries_;
  std::vector<std::size_t> starts_;  // of the entries of each line, over all tables
  std::size_t next_start_ = 0;
  std::map<std::string, std::size_t> notes_;
};

}  // namespace

std::size_t Report::count(State state) const {
  std::size_t count = 0;
  for (const Table& each : tables)
    for (const Line& line : each.lines)
      for (const Pair& pair : line.pairs) count += pair.state == state;
  return count;
}

Result<Report> make_report(const Dataset& data, const ReportRequest& request) {
  return Reporter(data, request).make();
}

}  // namespace chipfit::compare
