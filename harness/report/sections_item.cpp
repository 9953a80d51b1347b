#include <fmt/format.h>

#include <set>

#include "harness/report/sections.hpp"
#include "kernels/base/numbers.hpp"

namespace chipfit::report {

using results::Column;
using Kind = HtmlTable::Column::Kind;

namespace {

/// Distinct texts of a column among some rows, in the order of first appearance.
std::string texts(const Model& model, const Rows& rows, Column column) {
  std::string out;
  std::set<std::string> seen;
  for (const RowIndex i : rows) {
    const auto& text = model.text(i, column);
    if (text.empty() || !seen.insert(text).second) continue;
    out += (out.empty() ? "" : ", ") + name_html(text);
  }
  return out.empty() ? "–" : out;
}

/// The same for a column of few known words, each with what it means.
std::string words(Writer& writer, const Model& model, const Rows& rows, Column column) {
  std::string out;
  std::set<std::string> seen;
  for (const RowIndex i : rows) {
    const auto& text = model.text(i, column);
    if (text.empty() || !seen.insert(text).second) continue;
    const auto id = fmt::format("value.{}.{}", results::info(column).name, text);
    const bool known = writer.messages().contains(id);
    out += fmt::format("{}{}{}", out.empty() ? "" : "<br>", name_html(text),
                       known ? fmt::format(" <span class=\"dim\">{}</span>", writer.say(id)) : "");
  }
  return out.empty() ? "–" : out;
}

void machine(Writer& writer, const Source& source) {
  const auto& m = source.manifest->machine;
  const auto text = [&](const char* key) {
    const auto found = m.find(key);
    if (found == m.end()) return std::string();
    return found->is_string() ? name_html(found->get<std::string>()) : name_html(found->dump());
  };
  const auto bytes = [&](const char* key) {
    const auto found = m.find(key);
    const bool known = found != m.end() && found->is_number_unsigned() && found->get<std::uint64_t>() > 0;
    return known ? name_html(bytes_text(found->get<std::uint64_t>())) : std::string();
  };
  writer.raw(fmt::format("<h3>{}</h3>\n", name_html(source.name)));
  writer.facts(
      {{"fact.host", text("host")},
       {"fact.cpu", text("cpu_model")},
       {"fact.cores", text("cores")},
       {"fact.memory", bytes("memory_bytes")},
       {"fact.os", text("os")},
       {"fact.kernel", text("kernel")},
       {"fact.isolation_asked", name_html(source.manifest->isolation_asked)},
       {"fact.clock", name_html(source.manifest->clock_source)},
       {"fact.command",
        source.manifest->argv.empty() ? "" : command_html(fmt::format("{}", fmt::join(source.manifest->argv, " ")))}});
}

}  // namespace

void write_item(Writer& writer, const Context& context) {
  const auto& model = context.model;
  if (const auto& item = context.lab.text("item"); !item.empty()) {
    writer.raw(fmt::format("<p>{}</p>\n", writer.say_text(escaped(item.zh), escaped(item.en))));
  }
  HtmlTable table{{{writer.say("table.subject")},
                   {writer.say("table.vendor")},
                   {writer.say("table.backend")},
                   {writer.say("table.version")},
                   {writer.say("table.driver")},
                   {writer.say("table.runtime")},
                   {writer.say("table.devices"), Kind::number},
                   {writer.say("table.rows"), Kind::number}},
                  {}};
  for (const auto& subject : model.subjects) {
    Filter filter;
    filter.where("subject", subject.label);
    std::set<std::string> devices;
    for (const RowIndex i : subject.rows) devices.insert(model.text(i, Column::device_uid));
    table.lines.push_back(
        {{fmt::format("<b>{}</b>", name_html(subject.label)), name_html(subject.vendor),
          texts(model, subject.rows, Column::backend), texts(model, subject.rows, Column::backend_version),
          texts(model, subject.rows, Column::driver), texts(model, subject.rows, Column::runtime),
          to_html(distinct(devices.size(), Column::device_uid, filter)), to_html(count(subject.rows.size(), filter))},
         ""});
  }
  writer.table(table);
  bool any = false;
  for (const auto& source : model.evidence.sources) {
    if (!source.manifest) continue;
    if (!any) writer.paragraph("item.machines");
    any = true;
    machine(writer, source);
  }
  if (!any) writer.paragraph("item.no_manifest", {}, "dim");
}

void write_method(Writer& writer, const Context& context) {
  const auto& model = context.model;
  const auto rows = all_rows(model);
  for (const auto* id : {"method.judge", "method.check", "method.time", "method.count", "method.proven"}) {
    writer.paragraph(id);
  }
  writer.facts({{"fact.suites", texts(model, rows, Column::suite)},
                {"fact.fill", words(writer, model, rows, Column::fill)},
                {"fact.cache", words(writer, model, rows, Column::cache_mode)},
                {"fact.clock_mode", words(writer, model, rows, Column::clock_mode)},
                {"fact.isolation", texts(model, rows, Column::isolation)},
                {"fact.check", texts(model, rows, Column::check)},
                {"fact.provenance", words(writer, model, rows, Column::provenance)}});
  const auto own = [&](const char* key, const char* heading) {
    const auto& text = context.lab.text(key);
    if (text.empty()) return false;
    writer.heading(heading);
    writer.raw(fmt::format("<p>{}</p>\n", writer.say_text(escaped(text.zh), escaped(text.en))));
    return true;
  };
  own("method", "method.own");
  if (!own("deviations", "method.deviations")) {
    writer.heading("method.deviations");
    writer.paragraph("method.no_deviations");
  }
  HtmlTable table{
      {{writer.say("table.condition")}, {writer.say("table.rows"), Kind::number}, {writer.say("table.meaning")}}, {}};
  std::map<std::string, std::size_t> flags;
  for (const auto& row : model.evidence.rows) {
    std::string_view rest = row.text(Column::conditions);
    while (!rest.empty()) {
      const auto end = rest.find(';');
      ++flags[std::string(rest.substr(0, end))];
      rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
    }
  }
  for (const auto& [flag, n] : flags) {
    const auto meaning = "condition." + flag;
    table.lines.push_back({{name_html(flag), to_html(count(n, Filter().where("condition", flag))),
                            writer.messages().contains(meaning) ? writer.say(meaning) : "–"},
                           ""});
  }
  if (!flags.empty()) {
    writer.heading("method.conditions");
    writer.table(table);
  }
}

}  // namespace chipfit::report
