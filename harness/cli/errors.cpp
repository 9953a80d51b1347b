#include "harness/cli/errors.hpp"

#include <fmt/format.h>

#include "harness/cli/text.hpp"
#include "harness/results/verdict.hpp"

namespace chipfit::cli {

int exit_code(Error::Kind kind) {
  switch (kind) {
    case Error::Kind::usage:
      return exit_usage;
    case Error::Kind::bad_data:
      return exit_bad_data;
    case Error::Kind::missing:
      return exit_missing;
    case Error::Kind::unavailable:
      return exit_unavailable;
    case Error::Kind::internal:
      return exit_internal;
    case Error::Kind::io:
      return exit_io;
    case Error::Kind::interrupted:
      return exit_interrupted;
  }
  return exit_internal;
}

int exit_code(std::span<const results::Row> rows) {
  for (const auto& row : rows) {
    const auto verdict = parse_verdict(row.text(results::Column::verdict));
    if (!verdict || !info(*verdict).acceptable) return exit_verdict;
  }
  return exit_ok;
}

std::string error_text(const Error& error) {
  auto text = fmt::format("error: {}\n", printable(error.what));
  if (!error.where.empty()) text += fmt::format("  at: {}\n", printable(error.where));
  std::string_view hint = error.hint;
  for (const char* label = "  hint: "; !hint.empty(); label = "        ") {
    const auto end = hint.find('\n');
    text += label + printable(hint.substr(0, end)) + "\n";
    hint = end == std::string_view::npos ? std::string_view() : hint.substr(end + 1);
  }
  return text;
}

}  // namespace chipfit::cli
