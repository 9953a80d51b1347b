#include "harness/report/figures.hpp"

#include <fmt/format.h>

#include <charconv>

#include "harness/compare/formats.hpp"
#include "kernels/base/numbers.hpp"

namespace chipfit::report {
namespace {

std::string shortest(double value) {
  return fmt::format("{}", value);
}

/// A cell for people, by the unit of its column.
std::string text_of(double value, const results::ColumnInfo& column) {
  if (column.unit == "s") return time_text(value);
  if (column.unit == "FLOP/s") return rate_text(value);
  if (column.unit == "FLOP") return work_text(value);
  if (column.unit == "°C") return fmt::format("{:.0f} °C", value);
  if (!column.unit.empty()) return si_text(value, column.unit, 3);
  if (column.type == results::ColumnType::integer) return count_text(static_cast<std::uint64_t>(value));
  return value != 0 && (value < 0.001 || value >= 1e6) ? fmt::format("{:.2e}", value) : si_text(value, "", 3);
}

}  // namespace

Filter& Filter::where(std::string_view column, std::string_view value) {
  text_ += fmt::format("{}{}=", text_.empty() ? "" : "&", column);
  for (const char c : value) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
                       c == '-' || c == '.' || byte >= 0x80;
    if (plain) {
      text_ += c;
    } else {
      text_ += fmt::format("%{:02X}", byte);
    }
  }
  return *this;
}

Figure cell(const Model& model, RowIndex row, results::Column column) {
  const auto& info = results::info(column);
  auto from = fmt::format("cell:{}:{}", row, info.name);
  const auto& raw = model.text(row, column);
  const auto value = model.real(row, column);
  return {value ? text_of(*value, info) : raw, raw, std::move(from)};
}

Figure share(const Model& model, RowIndex row, results::Column of, results::Column over) {
  const double ratio = model.real(row, of).value_or(0) / model.real(row, over).value_or(1);
  return {percent_text(ratio), shortest(ratio),
          fmt::format("share:{}:{}:{}", row, results::info(of).name, results::info(over).name)};
}

Figure count(std::size_t n, const Filter& filter) {
  return {count_text(n), fmt::format("{}", n), "count:" + filter.text()};
}

Figure distinct(std::size_t n, results::Column column, const Filter& filter) {
  return {count_text(n), fmt::format("{}", n),
          fmt::format("distinct:{}:{}", results::info(column).name, filter.text())};
}

Figure part(std::size_t of, std::size_t over, const Filter& first, const Filter& second) {
  const double ratio = over == 0 ? 0 : static_cast<double>(of) / static_cast<double>(over);
  // 9,999 of 10,000 is not "100 %".
  auto text = percent_text(ratio);
  if (of != over && ratio > 0.99 && text == "100 %") text = "> 99 %";
  return {std::move(text), shortest(ratio), fmt::format("part:{}|{}", first.text(), second.text())};
}

Figure weighted_share(const Weighted& sum, const Filter& filter) {
  return {percent_text(sum.share), shortest(sum.share), "weighted_share:" + filter.text()};
}

Figure weighted_rate(const Weighted& sum, const Filter& filter) {
  const double rate = sum.rate_flop_per_s.value_or(0);
  return {rate_text(rate), shortest(rate), "weighted_rate:" + filter.text()};
}

Figure times(double ratio, std::string from) {
  return {fmt::format("{} ×", compare::ratio_text(ratio)), shortest(ratio), std::move(from)};
}

Figure threshold(double value, std::string_view criterion) {
  return {percent_text(value), shortest(value), fmt::format("criterion:{}", criterion)};
}

std::optional<RowIndex> row_of(const Figure& figure) {
  const auto colon = figure.from.find(':');
  const auto kind = figure.from.substr(0, colon);
  if (colon == std::string::npos || (kind != "cell" && kind != "share")) return std::nullopt;
  RowIndex row = 0;
  const char* begin = figure.from.data() + colon + 1;
  if (std::from_chars(begin, figure.from.data() + figure.from.size(), row).ec != std::errc()) return std::nullopt;
  return row;
}

}  // namespace chipfit::report
