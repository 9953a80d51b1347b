#include "harness/lab/merge.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <optional>
#include <set>
#include <thread>
#include <tuple>

#include "harness/lab/indexes.hpp"
#include "harness/lab/part.hpp"
#include "harness/results/run_folder.hpp"
#include "harness/results/system_error.hpp"
#include "harness/results/whole_file.hpp"
#include "kernels/base/shell_line.hpp"

namespace chipfit::lab {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

/// One merge of a plan at a time, where the file system has locks; elsewhere two merges only do the work twice.
class MergeLock {
 public:
  explicit MergeLock(const PlanFolder& plan) {
    fd_ = ::open((plan.path / "merge.lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (fd_ >= 0) (void)::flock(fd_, LOCK_EX);
  }
  ~MergeLock() {
    if (fd_ >= 0) ::close(fd_);
  }
  MergeLock(const MergeLock&) = delete;
  MergeLock& operator=(const MergeLock&) = delete;

 private:
  int fd_ = -1;
};

/// A file that grows and is synced once, since the folder counts only when it is whole.
class Growing {
 public:
  explicit Growing(fs::path path) : path_(std::move(path)) {}
  ~Growing() {
    if (fd_ >= 0) ::close(fd_);
  }
  Growing(const Growing&) = delete;
  Growing& operator=(const Growing&) = delete;

  Result<void> add(std::string_view bytes) {
    if (fd_ < 0) fd_ = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (fd_ < 0) return results::io_failure("writing", path_, errno);
    while (!bytes.empty()) {
      const ssize_t written = ::write(fd_, bytes.data(), bytes.size());
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) return results::io_failure("writing", path_, errno);
      bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return {};
  }
  /// A CSV's rows, below the header that the first part had.
  Result<void> add_csv(std::string_view text, const std::string& where) {
    const auto line_end = text.find('\n');
    if (line_end == std::string_view::npos) return {};
    const auto header = text.substr(0, line_end + 1);
    if (header_.empty()) {
      header_ = header;
      if (auto added = add(header); !added) return added;
    }
    if (header != header_)
      return fail(Error::Kind::bad_data, "has another header than the parts before it", where,
                  "it was written by another version of chipfit");
    return add(text.substr(line_end + 1));
  }
  Result<void> finish() {
    if (fd_ < 0) return {};
    int number = ::fsync(fd_) != 0 && errno != EINVAL ? errno : 0;
    if (::close(fd_) != 0 && number == 0) number = errno;
    fd_ = -1;
    if (number != 0) return results::io_failure("syncing", path_, number);
    return {};
  }

 private:
  fs::path path_;
  std::string header_;
  int fd_ = -1;
};

std::string key_of(const nlohmann::json& value) {
  return value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

/// What the parts say of themselves, as one manifest: what they share, and the union of what they list.
class MergedManifest {
 public:
  explicit MergedManifest(const PlanFolder& plan) : manifest_(results::new_manifest()) {
    manifest_.run_id = results::new_run_id();
    manifest_.plan_sha256 = plan.plan_sha256;
    manifest_.argv = {"chipfit", "merge", "--plan", plan.path.string()};
  }

  void add(const CheckedPart& part) {
    const auto& theirs = part.manifest;
    auto& m = manifest_;
    if (m.parts.empty()) {
      m.started_utc = theirs.started_utc;
      m.lab = theirs.lab;
      m.worker = theirs.worker;
      m.machine = theirs.machine;
      m.environment = theirs.environment;
      m.isolation_asked = theirs.isolation_asked;
      m.clock_source = theirs.clock_source;
      m.settings = theirs.settings;
      for (const char* of_one_run : {"case_time_s", "verification_time_s", "judge_peak_memory_byte"})
        m.settings.erase(of_one_run);
    }
    // Text in ISO 8601 sorts by time; a skewed clock shifts what is said here and nothing else.
    m.started_utc = std::min(m.started_utc, theirs.started_utc);
    hosts_.insert(part.host);
    for (const auto& backend : theirs.backends) {
      const auto same = std::find_if(m.backends.begin(), m.backends.end(), [&](const auto& known) {
        return known.name == backend.name && known.library.sha256 == backend.library.sha256;
      });
      if (same == m.backends.end()) m.backends.push_back(backend);
    }
    for (const auto& device : theirs.devices)
      if (devices_.insert({part.host, device.backend, device.device_uid}).second) m.devices.push_back(device);
    for (auto peak : theirs.peaks) {
      if (peak.of == "host") peak.of = "host " + part.host;
      if (peaks_.insert({part.host, peak.of, peak.what + peak.source, peak.threads}).second) m.peaks.push_back(peak);
    }
    m.parts.push_back(
        {part.index, theirs.run_id, part.host, part.manifest_sha256, theirs.started_utc, theirs.finished_utc});
  }

  results::Manifest finish(bool is_complete) {
    auto& m = manifest_;
    m.interrupted = !is_complete;
    if (hosts_.size() > 1) {
      m.machine = {{"host", fmt::format("{} machines", hosts_.size())}, {"hosts", hosts_}};
      m.environment.clear();
    }
    return std::move(m);
  }

 private:
  results::Manifest manifest_;
  std::set<std::string> hosts_;
  std::set<std::tuple<std::string, std::string, std::string>> devices_;
  std::set<std::tuple<std::string, std::string, std::string, int>> peaks_;
};

/// Writes the folder as parts come by.
class Merger {
 public:
  Merger(const PlanFolder& plan, const fs::path& folder)
      : manifest_(plan),
        folder_(folder),
        results_(folder / "results.csv"),
        samples_(folder / "samples.csv"),
        telemetry_(folder / "telemetry.csv"),
        manifests_(folder / "parts.jsonl") {}

  Result<void> add(const CheckedPart& part) {
    const auto where = part.manifest.run_id;
    if (auto added = results_.add_csv(part.results, where); !added) return added;
    if (auto added = samples_.add_csv(part.samples, where); !added) return added;
    if (auto added = telemetry_.add_csv(part.telemetry, where); !added) return added;
    if (auto added = manifests_.add(key_of(results::to_json(part.manifest)) + "\n"); !added) return added;
    manifest_.add(part);
    rows_ += part.rows;
    ++parts_;
    return {};
  }

  Result<results::SealedRun> finish(bool is_complete) {
    if (parts_ == 0)
      if (auto added = results_.add(results::header_line() + "\n"); !added) return pass_on(added.error());
    for (auto* file : {&results_, &samples_, &telemetry_, &manifests_})
      if (auto finished = file->finish(); !finished) return pass_on(finished.error());
    auto manifest = manifest_.finish(is_complete);
    return results::seal_run(folder_, manifest, results::default_state_folder());
  }

  std::size_t rows() const { return rows_; }
  std::size_t parts() const { return parts_; }

 private:
  MergedManifest manifest_;
  fs::path folder_;
  Growing results_, samples_, telemetry_, manifests_;
  std::size_t rows_ = 0, parts_ = 0;
};

/// A part, waited for where it is missing or not whole: its folder may be visible before its files.
Result<CheckedPart> wait_for_part(const PlanFolder& plan, std::size_t index, Clock::time_point end) {
  while (true) {
    auto part = read_part(plan, index);
    const bool may_come = !part && part.error().kind != Error::Kind::io;
    if (!may_come || Clock::now() >= end) return part;
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
  }
}

tl::unexpected<Error> refusal(const PlanFolder& plan, const std::vector<std::size_t>& left_out,
                              const std::vector<Error>& errors) {
  Error error = errors.front();
  if (errors.size() > 1) error.what += fmt::format(", and {} more parts are missing or damaged", errors.size() - 1);
  error.hint = fmt::format(
      "{}\nmissing or damaged: {}\nchipfit submit --plan {} --resume does them all\n"
      "chipfit merge --plan {} --partial merges the others",
      error.hint, ranges(left_out), shell_word(plan.path.string()), shell_word(plan.path.string()));
  return pass_on(std::move(error));
}

/// Gives `folder` its name. An earlier one steps aside; a kill between the two steps leaves parts, which give it again.
Result<void> put_in_place(const PlanFolder& plan, const fs::path& folder) {
  std::error_code error;
  for (int attempt = 0; attempt < 3; ++attempt) {
    fs::rename(folder, plan.merged(), error);
    if (!error) return results::sync_folder(plan.merged());
    const auto aside = folder.string() + "-old";
    std::error_code ignored;
    fs::rename(plan.merged(), aside, ignored);
    fs::rename(folder, plan.merged(), error);
    fs::remove_all(aside, ignored);
    if (!error) return results::sync_folder(plan.merged());
  }
  return fail(Error::Kind::io, fmt::format("cannot be put in place: {}", error.message()), folder.string());
}

void remove_leftovers(const PlanFolder& plan) {
  std::error_code error;
  std::vector<fs::path> old;
  for (const auto& entry : fs::directory_iterator(plan.path, error))
    if (entry.path().filename().string().starts_with("merged" + std::string(results::temporary_mark)))
      old.push_back(entry.path());
  for (const auto& each : old) fs::remove_all(each, error);
}

}  // namespace

Result<Merged> merge(const PlanFolder& plan, const MergeOptions& options) {
  const auto end =
      Clock::now() + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(options.wait_s));
  const MergeLock lock(plan);
  remove_leftovers(plan);
  const auto folder = plan.path / fmt::format("merged{}{}", results::temporary_mark, ::getpid());
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) return fail(Error::Kind::io, fmt::format("cannot be made: {}", error.message()), folder.string());
  struct Remover {
    const fs::path& folder;
    ~Remover() {
      std::error_code ignored;
      fs::remove_all(folder, ignored);
    }
  } const remover{folder};

  Merger merger(plan, folder);
  Merged merged;
  std::vector<std::size_t> left_out;
  for (std::size_t index = 0; index < plan.tasks; ++index) {
    const auto part = wait_for_part(plan, index, end);
    if (!part && part.error().kind != Error::Kind::missing && part.error().kind != Error::Kind::bad_data)
      return pass_on(part.error());
    if (!part) {
      merged.left_out.push_back(part.error());
      left_out.push_back(index);
      continue;
    }
    if (auto added = merger.add(*part); !added) return pass_on(added.error());
    merged.unacceptable += part->unacceptable;
  }
  if (!left_out.empty() && options.incomplete == Incomplete::refused) return refusal(plan, left_out, merged.left_out);
  if (merger.parts() == 0)
    return fail(Error::Kind::interrupted, "no part can be merged yet: " + merged.left_out.front().what,
                plan.parts().string(), shell_line({"chipfit", "submit", "--plan", plan.path.string(), "--resume"}));
  auto sealed = merger.finish(left_out.empty());
  if (!sealed) return pass_on(sealed.error());
  if (auto placed = put_in_place(plan, folder); !placed) return pass_on(placed.error());
  merged.folder = plan.merged();
  merged.rows = merger.rows();
  merged.parts = merger.parts();
  merged.notes = std::move(sealed->notes);
  return merged;
}

}  // namespace chipfit::lab
