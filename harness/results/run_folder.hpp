#pragma once
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "harness/results/row.hpp"
#include "kernels/base/result.hpp"

namespace chipfit::results {

/// A CSV that survives crashes: whole lines by one write() on an O_APPEND descriptor, then fdatasync. Opening drops a
/// torn last line; a file under another header is refused (bad_data). All failures name the path (io). One process at
/// a time: a file that another process holds open is refused (io).
class AppendFile {
 public:
  /// Creates the file with `header` (a line without its end) or opens it for appending.
  static Result<AppendFile> open(const std::filesystem::path&, const std::string& header);
  AppendFile(AppendFile&&) noexcept;
  AppendFile& operator=(AppendFile&&) noexcept;
  ~AppendFile();
  /// One or more whole lines, each ending in LF. After an error (a full disk) the file is as it was before: no line
  /// was added, not even a part of one.
  Result<void> append(std::string_view lines);
  /// Bytes of a torn last line that opening dropped; 0 mostly.
  std::uint64_t dropped_bytes() const { return dropped_bytes_; }

 private:
  AppendFile() = default;
  int fd_ = -1;
  std::filesystem::path path_;
  std::uint64_t dropped_bytes_ = 0;
};

/// Whole file by temporary + fsync + rename + fsync of the folder: after a crash the old content or the new, never a
/// mixture. Errors: io.
Result<void> write_whole(const std::filesystem::path&, std::string_view content);
/// Errors: missing, io.
Result<std::string> read_whole(const std::filesystem::path&);

/// "20261122T084733Z-lab1-5f2c": UTC time, host, 4 random hex digits.
std::string new_run_id();
std::string utc_timestamp();  ///< "2026-11-22T08:47:33Z"

/// Reads results.csv (any result-v1 file: BOM and CRLF accepted, columns in any order, unknown columns ignored, a torn
/// last line dropped). Errors: missing, io; bad_data with file:line:column.
struct ResultFile {
  std::vector<Row> rows;
  bool torn_line = false;
};
Result<ResultFile> read_results(const std::filesystem::path&);

/// Header and line of results.csv.
std::string header_line();        ///< without its end
std::string to_line(const Row&);  ///< with LF; the column `schema` is filled in
/// A whole results.csv: the header, then the rows.
std::string to_text(const std::vector<Row>&);

}  // namespace chipfit::results
