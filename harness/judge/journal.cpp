#include "harness/judge/journal.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "harness/judge/attempt.hpp"
#include "harness/results/manifest.hpp"
#include "kernels/base/csv.hpp"

namespace chipfit::judge {
namespace fs = std::filesystem;

namespace {

bool is_run_of_plan(const fs::path& folder, const std::string& plan_sha256) {
  const auto manifest = results::read_manifest(folder);
  return manifest && manifest->plan_sha256 == plan_sha256;
}

}  // namespace

Result<void> Journal::open_files() {
  const std::pair<const char*, std::string> wanted[] = {{"results.csv", results::header_line()},
                                                        {"samples.csv", std::string(results::samples_header)}};
  for (const auto& [file_name, header] : wanted) {
    auto file = results::AppendFile::open(folder_ / file_name, header);
    if (!file) return pass_on(file.error());
    if (file->dropped_bytes() > 0)
      notes_.push_back(fmt::format("{}: dropped a torn last line of {} bytes", file_name, file->dropped_bytes()));
    files_.push_back(std::move(*file));
  }
  return {};
}

Result<Journal> Journal::create(const fs::path& out) {
  Journal journal;
  journal.folder_ = out / results::new_run_id();
  std::error_code failed;
  fs::create_directories(journal.folder_, failed);
  if (failed)
    return fail(Error::Kind::io, fmt::format("cannot create the results folder: {}", failed.message()),
                journal.folder_.string(), "--out DIR chooses another place");
  CHIPFIT_ATTEMPT(journal.open_files());
  return journal;
}

Result<Journal> Journal::resume(const fs::path& out, const std::string& plan_sha256) {
  std::vector<fs::path> candidates;
  std::error_code failed;
  if (fs::exists(out / "manifest.json")) {
    if (!is_run_of_plan(out, plan_sha256))
      return fail(Error::Kind::bad_data, "this run has another plan", out.string(),
                  "resume with the options it was started with (see argv in its manifest.json)");
    candidates.push_back(out);
  } else {
    for (const auto& entry : fs::directory_iterator(out, failed))
      if (entry.is_directory() && is_run_of_plan(entry.path(), plan_sha256)) candidates.push_back(entry.path());
  }
  if (candidates.empty())
    return fail(Error::Kind::missing, "no run of this plan to resume", out.string(),
                "run without --resume, or with the options the run was started with");
  Journal journal;
  // A trailing slash would leave the run without a name.
  journal.folder_ = fs::absolute(*std::max_element(candidates.begin(), candidates.end())).lexically_normal();
  if (journal.folder_.filename().empty()) journal.folder_ = journal.folder_.parent_path();
  CHIPFIT_ATTEMPT(journal.open_files());
  auto present = results::read_results(journal.folder_ / "results.csv");
  if (!present) return pass_on(present.error());
  journal.present_ = std::move(present->rows);
  CHIPFIT_ATTEMPT(journal.drop_orphaned_samples());
  return journal;
}

Result<void> Journal::drop_orphaned_samples() {
  std::set<std::string> committed;
  for (const auto& row : present_) committed.insert(results::key(row));
  const fs::path path = folder_ / "samples.csv";
  const auto text = results::read_whole(path);
  if (!text) return pass_on(text.error());
  csv::Reader reader(path.string(), *text);
  csv::Record record;
  std::string kept;
  std::size_t dropped = 0;
  bool header = true;
  while (true) {
    const auto more = reader.next(record);
    if (!more) return pass_on(more.error());
    if (!*more) break;
    results::Row row;
    if (!header && record.fields.size() >= 5) {
      row.set(results::Column::case_id, record.fields[1]);
      row.set(results::Column::backend, record.fields[2]);
      row.set(results::Column::device_uid, record.fields[3]);
      row.set(results::Column::launch, record.fields[4]);
    }
    if (header || committed.count(results::key(row)) > 0)
      kept += csv::line(record.fields) + "\n";
    else
      ++dropped;
    header = false;
  }
  if (dropped == 0) return {};
  notes_.push_back(fmt::format("samples.csv: dropped {} samples of a case that was cut off", dropped));
  files_.pop_back();
  CHIPFIT_ATTEMPT(results::write_whole(path, kept));
  auto file = results::AppendFile::open(path, std::string(results::samples_header));
  if (!file) return pass_on(file.error());
  files_.push_back(std::move(*file));
  return {};
}

Result<void> Journal::append(const results::Row& row, const std::string& sample_lines) {
  if (!sample_lines.empty()) CHIPFIT_ATTEMPT(files_[1].append(sample_lines));
  return files_[0].append(results::to_line(row));
}

}  // namespace chipfit::judge
