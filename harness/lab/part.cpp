#include "harness/lab/part.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <map>
#include <set>
#include <tuple>

#include "harness/plan/tasks.hpp"
#include "harness/results/build_info.hpp"
#include "harness/results/digest.hpp"
#include "harness/results/row_stream.hpp"
#include "harness/results/run_folder.hpp"
#include "harness/results/system_error.hpp"
#include "harness/results/verdict.hpp"
#include "harness/results/whole_file.hpp"

namespace chipfit::lab {
namespace {

namespace fs = std::filesystem;
using results::Column;

/// "0.1.0+3f2a91c04b7d", as the rows have it.
std::string version_of(const results::Manifest& manifest) {
  return manifest.harness_version + "+" + manifest.harness_commit;
}

std::string host_of(const results::Manifest& manifest) {
  const auto host = manifest.machine.find("host");
  return host != manifest.machine.end() && host->is_string() ? host->get<std::string>() : std::string();
}

/// Checks one folder that claims to be a task's part.
class Check {
 public:
  Check(const PlanFolder& plan, std::size_t index, const fs::path& folder)
      : plan_(plan), index_(index), folder_(folder) {}

  Result<CheckedPart> run() {
    part_.index = index_;
    for (const auto step : {&Check::read_sums, &Check::read_files, &Check::check_manifest, &Check::check_rows})
      if (auto done = (this->*step)(); !done) return pass_on(done.error());
    return std::move(part_);
  }

 private:
  Result<void> damaged(std::string what, const fs::path& where) const {
    return fail(Error::Kind::bad_data, fmt::format("part {} {}", index_, what), where.string(),
                fmt::format("do it again: {}", plan_.run_command(index_)));
  }

  Result<void> read_sums() {
    const auto text = results::read_whole(folder_ / "SHA256SUMS");
    if (!text && text.error().kind != Error::Kind::missing) return pass_on(text.error());
    if (!text) return damaged("has no list of its files' digests", folder_);
    std::string_view rest = *text;
    while (!rest.empty()) {
      const auto line = rest.substr(0, rest.find('\n'));
      rest.remove_prefix(std::min(rest.size(), line.size() + 1));
      const bool is_entry = line.size() > 66 && line.substr(64, 2) == "  " && line.find('/') == std::string_view::npos;
      if (!is_entry) return damaged("is damaged", folder_ / "SHA256SUMS");
      sums_.emplace(line.substr(66), line.substr(0, 64));
    }
    return {};
  }

  Result<void> read_files() {
    for (const char* needed : {"manifest.json", "results.csv"})
      if (!sums_.contains(needed)) return damaged(fmt::format("has no {}", needed), folder_);
    for (const auto& [name, sum] : sums_) {
      std::error_code error;
      if (!fs::is_regular_file(folder_ / name, error)) return damaged("lacks a file", folder_ / name);
      auto text = results::read_whole(folder_ / name);
      if (!text && text.error().kind != Error::Kind::missing) return pass_on(text.error());
      if (!text) return damaged("lacks a file", folder_ / name);
      if (results::sha256(*text) != sum) return damaged("was changed after it was made", folder_ / name);
      if (name == "manifest.json") {
        part_.manifest_sha256 = sum;
        if (auto read = read_manifest(*text); !read) return read;
      }
      if (name == "results.csv") part_.results = std::move(*text);
      if (name == "samples.csv") part_.samples = std::move(*text);
      if (name == "telemetry.csv") part_.telemetry = std::move(*text);
    }
    return {};
  }

  Result<void> read_manifest(const std::string& text) {
    const auto parsed = nlohmann::json::parse(text, nullptr, false);
    if (parsed.is_discarded()) return damaged("has a manifest that is not JSON", folder_ / "manifest.json");
    auto manifest = results::manifest_from_json(parsed);
    if (!manifest) return damaged("has a manifest that cannot be read: " + manifest.error().what, folder_);
    part_.manifest = std::move(*manifest);
    part_.host = host_of(part_.manifest);
    return {};
  }

  Result<void> check_manifest() {
    const auto& manifest = part_.manifest;
    if (manifest.plan_sha256 != plan_.plan_sha256)
      return damaged(fmt::format("is of another plan ({}…, here {}…)", manifest.plan_sha256.substr(0, 12),
                                 plan_.plan_sha256.substr(0, 12)),
                     folder_);
    if (version_of(manifest) != plan_.plan.division.harness_version)
      return damaged(fmt::format("was made on {} by chipfit {}, the plan is for {}", part_.host, version_of(manifest),
                                 plan_.plan.division.harness_version),
                     folder_);
    const auto task = plan::task(plan_.plan, index_);
    if (!task) return pass_on(task.error());
    if (!task->node.empty() && part_.host != task->node)
      return damaged(fmt::format("is for {}, and was made on {}", task->node, part_.host), folder_);
    return {};
  }

  Result<void> check_rows() {
    const auto task = plan::task(plan_.plan, index_);
    if (!task) return pass_on(task.error());
    const auto planned = plan::plan_of(plan_.plan, *task);
    std::set<std::tuple<std::string_view, std::string_view, std::string, std::string>> open;
    for (const auto& each : planned.cases)
      for (const auto& device : planned.devices)
        for (int launch = 1; launch <= planned.launches; ++launch)
          open.emplace(each.case_id, device.backend, std::to_string(device.device_index), std::to_string(launch));
    // The bytes that were verified are the bytes that are merged, so their header has to be this harness's own.
    if (!part_.results.starts_with(results::header_line() + "\n"))
      return damaged("has other columns than this chipfit", folder_ / "results.csv");
    auto rows = results::RowStream::of_text((folder_ / "results.csv").string(), part_.results);
    if (!rows) return pass_on(rows.error());
    while (true) {
      const auto more = rows->next();
      if (!more) return damaged("has a row that cannot be read: " + more.error().what, more.error().where);
      if (!*more) break;
      ++part_.rows;
      const auto verdict = parse_verdict(rows->text(Column::verdict));
      if (!verdict || !info(*verdict).acceptable) ++part_.unacceptable;
      if (rows->text(Column::plan_sha256) != plan_.plan_sha256)
        return damaged("has a row of another plan", rows->where(Column::plan_sha256));
      const auto row =
          open.find({rows->text(Column::case_id), rows->text(Column::backend),
                     std::string(rows->text(Column::device_index)), std::string(rows->text(Column::launch))});
      if (row == open.end())
        return damaged(fmt::format("has a row twice, or one that is not its own: {}", rows->text(Column::case_id)),
                       rows->where(Column::case_id));
      open.erase(row);
    }
    if (rows->torn_line()) return damaged("has a torn last line", folder_ / "results.csv");
    if (!open.empty())
      return damaged(fmt::format("lacks {} of {} rows", open.size(), plan::row_count(plan_.plan, *task)),
                     folder_ / "results.csv");
    return {};
  }

  const PlanFolder& plan_;
  std::size_t index_;
  fs::path folder_;
  std::map<std::string, std::string> sums_;  // by file name
  CheckedPart part_;
};

Result<void> make_folder(const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) return fail(Error::Kind::io, fmt::format("cannot be made: {}", error.message()), folder.string());
  return {};
}

Result<void> sync_files(const fs::path& folder) {
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    if (!entry.is_regular_file(error)) continue;
    const int fd = ::open(entry.path().c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0) return results::io_failure("opening", entry.path(), errno);
    const int number = ::fsync(fd) != 0 && errno != EINVAL ? errno : 0;
    ::close(fd);
    if (number != 0) return results::io_failure("syncing", entry.path(), number);
  }
  return results::sync_folder(folder / "x");
}

/// Sets a folder aside under refused/, whatever is there already.
Result<void> refuse(const PlanFolder& plan, std::size_t index, const fs::path& folder) {
  if (auto made = make_folder(plan.path / "refused"); !made) return made;
  std::error_code error;
  for (int n = 1; n < 1000; ++n) {
    fs::rename(folder, plan.path / "refused" / fmt::format("{}-{}", index_name(index), n), error);
    if (!error || error == std::errc::no_such_file_or_directory) return {};
    if (error != std::errc::directory_not_empty && error != std::errc::file_exists) break;
  }
  return fail(Error::Kind::io, fmt::format("cannot be set aside: {}", error.message()), folder.string());
}

bool is_being_written(const fs::path& file) {
  const int fd = ::open(file.c_str(), O_RDWR | O_CLOEXEC);
  if (fd < 0) return true;
  const bool locked = ::flock(fd, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK;
  ::close(fd);
  return locked;
}

}  // namespace

Result<CheckedPart> read_part(const PlanFolder& plan, std::size_t index) {
  std::error_code error;
  if (!fs::exists(plan.part(index), error)) {
    return fail(Error::Kind::missing, fmt::format("part {} is not there", index), plan.part(index).string(),
                plan.run_command(index));
  }
  return Check(plan, index, plan.part(index)).run();
}

Result<Kept> keep_part(const PlanFolder& plan, std::size_t index, const fs::path& run_folder) {
  if (const auto own = Check(plan, index, run_folder).run(); !own) return pass_on(own.error());
  if (auto made = make_folder(plan.parts()); !made) return pass_on(made.error());
  if (auto synced = sync_files(run_folder); !synced) return pass_on(synced.error());
  // Twice: a damaged part may have to make room, and another attempt may come between.
  for (int attempt = 0; attempt < 3; ++attempt) {
    std::error_code error;
    fs::rename(run_folder, plan.part(index), error);
    if (!error) {
      if (auto synced = results::sync_folder(plan.part(index)); !synced) return pass_on(synced.error());
      fs::remove(run_folder.parent_path(), error);  // where no other attempt is in it
      return Kept::kept;
    }
    if (error != std::errc::directory_not_empty && error != std::errc::file_exists &&
        error != std::errc::not_a_directory) {
      return fail(Error::Kind::io, fmt::format("cannot be moved to its place: {}", error.message()),
                  run_folder.string(), fmt::format("nothing is lost; do it again: {}", plan.run_command(index)));
    }
    const bool is_whole = read_part(plan, index).has_value();
    if (auto refused = refuse(plan, index, is_whole ? run_folder : plan.part(index)); !refused)
      return pass_on(refused.error());
    if (is_whole) return Kept::there_already;
  }
  return fail(Error::Kind::io, fmt::format("part {} is being replaced by others", index), plan.part(index).string(),
              plan.run_command(index));
}

std::vector<fs::path> cut_off_runs(const PlanFolder& plan, std::size_t index, const std::string& host) {
  std::vector<fs::path> runs;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(plan.work(index), error)) {
    const auto manifest = results::read_manifest(entry.path());
    if (!manifest || manifest->plan_sha256 != plan.plan_sha256 || host_of(*manifest) != host ||
        version_of(*manifest) != results::harness_version() || is_being_written(entry.path() / "results.csv"))
      continue;
    runs.push_back(entry.path());
  }
  std::sort(runs.begin(), runs.end());
  return runs;
}

void leave_failure(const PlanFolder& plan, std::size_t index, const std::string& host, const std::string& line) {
  const auto folder = plan.path / "failed";
  if (const auto made = make_folder(folder); !made) return;
  (void)results::write_whole(folder / fmt::format("{}.{}", index_name(index), host), results::one_line(line) + "\n");
}

}  // namespace chipfit::lab
