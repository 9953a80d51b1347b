#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "harness/report/sections.hpp"

namespace chipfit::report {

using results::Column;
using Kind = HtmlTable::Column::Kind;

namespace {

std::size_t passing(const Model& model, const Rows& rows) {
  return static_cast<std::size_t>(std::ranges::count_if(rows, [&](RowIndex i) { return passed(model.row(i)); }));
}

/// First reason of a group that is not passed, and how many more there are.
std::string reasons(Writer& writer, const Model& model, const Rows& rows) {
  std::vector<std::string> different;
  std::optional<RowIndex> first;
  for (const RowIndex i : rows) {
    if (passed(model.row(i))) continue;
    if (!first) first = i;
    auto text =
        fmt::format("{} {}", verdict_html(model.text(i, Column::verdict)), name_html(model.text(i, Column::reason)));
    if (std::ranges::find(different, text) == different.end()) different.push_back(std::move(text));
  }
  if (!first) return {};
  auto out = fmt::format("{} ({})", different.front(), row_link(*first));
  if (different.size() > 1) out += " " + writer.say("adaptation.more_reasons");
  return out;
}

HtmlTable coverage_table(Writer& writer, const Model& model) {
  HtmlTable table{{{writer.say("table.operation")},
                   {writer.say("table.layout")},
                   {writer.say("table.types")},
                   {writer.say("table.passed"), Kind::number},
                   {writer.say("table.rows"), Kind::number},
                   {writer.say("table.share"), Kind::number},
                   {writer.say("table.reason")}},
                  {}};
  const bool several = several_subjects(model);
  if (several) table.columns.insert(table.columns.begin(), {writer.say("table.subject")});
  for (const auto& subject : model.subjects) {
    for (const auto& [op, of_op] : grouped(subject.rows, [&](RowIndex i) { return op_of(model.row(i)); })) {
      for (const auto& [layout, of_layout] :
           grouped(of_op, [&](RowIndex i) { return model.text(i, Column::layout); })) {
        for (const auto& [types, rows] : by_types(model, of_layout)) {
          Filter filter;
          filter.where("subject", subject.label).where("op_name", op).where("layout", layout).where("types", types);
          Filter good = filter;
          good.where("passed", "1");
          const auto n = passing(model, rows);
          HtmlTable::Line line{{name_html(op), layout.empty() ? "–" : name_html(layout), types_html(types),
                                to_html(count(n, good)), to_html(count(rows.size(), filter)),
                                to_html(part(n, rows.size(), good, filter)), reasons(writer, model, rows)},
                               ""};
          if (several) line.cells.insert(line.cells.begin(), name_html(subject.label));
          table.lines.push_back(std::move(line));
        }
      }
    }
  }
  return table;
}

HtmlTable models_table(Writer& writer, const Model& model) {
  HtmlTable table{{{writer.say("table.model")},
                   {writer.say("table.subject")},
                   {writer.say("table.rows"), Kind::number},
                   {writer.say("table.flop_share"), Kind::number},
                   {writer.say("table.weighted_rate"), Kind::number}},
                  {}};
  for (const auto& [name, rows] : grouped(all_rows(model), [&](RowIndex i) { return model_column(model.row(i)); })) {
    if (name.empty()) continue;
    for (const auto& [subject, own] :
         grouped(rows, [&](RowIndex i) { return model.subjects[model.subject_of[i]].label; })) {
      Filter filter;
      filter.where("subject", subject).where("model", name);
      const auto sum = weighted(model, own);
      table.lines.push_back(
          {{name_html(name), name_html(subject), to_html(count(own.size(), filter)),
            to_html(weighted_share(sum, filter)), sum.rate_flop_per_s ? to_html(weighted_rate(sum, filter)) : "–"},
           ""});
    }
  }
  return table;
}

/// The row of the greatest value of a column; none where no row has one.
std::optional<RowIndex> greatest(const Model& model, const Rows& rows, Column column) {
  std::optional<RowIndex> worst;
  for (const RowIndex i : rows) {
    const auto value = model.real(i, column);
    if (value && (!worst || *value > *model.real(*worst, column))) worst = i;
  }
  return worst;
}

}  // namespace

void write_adaptation(Writer& writer, const Context& context) {
  const auto& model = context.model;
  const auto rows = all_rows(model);
  const auto tried =
      static_cast<std::size_t>(std::ranges::count_if(rows, [&](RowIndex i) { return attempted(model.row(i)); }));
  writer.paragraph("adaptation.lead",
                   {{"rows", to_html(count(rows.size(), Filter()))},
                    {"attempted", to_html(count(tried, Filter().where("attempted", "1")))},
                    {"passed", to_html(count(passing(model, rows), Filter().where("passed", "1")))}});
  writer.chart("coverage", "figure.coverage", "figure.coverage_hint", coverage_table(writer, model));
  writer.chart("models", "figure.models", "figure.models_hint", models_table(writer, model));

  HtmlTable failures{{{writer.say("table.row"), Kind::number},
                      {writer.say("table.case"), Kind::case_id},
                      {writer.say("table.verdict")},
                      {writer.say("table.reason")},
                      {writer.say("table.again"), Kind::case_id}},
                     {}};
  std::size_t failed = 0;
  for (const RowIndex i : rows) {
    if (passed(model.row(i)) || !attempted(model.row(i))) continue;
    if (++failed > 50) continue;
    failures.lines.push_back(
        {{row_link(i), escaped(model.text(i, Column::case_id)), verdict_html(model.text(i, Column::verdict)),
          name_html(model.text(i, Column::reason)), command_html(reproduction_line(model.row(i)))},
         ""});
  }
  writer.heading("adaptation.failures");
  if (failed == 0) {
    writer.paragraph("adaptation.no_failures");
    return;
  }
  writer.paragraph("adaptation.some_failures",
                   {{"failed", to_html(count(failed, Filter().where("attempted", "1").where("passed", "0")))}});
  writer.table(failures, "tall");
}

void write_accuracy(Writer& writer, const Context& context) {
  const auto& model = context.model;
  HtmlTable table{{{writer.say("table.types")},
                   {writer.say("table.checked"), Kind::number},
                   {writer.say("table.worst_grade"), Kind::number},
                   {writer.say("table.grade")},
                   {writer.say("table.worst_backward"), Kind::number},
                   {writer.say("table.worst_case"), Kind::case_id},
                   {writer.say("table.again"), Kind::case_id}},
                  {}};
  const bool several = several_subjects(model);
  if (several) table.columns.insert(table.columns.begin(), {writer.say("table.subject")});
  for (const auto& subject : model.subjects) {
    for (const auto& [types, rows] : by_types(model, subject.rows)) {
      Rows checked;
      for (const RowIndex i : rows) {
        const auto& check = model.text(i, Column::check);
        if (!check.empty() && check != "none" && passed(model.row(i))) checked.push_back(i);
      }
      if (checked.empty()) continue;
      const auto grade = greatest(model, checked, Column::grade_e);
      const auto backward = greatest(model, checked, Column::err_backward);
      const auto worst = grade ? grade : backward ? backward : std::optional(checked.front());
      Filter filter;
      filter.where("subject", subject.label).where("types", types).where("checked", "1").where("passed", "1");
      HtmlTable::Line line{{types_html(types), to_html(count(checked.size(), filter)),
                            grade ? to_html(cell(model, *grade, Column::grade_e)) : "–",
                            grade ? name_html(model.text(*grade, Column::grade)) : "–",
                            backward ? to_html(cell(model, *backward, Column::err_backward)) : "–",
                            fmt::format("{} {}", escaped(model.text(*worst, Column::case_id)), row_link(*worst)),
                            command_html(reproduction_line(model.row(*worst)))},
                           ""};
      if (several) line.cells.insert(line.cells.begin(), name_html(subject.label));
      table.lines.push_back(std::move(line));
    }
  }
  if (table.lines.empty()) {
    writer.paragraph("accuracy.none");
    return;
  }
  writer.paragraph("accuracy.lead");
  writer.table(table);
  writer.chart("accuracy", "figure.accuracy", "figure.accuracy_hint", {});
}

}  // namespace chipfit::report
