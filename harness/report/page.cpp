#include "harness/report/page.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "harness/report/block.hpp"
#include "harness/report/embedded.hpp"
#include "harness/report/sections.hpp"
#include "harness/results/digest.hpp"

namespace chipfit::report {
namespace {

struct Section {
  std::string_view id;
  void (*write)(Writer&, const Context&);
};
constexpr std::array<Section, 12> kSections{{{"cover", write_cover},
                                             {"summary", write_summary},
                                             {"item", write_item},
                                             {"method", write_method},
                                             {"adaptation", write_adaptation},
                                             {"accuracy", write_accuracy},
                                             {"performance", write_performance},
                                             {"stability", write_stability},
                                             {"energy", write_energy},
                                             {"comparison", write_comparison},
                                             {"fleet", write_fleet},
                                             {"appendix", write_appendix}}};

/// Text inside <script> ends at the first "</script"; "<!--" would change how the rest is read.
std::string inside_script(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto rest = text.substr(i);
    out += text[i];
    if (rest.starts_with("</script") || rest.starts_with("</SCRIPT")) {
      out += "\\/";
      ++i;
    } else if (rest.starts_with("<!--")) {
      out += "\\u0021";  // both in JSON and in a string of a script
      ++i;
    }
  }
  return out;
}

std::string words_json(const Messages& messages) {
  auto words = nlohmann::ordered_json::object();
  for (const auto& [id, message] : messages) {
    if (id.starts_with("ui.")) words[id] = {{"zh", message.zh}, {"en", message.en}};
  }
  return words.dump();
}

/// Text of a string in a style sheet.
std::string css_string(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '"' || c == '\\' || c == '<') {
      out += fmt::format("\\{:x} ", static_cast<unsigned>(c));
    } else if (static_cast<unsigned char>(c) >= 0x20) {
      out += c;
    }
  }
  return out;
}

/// Name, language switch and theme; only the switch works without scripts.
std::string top_bar(const Writer& writer, const std::string& name) {
  std::string out = fmt::format(
      "<header class=\"top\"><div class=\"inner\"><span class=\"name\">{}</span>\n<fieldset "
      "class=\"switch\"{}><legend>{}</legend>\n",
      name, writer.language() == Language::both ? "" : " hidden", writer.say("top.language"));
  const auto option = [&](std::string_view id, std::string_view label, bool checked) {
    out += fmt::format(
        "<input type=\"radio\" name=\"language\" id=\"language-{0}\" value=\"{0}\"{2}><label "
        "for=\"language-{0}\">{1}</label>\n",
        id, label, checked ? " checked" : "");
  };
  if (writer.language() != Language::en) option("zh", "中文", true);
  if (writer.language() != Language::zh) option("en", "English", writer.language() == Language::en);
  if (writer.language() == Language::both) option("both", "中 / EN", false);
  return out + "</fieldset><button type=\"button\" id=\"theme\" class=\"tool needs-script\"></button></div></header>\n";
}

/// Header, styles and scripts around a body. `footer` stands at the foot of every printed page.
std::string document(const Writer& writer, const std::string& title, const std::string& footer, const std::string& body,
                     const std::string& block) {
  const auto lang = writer.language() == Language::en ? "en" : "zh-CN";
  std::string out = fmt::format(
      "<!doctype html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      // Nothing is ever fetched: the page is complete.
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; "
      "script-src 'unsafe-inline'; img-src data: blob:\">\n"
      "<title>{}</title>\n<style>\n",
      lang, escaped(title));
  out += embedded_app_css();
  out += fmt::format(
      "@page {{ @bottom-left {{ content: \"{}\"; font: 8pt sans-serif; color: #48525e; }} "
      "@bottom-right {{ content: counter(page) \" / \" counter(pages); font: 8pt sans-serif; color: #48525e; }} }}\n",
      css_string(footer));
  out += "</style>\n</head>\n<body>\n" + body;
  out += fmt::format("<script type=\"application/json\" id=\"words\">{}</script>\n",
                     inside_script(words_json(writer.messages())));
  if (!block.empty()) out += fmt::format("<script type=\"text/plain\" id=\"block\">{}</script>\n", block);
  out += fmt::format("<script>{}</script>\n</body>\n</html>\n", inside_script(embedded_app_js()));
  return out;
}

Result<void> app_is_there() {
  if (!embedded_app_js().empty()) return {};
  return fail(Error::Kind::unavailable,
              "this chipfit was built without the page of reports, since there was no Node.js", {},
              "./quickstart deps installs Node.js and npm; then ./quickstart build");
}

std::string report_number(const Lab& lab, const Evidence& evidence) {
  if (!lab.text("number").empty()) return lab.text("number").en;
  std::string all;
  for (const auto& source : evidence.sources) all += source.results_sha256 + source.manifest_sha256 + "\n";
  return "CF-" + results::sha256(all).substr(0, 12);
}

std::string plain_title(const Messages& messages, const Context& context, Language language) {
  const auto& title = context.lab.text("title");
  if (!title.empty()) return language == Language::en ? title.en : title.zh;
  const auto in_words = [&](const char* id, const std::string& chips) {
    const auto& message = messages.at(id);
    return fill(language == Language::en ? message.en : message.zh, {{"chips", chips}});
  };
  const auto chips = title_chips(context.model);
  const auto names = fmt::format("{}", fmt::join(chips.names, ", "));
  return in_words("cover.title", chips.more ? in_words("cover.chips_of_many", names) : names);
}

}  // namespace

Result<ReportPage> report_page(Evidence evidence, const ReportOptions& options) {
  if (auto there = app_is_there(); !there) return pass_on(there.error());
  if (evidence.rows.empty()) {
    return fail(Error::Kind::bad_data, "there is no row to report on", {}, "chipfit run --suite quick makes some");
  }
  const auto messages = builtin_messages();
  if (!messages) return pass_on(messages.error());
  const auto number = report_number(options.lab, evidence);
  const Model model(std::move(evidence));
  const auto judgement = judge(model, options.criteria);
  std::vector<Comparison> comparisons;
  if (several_subjects(model)) {
    auto compared = compare_subjects(model, 0);
    if (!compared) return pass_on(compared.error());
    comparisons = std::move(*compared);
  }
  const Context context{model, judgement, comparisons, options.lab, number};
  Writer writer(*messages, options.language);
  const auto title = plain_title(*messages, context, options.language);
  writer.raw(top_bar(writer, escaped(title)));
  writer.raw("<main>\n");
  for (std::size_t i = 0; i < kSections.size(); ++i) {
    const auto& section = kSections[i];
    const auto heading = writer.say(fmt::format("section.{}", section.id));
    if (i == 0) {
      writer.raw(fmt::format("<section id=\"s0\" class=\"cover {}\">\n", name(judgement.status)));
      section.write(writer, context);
      writer.raw(fmt::format("<nav class=\"toc\" aria-label=\"{}\">\n", escaped(messages->at("top.contents").en)));
      for (std::size_t s = 1; s < kSections.size(); ++s) {
        writer.raw(fmt::format("<a href=\"#s{0}\"><span class=\"no\">{0}</span>{1}</a>\n", s,
                               writer.say(fmt::format("section.{}", kSections[s].id))));
      }
      writer.raw("</nav>\n</section>\n<div id=\"filters\" class=\"needs-script screen-only\"></div>\n");
      continue;
    }
    writer.raw(fmt::format(
        "<section id=\"s{0}\" aria-labelledby=\"h{0}\">\n<h2 id=\"h{0}\"><span class=\"no\">{0}</span>{1}</h2>\n", i,
        heading));
    section.write(writer, context);
    writer.raw("</section>\n");
  }
  writer.raw("</main>\n");
  return ReportPage{document(writer, fmt::format("{} {}", number, title), number, writer.html(), data_block(model)),
                    number, judgement};
}

Result<std::string> explorer_page(Evidence evidence, Language language) {
  if (auto there = app_is_there(); !there) return pass_on(there.error());
  const auto messages = builtin_messages();
  if (!messages) return pass_on(messages.error());
  const Model model(std::move(evidence));
  Writer writer(*messages, language);
  writer.raw(top_bar(writer, writer.say("explore.title")));
  writer.raw(fmt::format("<main>\n<h1>{}</h1>\n", writer.say("explore.title")));
  writer.paragraph("explore.lead");
  writer.raw(
      fmt::format("<div id=\"drop\" class=\"needs-script\"><label for=\"drop-file\">{}</label><br>"
                  "<input type=\"file\" id=\"drop-file\" multiple accept=\".csv,text/csv\">"
                  "<span class=\"status\" role=\"status\"></span></div>\n"
                  "<noscript><p>{}</p></noscript>\n"
                  "<div id=\"filters\" class=\"needs-script screen-only\"></div>\n",
                  writer.say("explore.drop"), writer.say("explore.needs_script")));
  for (const auto* chart :
       {"comparison", "bars", "roofline", "size", "shapes", "coverage", "models", "accuracy", "latency", "telemetry"}) {
    writer.raw("<section>\n");
    writer.chart(chart, fmt::format("figure.{}", chart), fmt::format("figure.{}_hint", chart), {});
    writer.raw("</section>\n");
  }
  writer.raw(fmt::format("<section><h2>{}</h2><div id=\"rows\" class=\"vtable\"></div></section>\n</main>\n",
                         writer.say("appendix.rows")));
  const auto& title = messages->at("explore.title");
  return document(writer, language == Language::en ? title.en : title.zh, "", writer.html(),
                  model.evidence.rows.empty() ? "" : data_block(model));
}

}  // namespace chipfit::report
