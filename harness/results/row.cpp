#include "harness/results/row.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>

#include "kernels/base/parse_number.hpp"
#include "kernels/base/utf8.hpp"

namespace chipfit::results {
namespace {

bool is_utc(std::string_view text) {
  constexpr std::string_view form = "0000-00-00T00:00:00Z";
  if (text.size() != form.size()) return false;
  for (std::size_t i = 0; i < form.size(); ++i) {
    const bool digit = text[i] >= '0' && text[i] <= '9';
    if (form[i] == '0' ? !digit : text[i] != form[i]) return false;
  }
  const auto part = [&](std::size_t at, std::size_t length) {
    return parse_number<unsigned>(text.substr(at, length)).value();
  };
  const std::chrono::year_month_day day{std::chrono::year(static_cast<int>(part(0, 4))), std::chrono::month(part(5, 2)),
                                        std::chrono::day(part(8, 2))};
  return day.ok() && part(11, 2) < 24 && part(14, 2) < 60 && part(17, 2) <= 60;
}

}  // namespace

const ColumnInfo& info(Column column) {
  return all_columns()[static_cast<std::size_t>(column)];
}

std::optional<Column> find_column(std::string_view name) {
  const auto found = std::ranges::find(all_columns(), name, &ColumnInfo::name);
  if (found == all_columns().end()) return std::nullopt;
  return found->id;
}

bool fits(ColumnType type, std::string_view text) {
  if (text.empty()) return true;
  switch (type) {
    case ColumnType::text:
      return true;
    case ColumnType::integer:
      return parse_number<std::int64_t>(text).has_value();
    case ColumnType::real: {
      const auto value = parse_number<double>(text);
      return value && std::isfinite(*value);
    }
    case ColumnType::time:
      return is_utc(text);
  }
  return false;
}

std::string one_line(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const std::size_t invalid = std::min(find_invalid_utf8(text), text.size());
    for (const char c : text.substr(0, invalid)) {
      const auto byte = static_cast<unsigned char>(c);
      out.push_back(byte < 0x20 || byte == 0x7f ? ' ' : c);
    }
    text.remove_prefix(invalid);
    if (text.empty()) break;
    out += "\xEF\xBF\xBD";
    text.remove_prefix(1);
  }
  return out;
}

void Row::set(Column column, std::string_view text) {
  auto& cell = cells_[static_cast<std::size_t>(column)];
  // Nearly all cells are plain text, and files have millions of them.
  const bool plain = std::ranges::all_of(text, [](char c) { return c >= 0x20 && c < 0x7f; });
  if (plain) {
    cell.assign(text);
  } else {
    cell = one_line(text);
  }
}

void Row::set(Column column, std::int64_t value) {
  cells_[static_cast<std::size_t>(column)] = std::to_string(value);
}

void Row::set(Column column, double value) {
  cells_[static_cast<std::size_t>(column)] = std::isfinite(value) ? fmt::format("{}", value) : std::string();
}

const std::string& Row::text(Column column) const {
  return cells_[static_cast<std::size_t>(column)];
}

std::optional<double> Row::real(Column column) const {
  return parse_number<double>(text(column));
}

std::optional<std::int64_t> Row::integer(Column column) const {
  return parse_number<std::int64_t>(text(column));
}

std::string key(const Row& row) {
  // A cell holds no control characters, so that the tab cannot be part of a name.
  return fmt::format("{}\t{}\t{}\t{}", row.text(Column::case_id), row.text(Column::backend),
                     row.text(Column::device_uid), row.text(Column::launch));
}

}  // namespace chipfit::results
