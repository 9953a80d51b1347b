#pragma once
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "kernels/base/result.hpp"

namespace chipfit::report {

enum class Language { zh, en, both };

/// One sentence or label of a report in both languages, with {placeholders}.
struct Message {
  std::string zh, en;
};

/// Every word of a report, by id ("summary.lead"). Ids that begin with "ui." go to the page's scripts.
using Messages = std::map<std::string, Message, std::less<>>;

/// messages.toml, built into the binary. Errors (bad_data) are defects of that file.
Result<Messages> builtin_messages();
/// The same from a text: `"id" = { zh = "…", en = "…" }`, one a line.
Result<Messages> parse_messages(std::string_view toml);

/// Names between braces, sorted, each once.
std::vector<std::string> placeholders(std::string_view text);

using Values = std::vector<std::pair<std::string_view, std::string>>;
/// The text with its placeholders replaced, as it is; one without a value stays, so that it is seen.
std::string fill(std::string_view text, const Values&);

}  // namespace chipfit::report
