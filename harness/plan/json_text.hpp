#pragma once
#include <cstdint>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "kernels/base/result.hpp"

namespace chipfit::plan {

/// The content of a regular file of at most `limit` bytes. Errors: missing, bad_data (too large, not a file), io.
Result<std::string> read_text(const std::filesystem::path&, std::uint64_t limit);

/// JSON whose top level is an object. Error (bad_data) at file:line:column.
Result<nlohmann::json> parse_json_object(const std::string& text, const std::string& file);

/// "file:line:column" of the first `"key"` in the text; the file alone where it is not found.
std::string where_is_key(const std::string& text, const std::string& file, std::string_view key);

}  // namespace chipfit::plan
