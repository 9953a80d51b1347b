#include "harness/conformance/lists.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "harness/plan/json_text.hpp"
#include "kernels/base/csv.hpp"

namespace chipfit::conformance {
namespace {

constexpr std::uint64_t largest_file = 1 << 20;
const std::vector<std::string> header{"list", "cases", "duty", "reason"};

Result<Lists::Entry> read_entry(const csv::Reader& reader, const csv::Record& record, const std::string& file) {
  const auto bad = [&](std::size_t field, std::string what, std::string hint = {}) {
    return fail(Error::Kind::bad_data, std::move(what), reader.where(record, field), std::move(hint));
  };
  if (record.fields.size() != header.size())
    return bad(record.fields.size(), fmt::format("{} fields, not {}", record.fields.size(), header.size()),
               "list,cases,duty,reason");
  const auto& [list, cases, duty, reason] =
      std::tie(record.fields[0], record.fields[1], record.fields[2], record.fields[3]);
  Lists::Entry entry;
  entry.where = fmt::format("{}:{}", file, record.line);
  if (list != "never" && list != "expected")
    return bad(0, fmt::format("'{}' is no list", list), "lists are never and expected");
  entry.kind = list == "never" ? Lists::Kind::never : Lists::Kind::expected;
  if (cases.empty()) return bad(1, "no cases", "gemm:f16:*");
  if (reason.empty()) return bad(3, "no reason", "say why, so that the next reader can tell when it ends");
  if (entry.kind == Lists::Kind::never) {
    if (!duty.empty()) return bad(2, "a duty belongs to expected failures only", "leave it empty");
  } else {
    const auto parsed = parse_duty(duty);
    if (!parsed) return bad(2, parsed.error().what, parsed.error().hint);
    entry.duty = *parsed;
  }
  entry.cases = cases;
  entry.reason = reason;
  return entry;
}

}  // namespace

bool matches(std::string_view pattern, std::string_view text) {
  // The last * takes one more character whenever what follows it does not fit.
  std::size_t p = 0, t = 0, star = std::string_view::npos, taken = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      taken = t;
    } else if (p < pattern.size() && pattern[p] == text[t]) {
      ++p, ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++taken;
    } else {
      return false;
    }
  }
  return std::all_of(pattern.begin() + static_cast<std::ptrdiff_t>(p), pattern.end(), [](char c) { return c == '*'; });
}

Result<Lists> parse_lists(std::string_view text, const std::string& file) {
  csv::Reader reader(file, text);
  csv::Record record;
  const auto first = reader.next(record);
  if (!first) return pass_on(first.error());
  if (!*first || record.fields != header)
    return fail(Error::Kind::bad_data, "the first line is not list,cases,duty,reason", fmt::format("{}:1:1", file));
  Lists lists;
  for (;;) {
    const auto more = reader.next(record);
    if (!more) return pass_on(more.error());
    if (!*more) return lists;
    auto entry = read_entry(reader, record, file);
    if (!entry) return pass_on(entry.error());
    lists.entries.push_back(std::move(*entry));
  }
}

Result<Lists> load_lists(const std::filesystem::path& path) {
  const auto text = plan::read_text(path, largest_file);
  if (!text) return pass_on(text.error());
  return parse_lists(*text, path.string());
}

const Lists::Entry* never(const Lists& lists, std::string_view case_id) {
  for (const auto& entry : lists.entries)
    if (entry.kind == Lists::Kind::never && matches(entry.cases, case_id)) return &entry;
  return nullptr;
}

const Lists::Entry* expected(const Lists& lists, const Finding& finding) {
  for (const auto& entry : lists.entries)
    if (entry.kind == Lists::Kind::expected && entry.duty == finding.duty && matches(entry.cases, finding.case_id))
      return &entry;
  return nullptr;
}

}  // namespace chipfit::conformance
