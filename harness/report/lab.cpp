#include "harness/report/lab.hpp"

#include <fmt/format.h>

#include <toml++/toml.h>
#include <algorithm>
#include <array>
#include <sstream>
#include <vector>

#include "harness/results/run_folder.hpp"
#include "kernels/base/did_you_mean.hpp"

namespace chipfit::report {
namespace {

const std::vector<std::string>& keys() {
  static const std::vector<std::string> list{"title",    "number",    "laboratory",  "address",      "place",
                                             "customer", "item",      "method",      "deviations",   "remarks",
                                             "issued",   "tested_by", "reviewed_by", "authorised_by"};
  return list;
}

}  // namespace

const LabText& Lab::text(std::string_view key) const {
  static const LabText none;
  const auto found = texts.find(key);
  return found == texts.end() ? none : found->second;
}

Result<Lab> read_lab(const std::filesystem::path& file) {
  const auto content = results::read_whole(file);
  if (!content) return pass_on(content.error());
  const auto where = [&](const toml::source_position& at) {
    return fmt::format("{}:{}:{}", file.string(), at.line, at.column);
  };
  Lab lab;
  try {
    const auto table = toml::parse(*content);
    for (const auto& [key, node] : table) {
      const std::string name(key.str());
      if (std::ranges::find(keys(), name) == keys().end()) {
        const auto suggestion = did_you_mean(name, keys());
        return fail(Error::Kind::bad_data, fmt::format("'{}' is nothing that a report shows", name),
                    where(node.source().begin),
                    suggestion.empty() ? fmt::format("keys are {}", fmt::join(keys(), " ")) : suggestion);
      }
      LabText text;
      if (const auto* pair = node.as_table()) {
        text = {(*pair)["zh"].value_or(std::string()), (*pair)["en"].value_or(std::string())};
      } else if (const auto one = node.value<std::string>()) {
        text = {*one, *one};
      }
      if (text.zh.empty() || text.en.empty()) {
        return fail(Error::Kind::bad_data, fmt::format("'{}' needs a text, or one for zh and one for en", name),
                    where(node.source().begin), fmt::format("{} = {{ zh = \"…\", en = \"…\" }}", name));
      }
      lab.texts.emplace(name, std::move(text));
    }
  } catch (const toml::parse_error& error) {
    return fail(Error::Kind::bad_data, std::string(error.description()), where(error.source().begin));
  }
  return lab;
}

}  // namespace chipfit::report
