#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "kernels/base/csv.hpp"

namespace chipfit::csv {

/// Reads a stream of any length in bounded memory, at most one record and one block at a time. Gives exactly the
/// records and the first error of Reader over the whole text: plain records are split here, all others (quotes, stray
/// control characters, broken UTF-8) are handed to Reader.
class Scanner {
 public:
  /// Fills the buffer with the next bytes and says how many; 0 at the end.
  using Source = std::function<Result<std::size_t>(char* buffer, std::size_t room)>;

  /// `name` is the file's name for error messages.
  Scanner(std::string name, Source source, std::size_t block_bytes = std::size_t{1} << 20);

  /// True when a record was read, false at the end and after an error. Errors: those of Reader and of the source;
  /// bad_data for a record of more than 16 MiB.
  Result<bool> next();
  std::size_t field_count() const { return odd_ ? record_.fields.size() : ends_.size(); }
  /// Valid until the next call of next().
  std::string_view field(std::size_t i) const {
    if (odd_) return record_.fields[i];
    const std::size_t begin = i == 0 ? 0 : ends_[i - 1] + std::size_t{1};
    return {text_ + begin, ends_[i] - begin};
  }
  std::size_t line() const { return line_; }  ///< where the record begins, from 1
  /// "file:line:column" of a field; of the end of the record for a field that it has not.
  std::string where(std::size_t field) const;
  bool last_record_torn() const { return torn_; }
  /// After next(): what it read, or failed on, is a last line without its end, as a cut-off file has it.
  bool in_torn_line() const;

 private:
  enum class Scan { whole, unfinished, odd };
  Scan scan_plain();
  Result<bool> fill();
  Result<bool> read_odd();
  bool find_end_outside_quotes(std::size_t& end) const;

  std::string name_;
  Source source_;
  std::size_t block_;
  std::vector<char> buffer_;
  std::size_t begin_ = 0, end_ = 0;  // unread bytes of the buffer
  bool at_end_ = false, failed_ = false, torn_ = false, started_ = false;
  std::size_t line_ = 0, next_line_ = 1;

  const char* text_ = nullptr;       // of a plain record
  std::vector<std::uint32_t> ends_;  // of its fields
  std::size_t length_ = 0;           // of the record and its line end
  bool odd_ = false;
  std::string odd_text_;
  Record record_;
};

/// Source that reads a whole text; for tests.
Scanner::Source text_source(std::string_view text);

}  // namespace chipfit::csv
