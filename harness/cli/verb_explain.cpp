#include <fmt/format.h>

#include <algorithm>

#include "harness/cli/errors.hpp"
#include "harness/cli/explain.hpp"
#include "harness/cli/json_out.hpp"
#include "harness/cli/text.hpp"
#include "harness/cli/verbs.hpp"

namespace chipfit::cli {
namespace {

std::string text_of(const Explanation& explanation, const Paper& paper) {
  std::string text = fmt::format("{} ({})\n", explanation.word, explanation.kind);
  std::size_t label_width = 0;
  for (const auto& line : explanation.lines) label_width = std::max(label_width, display_width(line.label));
  for (const auto& line : explanation.lines) {
    const auto indent = line.label.empty() ? 2 : label_width + 4;
    const auto width = paper.width && *paper.width > indent + 20 ? *paper.width - indent : std::size_t{100};
    auto label = line.label.empty() ? std::string(2, ' ') : fmt::format("  {}  ", pad_right(line.label, label_width));
    for (const auto& part : wrapped(line.text, width)) {
      text += label + part + "\n";
      label = std::string(indent, ' ');
    }
  }
  return text;
}

nlohmann::ordered_json json_of(const Explanation& explanation) {
  nlohmann::ordered_json value{
      {"kind", explanation.kind}, {"word", explanation.word}, {"lines", nlohmann::json::array()}};
  for (const auto& line : explanation.lines) value["lines"].push_back({{"label", line.label}, {"text", line.text}});
  return value;
}

}  // namespace

Result<int> explain_words(const ExplainCommand& command, Console& console) {
  auto list = nlohmann::ordered_json::array();
  std::string text;
  for (const auto& word : command.words) {
    const auto explanations = explain(word);
    if (!explanations) return pass_on(explanations.error());
    for (const auto& explanation : *explanations) {
      if (!text.empty()) text += "\n";
      text += text_of(explanation, console.paper());
      list.push_back(json_of(explanation));
    }
  }
  if (command.format == Format::json) {
    print_json(list, console);
  } else {
    console.data(text);
  }
  return exit_ok;
}

}  // namespace chipfit::cli
