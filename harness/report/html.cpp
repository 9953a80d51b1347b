#include "harness/report/html.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace chipfit::report {

std::string escaped(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string to_html(const Figure& figure) {
  const auto data = fmt::format("<data class=\"nowrap\" value=\"{}\" data-from=\"{}\">{}</data>", escaped(figure.value),
                                escaped(figure.from), escaped(figure.text));
  const auto row = row_of(figure);
  return row ? fmt::format("<a class=\"row\" href=\"#r{}\">{}</a>", *row, data) : data;
}

std::string name_html(std::string_view text) {
  return fmt::format("<bdi translate=\"no\">{}</bdi>", escaped(text));
}

std::string code_html(std::string_view text) {
  return fmt::format("<code translate=\"no\">{}</code>", escaped(text));
}

std::string command_html(std::string_view text) {
  std::string out = "<code translate=\"no\">";
  while (!text.empty()) {
    const auto word = text.substr(0, text.find(' '));
    text.remove_prefix(std::min(text.size(), word.size() + 1));
    out += word.starts_with("-") ? fmt::format("<span class=\"nowrap\">{}</span>", escaped(word)) : escaped(word);
    if (!text.empty()) out += ' ';
  }
  return out + "</code>";
}

std::string types_html(std::string_view text) {
  return fmt::format("<span class=\"nowrap\">{}</span>", name_html(text));
}

std::string Writer::say(std::string_view id, const Values& values) const {
  const auto found = messages_.find(id);
  if (found == messages_.end()) return fmt::format("⟦{}⟧", id);
  return say_text(fill(found->second.zh, values), fill(found->second.en, values));
}

std::string Writer::say_text(std::string_view zh, std::string_view en) const {
  if (language_ == Language::zh || (language_ == Language::both && zh == en)) return std::string(zh);
  if (language_ == Language::en) return std::string(en);
  return fmt::format("<span class=\"l-zh\" lang=\"zh-CN\">{}</span><span class=\"l-en\" lang=\"en\">{}</span>", zh, en);
}

std::string Writer::block(std::string_view tag, std::string_view id, const Values& values,
                          std::string_view css_class) const {
  const auto found = messages_.find(id);
  const auto one = [&](std::string_view text, std::string_view mark, std::string_view lang) {
    std::string classes(css_class);
    if (language_ == Language::both) classes += fmt::format("{}{}", classes.empty() ? "" : " ", mark);
    const auto attribute = classes.empty() ? std::string() : fmt::format(" class=\"{}\"", classes);
    return fmt::format("<{}{} lang=\"{}\">{}</{}>\n", tag, attribute, lang, fill(text, values), tag);
  };
  if (found == messages_.end()) return fmt::format("<{}>⟦{}⟧</{}>\n", tag, id, tag);
  std::string out;
  if (language_ != Language::en) out += one(found->second.zh, "l-zh", "zh-CN");
  if (language_ != Language::zh) out += one(found->second.en, "l-en", "en");
  return out;
}

void Writer::paragraph(std::string_view id, const Values& values, std::string_view css_class) {
  out_ += block("p", id, values, css_class);
}

void Writer::heading(std::string_view id) {
  out_ += fmt::format("<h3>{}</h3>\n", say(id));
}

void Writer::table(const HtmlTable& table, std::string_view css_class) {
  out_ += fmt::format("<div class=\"scroll {}\" tabindex=\"0\"><table class=\"data\"><thead><tr>", css_class);
  using Kind = HtmlTable::Column::Kind;
  for (const auto& column : table.columns) {
    out_ +=
        fmt::format("<th scope=\"col\"{}>{}</th>", column.kind == Kind::number ? " class=\"num\"" : "", column.title);
  }
  out_ += "</tr></thead><tbody>\n";
  for (const auto& line : table.lines) {
    out_ += line.id.empty() ? "<tr>" : fmt::format("<tr id=\"{}\">", line.id);
    for (std::size_t i = 0; i < line.cells.size(); ++i) {
      const auto kind = table.columns[i].kind;
      out_ += fmt::format("<td{}>{}</td>",
                          kind == Kind::number    ? " class=\"num\""
                          : kind == Kind::case_id ? " class=\"case\""
                                                  : "",
                          line.cells[i]);
    }
    out_ += "</tr>\n";
  }
  out_ += "</tbody></table></div>\n";
}

void Writer::facts(const std::vector<std::pair<std::string, std::string>>& terms_and_texts) {
  out_ += "<dl class=\"facts\">\n";
  for (const auto& [term, text] : terms_and_texts) {
    if (!text.empty()) out_ += fmt::format("<dt>{}</dt><dd>{}</dd>\n", say(term), text);
  }
  out_ += "</dl>\n";
}

void Writer::chart(std::string_view name, std::string_view title, std::string_view hint, const HtmlTable& under) {
  out_ += fmt::format("<figure class=\"chart\" data-chart=\"{}\"><figcaption><span>{}</span></figcaption>\n", name,
                      say(title));
  out_ += block("p", hint, {}, "hint");
  out_ += "<div class=\"plot\"></div>\n";
  if (!under.lines.empty()) {
    out_ += fmt::format("<details class=\"under\"><summary>{}</summary>\n", say("figure.table"));
    table(under, "tall");
    out_ += "</details>\n";
  }
  out_ += "</figure>\n";
}

}  // namespace chipfit::report
