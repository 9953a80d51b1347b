#include "harness/bundle/index.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "harness/bundle/archive.hpp"
#include "harness/plan/json_text.hpp"

namespace chipfit::bundle {
namespace {

constexpr int format_version = 1;
enum class Must { text, file_name, file_name_or_empty };
struct Field {
  const char* key;
  std::string Index::*member;
  Must must;
};
constexpr std::array fields{Field{"vendor", &Index::vendor, Must::file_name},
                            Field{"chip", &Index::chip, Must::file_name},
                            Field{"plugin", &Index::plugin, Must::file_name},
                            Field{"version", &Index::version, Must::text},
                            Field{"library", &Index::library, Must::file_name},
                            Field{"manifest", &Index::manifest, Must::file_name},
                            Field{"check", &Index::check, Must::file_name},
                            Field{"notes", &Index::notes, Must::file_name_or_empty},
                            Field{"expected", &Index::expected, Must::file_name_or_empty},
                            Field{"harness_version", &Index::harness_version, Must::text}};

bool obeys(Must must, const std::string& value) {
  return must == Must::text || (must == Must::file_name_or_empty && value.empty()) || is_file_name(value);
}

bool is_digest(std::string_view text) {
  return text.size() == 64 &&
         std::all_of(text.begin(), text.end(), [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

}  // namespace

std::string to_text(const Index& index) {
  nlohmann::ordered_json json{{"format", format_version}};
  for (const Field& field : fields) json[field.key] = index.*field.member;
  return json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

Result<Index> parse_index(const std::string& text, const std::string& where) {
  const auto json = plan::parse_json_object(text, where);
  if (!json) return pass_on(json.error());
  const auto bad = [&](std::string_view key, std::string what) {
    return fail(Error::Kind::bad_data, std::move(what), plan::where_is_key(text, where, key),
                "chipfit pack writes this file");
  };
  if (json->value("format", nlohmann::json()) != nlohmann::json(format_version))
    return bad("format", fmt::format("not a bundle of format {}", format_version));
  Index index;
  for (const Field& field : fields) {
    const auto found = json->find(field.key);
    if (found == json->end() || !found->is_string())
      return bad(field.key, fmt::format("key '{}': a text was expected", field.key));
    index.*field.member = found->get<std::string>();
    if (!obeys(field.must, index.*field.member))
      return bad(field.key, fmt::format("key '{}': '{}' is not a plain name", field.key, index.*field.member));
  }
  return index;
}

Result<std::vector<Sum>> parse_sums(std::string_view text, const std::string& where) {
  std::vector<Sum> sums;
  for (std::size_t line = 1; !text.empty(); ++line) {
    const auto end = std::min(text.find('\n'), text.size());
    const auto row = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    const bool is_sum =
        row.size() > 66 && is_digest(row.substr(0, 64)) && row.substr(64, 2) == "  " && is_file_name(row.substr(66));
    if (!is_sum) return fail(Error::Kind::bad_data, "not a line of sha256sum", fmt::format("{}:{}:1", where, line));
    sums.push_back({std::string(row.substr(0, 64)), std::string(row.substr(66))});
  }
  return sums;
}

}  // namespace chipfit::bundle
