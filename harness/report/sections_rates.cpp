#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "harness/report/sections.hpp"
#include "kernels/base/numbers.hpp"

namespace chipfit::report {

using results::Column;
using Kind = HtmlTable::Column::Kind;

namespace {

std::string share_html(const Model& model, RowIndex row, Column over) {
  const auto rate = model.real(row, Column::rate_flop_per_s), peak = model.real(row, over);
  return rate && peak && *peak > 0 ? to_html(share(model, row, Column::rate_flop_per_s, over)) : "–";
}

std::string interval_html(const Model& model, RowIndex row) {
  const auto& low = model.text(row, Column::time_ci_low_s);
  if (low.empty() || model.text(row, Column::time_ci_high_s).empty()) return "–";
  return fmt::format("{} – {}", to_html(cell(model, row, Column::time_ci_low_s)),
                     to_html(cell(model, row, Column::time_ci_high_s)));
}

HtmlTable best_table(Writer& writer, const Model& model) {
  HtmlTable table{{{writer.say("table.subject")},
                   {writer.say("table.types")},
                   {writer.say("table.best_rate"), Kind::number},
                   {writer.say("table.proven"), Kind::number},
                   {writer.say("table.nominal"), Kind::number},
                   {writer.say("table.of_nominal"), Kind::number},
                   {writer.say("table.empirical"), Kind::number},
                   {writer.say("table.of_empirical"), Kind::number},
                   {writer.say("table.case"), Kind::case_id}},
                  {}};
  for (const auto& subject : model.subjects) {
    for (const auto& [types, rows] : by_types(model, subject.rows)) {
      const auto best = best_row(model, rows);
      if (!best) continue;
      table.lines.push_back(
          {{name_html(subject.label), types_html(types), to_html(cell(model, *best, Column::rate_flop_per_s)),
            cell_html(model, *best, Column::rate_proven_flop_per_s), cell_html(model, *best, Column::peak_flop_per_s),
            share_html(model, *best, Column::peak_flop_per_s),
            cell_html(model, *best, Column::peak_empirical_flop_per_s),
            share_html(model, *best, Column::peak_empirical_flop_per_s), escaped(model.text(*best, Column::case_id))},
           ""});
    }
  }
  return table;
}

/// Rated rows of one kind, largest work first, at most `most`; of launches of one case the median one.
HtmlTable rows_table(Writer& writer, const Model& model, Rows rows, std::size_t most) {
  HtmlTable table{{{writer.say("table.row"), Kind::number},
                   {writer.say("table.case"), Kind::case_id},
                   {writer.say("table.application")},
                   {writer.say("table.time"), Kind::number},
                   {writer.say("table.interval"), Kind::number},
                   {writer.say("table.rate"), Kind::number},
                   {writer.say("table.of_empirical"), Kind::number}},
                  {}};
  const auto place = [&](RowIndex i) {
    return fmt::format("{} {}", model.subject_of[i], model.text(i, Column::case_id));
  };
  Rows standing;
  for (const auto& [name, repeats] : grouped(rows, place)) standing.push_back(*median_row(model, repeats));
  rows = by_descending(standing, [&](RowIndex i) { return model.real(i, Column::work_flop).value_or(0); });
  if (rows.size() > most) rows.resize(most);
  const bool several = several_subjects(model);
  if (several) table.columns.insert(table.columns.begin() + 1, {writer.say("table.subject")});
  for (const RowIndex i : rows) {
    HtmlTable::Line line{
        {row_link(i), escaped(model.text(i, Column::case_id)), name_html(model.text(i, Column::application)),
         cell_html(model, i, Column::time_median_s), interval_html(model, i),
         cell_html(model, i, Column::rate_flop_per_s), share_html(model, i, Column::peak_empirical_flop_per_s)},
        ""};
    if (several) line.cells.insert(line.cells.begin() + 1, name_html(model.subjects[model.subject_of[i]].label));
    table.lines.push_back(std::move(line));
  }
  return table;
}

Rows rated_of(const Model& model, std::string_view op) {
  Rows rows = all_rows(model);
  std::erase_if(rows, [&](RowIndex i) { return !model.rated(i) || model.text(i, Column::op) != op; });
  return rows;
}

constexpr std::size_t kMostRows = 100;

void operation(Writer& writer, const Model& model, std::string_view op, std::string_view heading) {
  const auto rows = rated_of(model, op);
  if (rows.empty()) return;
  writer.heading(heading);
  if (rows.size() > kMostRows) {
    writer.paragraph("performance.largest",
                     {{"rows", to_html(count(rows.size(), Filter().where("op", op).where("rated", "1")))}}, "dim");
  }
  writer.table(rows_table(writer, model, rows, kMostRows), "tall");
}

}  // namespace

void write_performance(Writer& writer, const Context& context) {
  const auto& model = context.model;
  const auto best = best_table(writer, model);
  if (best.lines.empty()) {
    writer.paragraph("performance.none");
    return;
  }
  writer.paragraph("performance.lead");
  writer.chart("bars", "figure.bars", "figure.bars_hint", best);
  HtmlTable peaks{{{writer.say("table.of")},
                   {writer.say("table.what")},
                   {writer.say("table.source")},
                   {writer.say("table.method")},
                   {writer.say("table.value"), Kind::number}},
                  {}};
  for (std::size_t s = 0; s < model.evidence.sources.size(); ++s) {
    const auto& source = model.evidence.sources[s];
    if (!source.manifest) continue;
    for (std::size_t p = 0; p < source.manifest->peaks.size(); ++p) {
      const auto& peak = source.manifest->peaks[p];
      const Figure value{si_text(peak.value, peak.unit, 3), fmt::format("{}", peak.value),
                         fmt::format("peak:{}:{}", s, p)};
      peaks.lines.push_back(
          {{name_html(peak.of), name_html(peak.what), name_html(peak.source), name_html(peak.method), to_html(value)},
           ""});
    }
  }
  writer.chart("roofline", "figure.roofline", "figure.roofline_hint", peaks);
  writer.chart("size", "figure.size", "figure.size_hint", {});
  writer.chart("shapes", "figure.shapes", "figure.shapes_hint", {});
  operation(writer, model, "gemm", "performance.gemm");
  operation(writer, model, "conv", "performance.conv");
}

void write_stability(Writer& writer, const Context& context) {
  const auto& model = context.model;
  const auto rows = all_rows(model);
  const auto n_of = [&](auto predicate) { return static_cast<std::size_t>(std::ranges::count_if(rows, predicate)); };
  const auto rated = n_of([&](RowIndex i) { return model.rated(i); });
  const auto calm = n_of([&](RowIndex i) { return steady(model.row(i)); });
  writer.paragraph("stability.lead", {{"rated", to_html(count(rated, Filter().where("rated", "1")))},
                                      {"steady", to_html(count(calm, Filter().where("steady", "1")))}});
  HtmlTable table{{{writer.say("table.row"), Kind::number},
                   {writer.say("table.case"), Kind::case_id},
                   {"p50", Kind::number},
                   {"p95", Kind::number},
                   {"p99", Kind::number},
                   {writer.say("table.conditions")}},
                  {}};
  Rows told;
  for (const RowIndex i : rows) {
    if (!model.text(i, Column::latency_p99_s).empty()) told.push_back(i);
  }
  // The longest tails first: they are what this table is read for.
  const auto tail = [&](RowIndex i) {
    return model.real(i, Column::latency_p99_s).value_or(0) / model.real(i, Column::latency_p50_s).value_or(1);
  };
  told = by_descending(told, tail);
  if (told.size() > kMostRows) told.resize(kMostRows);
  for (const RowIndex i : told) {
    table.lines.push_back({{row_link(i), escaped(model.text(i, Column::case_id)),
                            cell_html(model, i, Column::latency_p50_s), cell_html(model, i, Column::latency_p95_s),
                            cell_html(model, i, Column::latency_p99_s), name_html(model.text(i, Column::conditions))},
                           ""});
  }
  writer.chart("latency", "figure.latency", "figure.latency_hint", table);

  std::size_t together = 0;
  for (const auto& row : model.evidence.rows) together += row.integer(Column::devices_active).value_or(1) > 1 ? 1 : 0;
  if (together == 0) {
    writer.paragraph("stability.one_device", {}, "dim");
  } else {
    writer.paragraph("stability.together", {{"rows", to_html(count(together, Filter().where("together", "1")))}});
  }
}

void write_energy(Writer& writer, const Context& context) {
  const auto& model = context.model;
  HtmlTable table{{{writer.say("table.subject")},
                   {writer.say("table.types")},
                   {writer.say("table.best_efficiency"), Kind::number},
                   {writer.say("table.power"), Kind::number},
                   {writer.say("table.temperature"), Kind::number},
                   {writer.say("table.energy_source")},
                   {writer.say("table.case"), Kind::case_id}},
                  {}};
  for (const auto& subject : model.subjects) {
    for (const auto& [types, rows] : by_types(model, subject.rows)) {
      std::optional<RowIndex> best;
      double best_efficiency = 0;
      for (const RowIndex i : rows) {
        const auto rate = model.real(i, Column::rate_flop_per_s), power = model.real(i, Column::power_mean_w);
        if (!rate || !power || *power <= 0 || *rate / *power <= best_efficiency) continue;
        best_efficiency = *rate / *power;
        best = i;
      }
      if (!best) continue;
      const Figure efficiency{si_text(best_efficiency, "FLOP/s/W", 3), fmt::format("{}", best_efficiency),
                              fmt::format("share:{}:rate_flop_per_s:power_mean_w", *best)};
      table.lines.push_back(
          {{name_html(subject.label), types_html(types), to_html(efficiency),
            cell_html(model, *best, Column::power_mean_w), cell_html(model, *best, Column::temp_max_c),
            name_html(model.text(*best, Column::energy_source)), escaped(model.text(*best, Column::case_id))},
           ""});
    }
  }
  if (table.lines.empty()) {
    writer.paragraph("energy.none");
  } else {
    writer.paragraph("energy.lead");
    writer.table(table);
  }
  if (!model.evidence.tracks.empty()) writer.chart("telemetry", "figure.telemetry", "figure.telemetry_hint", {});
}

}  // namespace chipfit::report
