#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "kernels/base/result.hpp"

namespace chipfit::csv {

/// One record of an RFC 4180 file and where its fields stand (1-based lines and columns, in bytes).
struct Record {
  std::vector<std::string> fields;
  std::size_t line = 0;              ///< where the record begins
  std::vector<std::size_t> columns;  ///< of each field, its opening quote included
  std::vector<std::size_t> lines;    ///< of each field; differs from `line` after a quoted line break
};

/// Reads records one after another from a whole text. Accepts a UTF-8 BOM, LF and CRLF, quoted fields with doubled
/// quotes and line breaks. Blank lines are skipped.
class Reader {
 public:
  /// `name` is the file's name for error messages; `text` must outlive the reader; `first_line`: the number of its
  /// first line, for a text that is a part of a file.
  Reader(std::string name, std::string_view text, std::size_t first_line = 1);
  /// True when `record` was filled, false at the end. Errors (bad_data): unterminated quote, text after a closing
  /// quote, a quote inside an unquoted field, a carriage return without line feed, a NUL byte, invalid UTF-8.
  /// After an error the next call goes on with the line after the fault.
  Result<bool> next(Record& record);
  /// The last record has no line end: a torn line in a file that is appended to. Also true when that record was
  /// reported as an error.
  bool last_record_torn() const { return torn_; }
  /// "file:line:column" of a field; of the place where it is missing when the record has fewer fields.
  std::string where(const Record&, std::size_t field) const;

 private:
  std::string name_;
  std::string_view text_;
  std::size_t at_ = 0, line_ = 1;
  std::size_t line_start_ = 0;  // offset at which line_ begins
  bool torn_ = false;

  tl::unexpected<Error> fault(std::string what, std::string hint, std::size_t offset);
  void start_line(std::size_t offset);
};

/// A field, quoted only where RFC 4180 demands it (and where a leading BOM would be taken for the file's).
std::string quoted(std::string_view field);
/// Fields joined by commas, without line end. A single empty field is `""`, since a blank line is no record.
std::string line(const std::vector<std::string>& fields);

}  // namespace chipfit::csv
