#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "harness/fleet/roster.hpp"
#include "harness/report/sections.hpp"

namespace chipfit::report {

using results::Column;
using Kind = HtmlTable::Column::Kind;

namespace {

/// What each device sustained in each type, by the rule of `chipfit fleet`.
void write_nodes(Writer& writer, const Model& model) {
  const auto roster = fleet::read_roster(model.evidence.rows, {});
  if (!roster) {
    writer.paragraph("fleet.no_nodes", {}, "dim");
    return;
  }
  HtmlTable table{{{writer.say("table.device")},
                   {writer.say("table.chip")},
                   {writer.say("table.host")},
                   {writer.say("table.types")},
                   {writer.say("table.proven"), Kind::number},
                   {writer.say("table.nominal"), Kind::number},
                   {writer.say("table.share"), Kind::number},
                   {writer.say("table.case"), Kind::case_id}},
                  {}};
  for (const auto& holding : roster->holdings) {
    if (!holding.sustained) continue;
    const auto row = holding.sustained->row;
    // Where a rate is bracketed its lower bound is what is proven.
    const auto proven = model.real(row, Column::rate_proven_flop_per_s) ? Column::rate_proven_flop_per_s
                                                                        : Column::rate_bracket_low_flop_per_s;
    const bool nominal = model.real(row, Column::peak_flop_per_s).value_or(0) > 0;
    table.lines.push_back({{code_html(model.text(row, Column::device_uid)), name_html(model.text(row, Column::chip)),
                            name_html(model.text(row, Column::host)), name_html(holding.types),
                            to_html(cell(model, row, proven)), cell_html(model, row, Column::peak_flop_per_s),
                            nominal ? to_html(share(model, row, proven, Column::peak_flop_per_s)) : "–",
                            escaped(model.text(row, Column::case_id))},
                           ""});
  }
  if (table.lines.empty()) return;
  writer.paragraph("fleet.nodes");
  writer.table(table, "tall sortable");
}

}  // namespace

void write_fleet(Writer& writer, const Context& context) {
  const auto& model = context.model;
  HtmlTable table{{{writer.say("table.device")},
                   {writer.say("table.chip")},
                   {writer.say("table.host")},
                   {writer.say("table.rows"), Kind::number},
                   {writer.say("table.best_rate"), Kind::number},
                   {writer.say("table.types")}},
                  {}};
  const auto devices = grouped(all_rows(model), [&](RowIndex i) { return model.text(i, Column::device_uid); });
  for (const auto& [device, rows] : devices) {
    const auto best = best_row(model, rows);
    table.lines.push_back({{code_html(device), name_html(model.text(rows.front(), Column::chip)),
                            name_html(model.text(rows.front(), Column::host)),
                            to_html(count(rows.size(), Filter().where("device_uid", device))),
                            best ? to_html(cell(model, *best, Column::rate_flop_per_s)) : "–",
                            best ? name_html(model.types[*best]) : "–"},
                           ""});
  }
  writer.paragraph("fleet.lead", {{"devices", to_html(distinct(devices.size(), Column::device_uid, Filter()))}});
  writer.table(table, "tall sortable");
  write_nodes(writer, model);
}

namespace {

HtmlTable all_rows_table(Writer& writer, const Model& model) {
  HtmlTable table{{{writer.say("table.row"), Kind::number},
                   {writer.say("table.case"), Kind::case_id},
                   {writer.say("table.suite")},
                   {writer.say("table.verdict")},
                   {writer.say("table.time"), Kind::number},
                   {writer.say("table.rate"), Kind::number},
                   {writer.say("table.grade"), Kind::number},
                   {writer.say("table.conditions")}},
                  {}};
  const bool several = several_subjects(model);
  if (several) table.columns.insert(table.columns.begin() + 1, {writer.say("table.subject")});
  for (RowIndex i = 0; i < std::min(model.evidence.rows.size(), static_rows); ++i) {
    HtmlTable::Line line{{fmt::format("#{}", i), escaped(model.text(i, Column::case_id)),
                          name_html(model.text(i, Column::suite)), verdict_html(model.text(i, Column::verdict)),
                          cell_html(model, i, Column::time_median_s), cell_html(model, i, Column::rate_flop_per_s),
                          cell_html(model, i, Column::grade_e), name_html(model.text(i, Column::conditions))},
                         fmt::format("r{}", i)};
    if (several) line.cells.insert(line.cells.begin() + 1, name_html(model.subjects[model.subject_of[i]].label));
    table.lines.push_back(std::move(line));
  }
  return table;
}

}  // namespace

void write_appendix(Writer& writer, const Context& context) {
  const auto& model = context.model;
  const auto& rows = model.evidence.rows;
  writer.heading("appendix.rows");
  writer.raw("<div id=\"rows\" class=\"vtable needs-script screen-only\"></div>\n");
  if (rows.size() > static_rows) {
    writer.paragraph("appendix.first_rows", {{"rows", to_html(count(rows.size(), Filter()))}}, "dim");
  }
  writer.raw(fmt::format("<details class=\"under\"{}><summary>{}</summary>\n", rows.size() > 200 ? "" : " open",
                         writer.say("appendix.static")));
  writer.table(all_rows_table(writer, model), "tall");
  writer.raw("</details>\n");

  writer.heading("appendix.sources");
  HtmlTable sources{{{writer.say("table.source")},
                     {writer.say("table.rows"), Kind::number},
                     {writer.say("table.results_sha"), Kind::case_id},
                     {writer.say("table.manifest_sha"), Kind::case_id},
                     {writer.say("table.previous_sha"), Kind::case_id}},
                    {}};
  for (std::size_t s = 0; s < model.evidence.sources.size(); ++s) {
    const auto& source = model.evidence.sources[s];
    const Figure n{fmt::format("{}", source.rows), fmt::format("{}", source.rows), fmt::format("source_rows:{}", s)};
    const auto hash = [](const std::string& text) { return text.empty() ? std::string("–") : code_html(text); };
    sources.lines.push_back(
        {{name_html(source.name), to_html(n), hash(source.results_sha256), hash(source.manifest_sha256),
          hash(source.manifest ? source.manifest->previous_manifest_sha256 : "")},
         ""});
  }
  writer.table(sources);
  for (const auto& note : model.evidence.notes) writer.raw(fmt::format("<p class=\"dim\">{}</p>\n", name_html(note)));

  writer.heading("appendix.glossary");
  std::vector<std::pair<std::string, std::string>> terms;
  for (const auto& [id, message] : writer.messages()) {
    if (id.starts_with("glossary.") && !id.ends_with("_means")) terms.emplace_back(id, writer.say(id + "_means"));
  }
  writer.facts(terms);

  const auto& lab = context.lab;
  if (!lab.text("remarks").empty()) {
    writer.heading("appendix.remarks");
    writer.raw(
        fmt::format("<p>{}</p>\n", writer.say_text(escaped(lab.text("remarks").zh), escaped(lab.text("remarks").en))));
  }
  writer.raw("<div class=\"sign\">\n");
  for (const auto* key : {"tested_by", "reviewed_by", "authorised_by"}) {
    const auto& text = lab.text(key);
    writer.raw(fmt::format("<div>{}{}</div>\n", writer.say(fmt::format("sign.{}", key)),
                           text.empty() ? "" : ": " + writer.say_text(escaped(text.zh), escaped(text.en))));
  }
  writer.raw("</div>\n");
  writer.raw(
      fmt::format("<p class=\"end\">{}</p>\n", writer.say("appendix.end", {{"number", name_html(context.number)}})));
}

}  // namespace chipfit::report
