#include "harness/plan/json_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>

namespace chipfit::plan {
namespace {

std::string position(const std::string& text, const std::string& file, std::size_t at) {
  at = std::min(at, text.size());
  const auto line = 1 + std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(at), '\n');
  const auto line_start = at == 0 ? std::string::npos : text.rfind('\n', at - 1);
  const auto column = line_start == std::string::npos ? at + 1 : at - line_start;
  return fmt::format("{}:{}:{}", file, line, column);
}

/// nlohmann's message without its prefix: what was expected and what stood there.
std::string reason(const std::string& message) {
  const auto at = message.find(": ", message.find("column"));
  return at == std::string::npos ? message : message.substr(at + 2);
}

}  // namespace

Result<std::string> read_text(const std::filesystem::path& path, std::uint64_t limit) {
  std::error_code code;
  const auto status = std::filesystem::status(path, code);
  if (!std::filesystem::exists(status)) {
    // Anything but "not there" hides the reason a user can act on: a folder without permission, a loop of links.
    if (code && code != std::errc::no_such_file_or_directory && code != std::errc::not_a_directory) {
      return fail(Error::Kind::io, fmt::format("cannot look at the file: {}", code.message()), path.string());
    }
    return fail(Error::Kind::missing, "no such file", path.string());
  }
  // A pipe or a device would block or never end.
  if (!std::filesystem::is_regular_file(status)) return fail(Error::Kind::bad_data, "not a file", path.string());
  const auto size = std::filesystem::file_size(path, code);
  if (!code && size > limit) {
    return fail(Error::Kind::bad_data, fmt::format("{} bytes are too many, at most {} are read", size, limit),
                path.string());
  }
  std::ifstream file(path, std::ios::binary);
  if (!file) return fail(Error::Kind::io, fmt::format("cannot open: {}", std::strerror(errno)), path.string());
  std::string text{std::istreambuf_iterator<char>(file), {}};
  if (file.bad()) return fail(Error::Kind::io, "reading failed", path.string());
  return text;
}

Result<nlohmann::json> parse_json_object(const std::string& text, const std::string& file) {
  try {
    auto json = nlohmann::json::parse(text);
    if (!json.is_object()) {
      return fail(Error::Kind::bad_data, fmt::format("a JSON object was expected, not {}", json.type_name()),
                  fmt::format("{}:1:1", file));
    }
    return json;
  } catch (const nlohmann::json::parse_error& error) {
    return fail(Error::Kind::bad_data, fmt::format("not JSON: {}", reason(error.what())),
                position(text, file, error.byte == 0 ? 0 : error.byte - 1));
  } catch (const nlohmann::json::exception& error) {  // a number out of range
    return fail(Error::Kind::bad_data, fmt::format("not JSON: {}", error.what()), file);
  }
}

std::string where_is_key(const std::string& text, const std::string& file, std::string_view key) {
  const auto at = text.find(fmt::format("\"{}\"", key));
  return at == std::string::npos ? file : position(text, file, at);
}

}  // namespace chipfit::plan
