#include "harness/report/messages.hpp"

#include <fmt/format.h>

#include <toml++/toml.h>
#include <algorithm>
#include <sstream>

#include "harness/report/embedded.hpp"

namespace chipfit::report {

Result<Messages> builtin_messages() {
  return parse_messages(embedded_messages());
}

Result<Messages> parse_messages(std::string_view text) {
  const auto fault = [](const toml::node& node, std::string what) {
    return fail(Error::Kind::bad_data, std::move(what), fmt::format("messages.toml:{}", node.source().begin.line));
  };
  Messages messages;
  try {
    const auto table = toml::parse(text);
    for (const auto& [key, node] : table) {
      const auto* pair = node.as_table();
      const auto zh = pair ? (*pair)["zh"].value<std::string>() : std::nullopt;
      const auto en = pair ? (*pair)["en"].value<std::string>() : std::nullopt;
      if (!zh || !en) return fault(node, fmt::format("'{}' needs zh and en", key.str()));
      messages.emplace(std::string(key.str()), Message{*zh, *en});
    }
  } catch (const toml::parse_error& error) {
    return fail(Error::Kind::bad_data, std::string(error.description()),
                fmt::format("messages.toml:{}:{}", error.source().begin.line, error.source().begin.column));
  }
  return messages;
}

std::vector<std::string> placeholders(std::string_view text) {
  std::vector<std::string> names;
  for (auto open = text.find('{'); open != std::string_view::npos; open = text.find('{', open + 1)) {
    const auto close = text.find('}', open);
    if (close == std::string_view::npos) break;
    names.emplace_back(text.substr(open + 1, close - open - 1));
  }
  std::ranges::sort(names);
  names.erase(std::ranges::unique(names).begin(), names.end());
  return names;
}

std::string fill(std::string_view text, const Values& values) {
  std::string out;
  while (!text.empty()) {
    const auto open = text.find('{');
    out += text.substr(0, open);
    if (open == std::string_view::npos) break;
    text.remove_prefix(open);
    const auto close = text.find('}');
    if (close == std::string_view::npos) return out += text;
    const auto name = text.substr(1, close - 1);
    const auto value = std::ranges::find(values, name, &std::pair<std::string_view, std::string>::first);
    out += value == values.end() ? text.substr(0, close + 1) : std::string_view(value->second);
    text.remove_prefix(close + 1);
  }
  return out;
}

}  // namespace chipfit::report
