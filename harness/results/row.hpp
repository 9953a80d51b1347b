#pragma once
#include <array>
#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "harness/results/columns.hpp"  // generated from results/schema/result-v1.csv: enum class Column, column_count

namespace chipfit::results {

enum class ColumnType { text, integer, real, time };
struct ColumnInfo {
  Column id;
  std::string_view name;
  ColumnType type;
  std::string_view unit;
  std::string_view meaning_en;
  std::string_view meaning_zh;
  std::string_view since;  ///< version of chipfit that introduced the column
};
/// In the order of the file.
const std::array<ColumnInfo, column_count>& all_columns();
const ColumnInfo& info(Column);
std::optional<Column> find_column(std::string_view name);
/// docs/result-columns.md, generated from the same dictionary.
std::string_view columns_markdown();

/// True for text that may stand in a cell of this type: empty; an integer of 64 bits; a finite number; UTC as
/// "2026-11-22T08:47:33Z"; any text.
bool fits(ColumnType, std::string_view text);

/// One row of results.csv: text per column, empty = not measured.
class Row {
 public:
  /// A cell is one line of UTF-8, whatever a plugin answered: control characters become spaces, bytes that are not
  /// UTF-8 become U+FFFD.
  void set(Column, std::string_view text);
  void set(Column, std::int64_t);
  void set(Column column, std::integral auto value) {
    cells_[static_cast<std::size_t>(column)] = std::to_string(+value);
  }
  /// Shortest text that reads back to the same double; NaN and infinity leave the cell empty.
  void set(Column, double);
  const std::string& text(Column) const;
  /// Nothing where the cell is empty or holds no number.
  std::optional<double> real(Column) const;
  std::optional<std::int64_t> integer(Column) const;
  friend bool operator==(const Row&, const Row&) = default;

 private:
  std::array<std::string, column_count> cells_;
};

/// (case_id, backend, device_uid, launch), the key of a row.
std::string key(const Row&);

/// Text as it may stand in a cell; see Row::set.
std::string one_line(std::string_view text);

}  // namespace chipfit::results
