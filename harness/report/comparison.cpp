#include "harness/report/comparison.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace chipfit::report {

using results::Column;

namespace {

std::string device_of(const Model& model, RowIndex i) {
  return model.text(i, Column::host) + "\t" + model.text(i, Column::device_uid);
}

/// The rows whose times are the units of the comparison.
Rows units(const Model& model, const Subject& subject) {
  std::set<std::string> devices;
  for (const RowIndex i : subject.rows) devices.insert(device_of(model, i));
  if (devices.size() < 2) return subject.rows;
  Rows chosen;
  const auto place = [&](RowIndex i) { return model.text(i, Column::case_id) + "\t" + device_of(model, i); };
  for (const auto& [name, rows] : grouped(subject.rows, place)) {
    const auto failed = std::ranges::find_if(rows, [&](RowIndex i) { return !model.rated(i); });
    chosen.push_back(failed != rows.end() ? *failed : *median_row(model, rows));
  }
  return chosen;
}

std::map<std::string, RowIndex> standing_rows(const Model& model, const Subject& subject) {
  std::map<std::string, RowIndex> rows;
  for (const auto& [id, repeats] : grouped(subject.rows, [&](RowIndex i) { return model.text(i, Column::case_id); })) {
    if (const auto median = median_row(model, repeats)) rows.emplace(id, *median);
  }
  return rows;
}

std::optional<RowIndex> row_at(const std::map<std::string, RowIndex>& rows, const std::string& case_id) {
  const auto found = rows.find(case_id);
  return found == rows.end() ? std::nullopt : std::optional(found->second);
}

}  // namespace

std::size_t Comparison::count(compare::State state) const {
  return static_cast<std::size_t>(std::ranges::count(cases, state, [](const auto& one) { return one.pair.state; }));
}

Result<std::vector<Comparison>> compare_subjects(const Model& model, std::size_t baseline) {
  std::vector<std::size_t> order{baseline};
  for (std::size_t s = 0; s < model.subjects.size(); ++s)
    if (s != baseline) order.push_back(s);
  std::vector<compare::Dataset::Side> sides;
  for (const std::size_t s : order) {
    compare::Dataset::Side side{model.subjects[s].label, {}};
    for (const RowIndex i : units(model, model.subjects[s])) side.rows.push_back(&model.row(i));
    sides.push_back(std::move(side));
  }
  const auto data = compare::Dataset::gather(sides);
  if (!data) return pass_on(data.error());
  compare::ReportRequest request;
  request.column = {compare::Key{}};
  request.table = std::vector<compare::Key>{};
  request.ignore = {{Column::device_index}, {Column::device_uid}, {Column::host}};
  const auto report = compare::make_report(*data, request);
  if (!report) return pass_on(report.error());

  const auto& table = report->tables.front();
  const auto base = standing_rows(model, model.subjects[baseline]);
  std::vector<Comparison> comparisons;
  for (std::size_t side = 1; side < order.size(); ++side) {
    Comparison comparison{order[side], {}, table.sides[side]};
    const auto own = standing_rows(model, model.subjects[order[side]]);
    for (const auto& line : table.lines) {
      if (!line.cells[0].present && !line.cells[side].present) continue;
      const auto& id = report->rows[line.row];
      comparison.cases.push_back({id, row_at(base, id), row_at(own, id), line.pairs[side - 1]});
    }
    comparisons.push_back(std::move(comparison));
  }
  return comparisons;
}

}  // namespace chipfit::report
