#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "harness/report/sections.hpp"
#include "harness/results/verdict.hpp"
#include "kernels/base/numbers.hpp"

namespace chipfit::report {

using results::Column;
using Kind = HtmlTable::Column::Kind;

namespace {

std::string joined(const Model& model, Column column) {
  std::set<std::string> texts;
  for (const auto& row : model.evidence.rows) {
    if (!row.text(column).empty()) texts.insert(row.text(column));
  }
  std::string out;
  for (const auto& text : texts) out += (out.empty() ? "" : ", ") + name_html(text);
  return out;
}

std::string listed(const std::vector<std::string>& names) {
  std::string out;
  for (const auto& name : names) out += (out.empty() ? "" : ", ") + name_html(name);
  return out;
}
std::string chips(const Model& model) {
  return listed(chips_of(model));
}

/// For a sentence: the first of them.
std::string some_chips(const Writer& writer, const Model& model) {
  const auto chips = title_chips(model);
  return chips.more ? writer.say("cover.chips_of_many", {{"chips", listed(chips.names)}}) : listed(chips.names);
}

/// First and last time at which a row was finished.
std::string period(const Model& model) {
  std::string first, last;
  for (const auto& row : model.evidence.rows) {
    const auto& time = row.text(Column::timestamp_utc);
    if (time.empty()) continue;
    if (first.empty() || time < first) first = time;
    if (last.empty() || time > last) last = time;
  }
  if (first.empty()) return {};
  return first == last ? name_html(first) : fmt::format("{} – {}", name_html(first), name_html(last));
}

std::string text_of(Writer& writer, const Lab& lab, std::string_view key) {
  const auto& text = lab.text(key);
  return text.empty() ? std::string() : writer.say_text(escaped(text.zh), escaped(text.en));
}

/// Who measured: the mark that a self-run report carries on its cover.
std::string_view origin(const Model& model) {
  std::set<std::string> origins;
  for (const auto& row : model.evidence.rows) origins.insert(row.text(Column::provenance));
  if (origins == std::set<std::string>{"published"}) return "cover.published";
  // Whatever does not say that a laboratory ran it was run by whoever hands the report in.
  origins.erase("published");
  return origins == std::set<std::string>{"lab-run"} ? "cover.lab" : "cover.self";
}

void tile(Writer& writer, const std::string& what, const std::string& value, const std::string& more,
          std::optional<double> bar = std::nullopt) {
  writer.raw(fmt::format("<div class=\"tile\"><div class=\"what\">{}</div><div class=\"value\">{}</div>", what, value));
  if (bar) {
    writer.raw(fmt::format("<div class=\"bar\" aria-hidden=\"true\"><i style=\"width:{:.0f}%\"></i></div>",
                           std::clamp(*bar, 0.0, 1.0) * 100));
  }
  writer.raw(fmt::format("<div class=\"more\">{}</div></div>\n", more));
}

void rate_tile(Writer& writer, const Model& model, const Subject& subject, const std::string& types, const Rows& rows) {
  const auto best = best_row(model, rows);
  if (!best) return;
  auto what = several_subjects(model) ? fmt::format("{} · {}", name_html(subject.label), name_html(types))
                                      : writer.say("summary.best_rate", {{"types", name_html(types)}});
  std::string more;
  std::optional<double> bar;
  const auto add = [&](Column peak, std::string_view id) {
    if (!model.real(*best, peak)) return;
    const auto ratio = share(model, *best, Column::rate_flop_per_s, peak);
    if (!more.empty()) more += " · ";
    more += writer.say(id, {{"share", to_html(ratio)}});
    if (!bar) bar = std::stod(ratio.value);
  };
  add(Column::peak_empirical_flop_per_s, "summary.of_empirical");
  add(Column::peak_flop_per_s, "summary.of_nominal");
  if (const auto power = model.real(*best, Column::power_mean_w); power && *power > 0) {
    const double efficiency = *model.real(*best, Column::rate_flop_per_s) / *power;
    const Figure figure{si_text(efficiency, "FLOP/s/W", 3), fmt::format("{}", efficiency),
                        fmt::format("share:{}:rate_flop_per_s:power_mean_w", *best)};
    more += (more.empty() ? "" : " · ") + to_html(figure);
  }
  tile(writer, what, to_html(cell(model, *best, Column::rate_flop_per_s)), more, bar);
}

}  // namespace

bool several_subjects(const Model& model) {
  return model.subjects.size() > 1;
}

std::vector<std::pair<std::string, Rows>> by_types(const Model& model, const Rows& rows) {
  auto groups = grouped(rows, [&](RowIndex i) { return model.types[i]; });
  std::ranges::sort(groups, [](const auto& a, const auto& b) { return types_before(a.first, b.first); });
  return groups;
}

std::string verdict_html(const std::string& verdict) {
  const auto known = parse_verdict(verdict);
  const auto* tone = !known ? "bad" : info(*known).rated ? "good" : info(*known).acceptable ? "dim" : "bad";
  return fmt::format("<span class=\"verdict {}\" translate=\"no\">{}</span>", tone, escaped(verdict));
}

std::string row_link(RowIndex row) {
  return fmt::format("<a class=\"row\" href=\"#r{0}\">#{0}</a>", row);
}

std::string cell_html(const Model& model, RowIndex row, Column column) {
  return model.text(row, column).empty() ? "–" : to_html(cell(model, row, column));
}

void write_cover(Writer& writer, const Context& context) {
  const auto& model = context.model;
  const auto& lab = context.lab;
  const auto& title = lab.text("title");
  writer.raw(fmt::format("<h1>{}</h1>\n", title.empty()
                                              ? writer.say("cover.title", {{"chips", some_chips(writer, model)}})
                                              : writer.say_text(escaped(title.zh), escaped(title.en))));
  const auto status = name(context.judgement.status);
  writer.raw(fmt::format("<p class=\"status {0}\" data-status=\"{0}\"><span aria-hidden=\"true\">{1}</span> {2}</p>\n",
                         status,
                         context.judgement.status == Status::pass   ? "✓"
                         : context.judgement.status == Status::fail ? "✗"
                                                                    : "!",
                         writer.say(fmt::format("status.{}", status))));
  writer.raw(fmt::format("<span class=\"mark\">{}</span>\n", writer.say(origin(model))));
  for (const auto& finding : context.judgement.findings) {
    if (finding.met) continue;
    const auto id = fmt::format("criterion.{}", finding.criterion.name);
    if (finding.measured) {
      writer.paragraph("cover.missed",
                       {{"criterion", writer.say(id)},
                        {"measured", to_html(*finding.measured)},
                        {"minimum", to_html(threshold(finding.criterion.minimum, finding.criterion.name))}});
    } else {
      writer.paragraph("cover.unanswered", {{"criterion", writer.say(id)}});
    }
  }
  std::string plans = joined(model, Column::plan_sha256);
  writer.facts({{"fact.number", code_html(context.number)},
                {"fact.chip", chips(model)},
                {"fact.vendor", joined(model, Column::vendor)},
                {"fact.laboratory",
                 lab.text("laboratory").empty() ? joined(model, Column::lab) : text_of(writer, lab, "laboratory")},
                {"fact.address", text_of(writer, lab, "address")},
                {"fact.place", text_of(writer, lab, "place")},
                {"fact.customer", text_of(writer, lab, "customer")},
                {"fact.tested", period(model)},
                {"fact.issued", text_of(writer, lab, "issued")},
                {"fact.harness", joined(model, Column::harness_version)},
                {"fact.plan", plans.empty() ? "" : fmt::format("<span class=\"mono\">{}</span>", plans)}});
  writer.paragraph("cover.only_items", {}, "dim");
}

void write_summary(Writer& writer, const Context& context) {
  const auto& model = context.model;
  const auto rows = all_rows(model);
  const auto passing =
      static_cast<std::size_t>(std::ranges::count_if(rows, [&](RowIndex i) { return passed(model.row(i)); }));
  const auto all = to_html(count(rows.size(), Filter()));
  const auto ok = to_html(count(passing, Filter().where("passed", "1")));
  const auto best = best_row(model, rows);
  const Values values{{"chips", some_chips(writer, model)},
                      {"passed", ok},
                      {"rows", all},
                      {"status", writer.say(fmt::format("status.{}", name(context.judgement.status)))},
                      {"rate", best ? to_html(cell(model, *best, Column::rate_flop_per_s)) : ""},
                      {"types", best ? name_html(model.types[*best]) : ""}};
  writer.paragraph(best ? "summary.lead" : "summary.lead_unrated", values, "lead");

  writer.raw("<div class=\"tiles\">\n");
  tile(writer, writer.say("summary.cases_passed"), ok, writer.say("summary.of_rows", {{"rows", all}}),
       rows.empty() ? 0 : static_cast<double>(passing) / static_cast<double>(rows.size()));
  std::size_t tiles = 0;
  for (const auto& subject : model.subjects) {
    if (tiles >= 12) break;
    for (const auto& [types, group] : by_types(model, subject.rows)) {
      if (tiles++ < 12) rate_tile(writer, model, subject, types, group);
    }
  }
  writer.raw("</div>\n");

  writer.heading("summary.criteria");
  HtmlTable table{{{writer.say("table.criterion")},
                   {writer.say("table.measured"), Kind::number},
                   {writer.say("table.minimum"), Kind::number},
                   {writer.say("table.result")}},
                  {}};
  for (const auto& finding : context.judgement.findings) {
    const auto id = fmt::format("criterion.{}", finding.criterion.name);
    table.lines.push_back(
        {{fmt::format("<b>{}</b><br><span class=\"dim\">{}</span>", writer.say(id), writer.say(id + "_means")),
          finding.measured ? to_html(*finding.measured) : "–",
          to_html(threshold(finding.criterion.minimum, finding.criterion.name)),
          finding.met        ? fmt::format("<span class=\"good\">✓ {}</span>", writer.say("criterion.met"))
          : finding.measured ? fmt::format("<span class=\"bad\">✗ {}</span>", writer.say("criterion.missed"))
                             : fmt::format("<span class=\"warn\">! {}</span>", writer.say("criterion.unanswered"))},
         ""});
  }
  writer.table(table);

  writer.heading("summary.verdicts");
  HtmlTable verdicts{
      {{writer.say("table.verdict")}, {writer.say("table.rows"), Kind::number}, {writer.say("table.meaning")}}, {}};
  auto groups = grouped(rows, [&](RowIndex i) { return model.text(i, Column::verdict); });
  std::ranges::stable_sort(groups, std::greater<>(), [](const auto& group) { return group.second.size(); });
  for (const auto& [verdict, group] : groups) {
    const auto known = parse_verdict(verdict);
    verdicts.lines.push_back({{verdict_html(verdict), to_html(count(group.size(), Filter().where("verdict", verdict))),
                               known ? writer.say_text(info(*known).meaning_zh, info(*known).meaning_en) : "–"},
                              ""});
  }
  writer.table(verdicts);
}

}  // namespace chipfit::report
