#pragma once
#include <array>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "harness/results/provenance.hpp"
#include "harness/results/row.hpp"
#include "kernels/base/csv_scanner.hpp"
#include "kernels/base/result.hpp"

namespace chipfit::results {

/// results.csv row by row in bounded memory, whatever its length: any result-v1 file, BOM and CRLF accepted, columns in
/// any order, unknown columns ignored, a torn last line dropped.
class RowStream {
 public:
  /// Reads the header. Errors: missing, io; bad_data with file:line:column.
  static Result<RowStream> open(const std::filesystem::path&);
  /// The same of a file's content, which has to outlive the stream; `name` stands in errors.
  static Result<RowStream> of_text(const std::string& name, std::string_view text);

  /// True when a row was read. Errors (bad_data, io): not a CSV record, another number of fields, another schema.
  Result<bool> next();
  bool has(Column column) const { return field_[static_cast<std::size_t>(column)] != absent; }
  /// Cell of the row; empty where the file has no such column; provenance by its present name. Valid until the next
  /// call of next().
  std::string_view text(Column column) const {
    const auto field = field_[static_cast<std::size_t>(column)];
    if (field == absent) return {};
    return column == Column::provenance ? present_provenance(scanner_->field(field)) : scanner_->field(field);
  }
  /// Error (bad_data) where the cell does not fit its column's type.
  Result<void> check(Column) const;
  std::size_t line() const { return scanner_->line(); }
  std::string where(Column) const;  ///< "file:line:column"
  bool torn_line() const { return torn_; }

 private:
  static constexpr std::size_t absent = static_cast<std::size_t>(-1);
  RowStream() = default;
  Result<void> read_header(const std::string& path);

  std::unique_ptr<csv::Scanner> scanner_;
  std::array<std::size_t, column_count> field_{};
  std::size_t fields_ = 0;
  bool torn_ = false;
};

/// Source of a scanner that reads a file. Errors: missing, io.
Result<csv::Scanner::Source> file_source(const std::filesystem::path&);

}  // namespace chipfit::results
