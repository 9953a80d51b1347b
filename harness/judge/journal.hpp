#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "harness/results/row.hpp"
#include "harness/results/run_folder.hpp"

namespace chipfit::judge {

/// The open files of one run: results.csv and samples.csv, which AppendFile keeps to one judge at a time. A row is the
/// commitment: its samples are written before it, and samples without a row are dropped on resuming.
class Journal {
 public:
  /// A new folder out/<run_id>.
  static Result<Journal> create(const std::filesystem::path& out);
  /// The newest run under `out` (or `out` itself, when it is a run folder) whose manifest carries this plan's hash.
  /// Errors: missing (no such run), bad_data (`out` is a run folder of another plan), io (another judge has it).
  static Result<Journal> resume(const std::filesystem::path& out, const std::string& plan_sha256);

  const std::filesystem::path& folder() const { return folder_; }
  std::string run_id() const { return folder_.filename().string(); }
  /// Rows that were there when the folder was opened.
  const std::vector<results::Row>& present() const { return present_; }
  /// What opening had to mend ("results.csv: dropped a torn last line of 93 bytes").
  const std::vector<std::string>& notes() const { return notes_; }

  Result<void> append(const results::Row&, const std::string& sample_lines);

 private:
  Journal() = default;
  Result<void> open_files();
  Result<void> drop_orphaned_samples();

  std::filesystem::path folder_;
  std::vector<results::Row> present_;
  std::vector<std::string> notes_;
  std::vector<results::AppendFile> files_;  // results.csv, samples.csv
};

}  // namespace chipfit::judge
