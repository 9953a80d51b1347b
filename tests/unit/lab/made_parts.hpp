// Plan folders and parts as machines leave them, without anything being measured.
#pragma once
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <string>

#include "harness/lab/part.hpp"
#include "harness/lab/plan_folder.hpp"
#include "harness/plan/tasks.hpp"
#include "harness/results/build_info.hpp"
#include "harness/results/row.hpp"
#include "harness/results/run_folder.hpp"
#include "kernels/problem/case_id.hpp"

namespace chipfit::lab::testing {

namespace fs = std::filesystem;
using results::Column;

/// A folder that is gone with the object.
class Folder {
 public:
  Folder() {
    // In memory where that is possible: the tests sync thousands of files.
    struct statvfs memory {};
    const bool has_memory =
        ::access("/dev/shm", W_OK) == 0 && ::statvfs("/dev/shm", &memory) == 0 && (memory.f_flag & ST_NOEXEC) == 0;
    const auto base = has_memory ? fs::path("/dev/shm") : fs::temp_directory_path();
    std::string pattern = (base / "chipfit-lab-XXXXXX").string();
    path_ = ::mkdtemp(pattern.data()) == nullptr ? "" : pattern;
  }
  ~Folder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

/// `cases` small problems on devices of two backends, two cases a task.
inline plan::Plan small_plan(int cases = 4, std::vector<std::string> nodes = {}) {
  Suite suite{"mine", "bytes", {}};
  for (int i = 1; i <= cases; ++i)
    suite.cases.push_back({*parse_case_id(fmt::format("gemm:f32:NN:{}x8x8", i)), 1, "", ""});
  plan::Plan plan;
  plan.cases = plan::merge_suites({suite});
  plan.devices = {{"openblas", std::string(64, 'a'), 0, ""}, {"simulated", std::string(64, 'b'), 0, ""}};
  plan.mode = "quick";
  plan.isolation = "auto";
  plan.division = {nodes.empty() ? 2 : cases, nodes, results::harness_version()};
  return plan;
}

/// What is odd about a run.
struct Oddity {
  std::string host = "lab1", started_utc = "2026-11-23T08:00:00Z", verdict = "OK";
  std::string plan_sha256 = {}, harness_version = {}, harness_commit = {};  ///< empty: the right ones
  std::size_t rows_less = 0;
};

/// A finished run of a task, sealed, in work/.
inline fs::path finished_run(const PlanFolder& plan, std::size_t index, const Oddity& odd = {}) {
  const auto task = *plan::task(plan.plan, index);
  const auto part = plan::plan_of(plan.plan, task);
  const auto sha256 = odd.plan_sha256.empty() ? plan.plan_sha256 : odd.plan_sha256;
  const auto run_id = results::new_run_id();
  const auto folder = plan.work(index) / run_id;
  fs::create_directories(folder);
  std::vector<results::Row> rows;
  std::string samples = std::string(results::samples_header) + "\n";
  std::size_t left = plan::row_count(plan.plan, task) - odd.rows_less;
  for (const auto& planned : part.cases) {
    for (const auto& device : part.devices) {
      if (left == 0) continue;
      --left;
      auto& row = rows.emplace_back();
      row.set(Column::run_id, run_id);
      row.set(Column::host, odd.host);
      row.set(Column::case_id, planned.case_id);
      row.set(Column::backend, device.backend);
      row.set(Column::device_uid, device.backend + "#0");
      row.set(Column::device_index, device.device_index);
      row.set(Column::launch, 1);
      row.set(Column::verdict, odd.verdict);
      row.set(Column::plan_sha256, sha256);
      samples += fmt::format("{},{},{},{}#0,1,1,1,1e-3,\n", run_id, planned.case_id, device.backend, device.backend);
    }
  }
  std::ofstream(folder / "results.csv") << results::to_text(rows);
  std::ofstream(folder / "samples.csv") << samples;
  auto manifest = results::new_manifest();
  manifest.run_id = run_id;
  manifest.plan_sha256 = sha256;
  manifest.machine = {{"host", odd.host}};
  manifest.started_utc = odd.started_utc;
  if (!odd.harness_version.empty()) manifest.harness_version = odd.harness_version;
  for (const auto& device : part.devices) {
    manifest.backends.push_back({device.backend, "1", "", 0, {device.backend + ".so", device.library_sha256}, {}});
    results::ManifestDevice listed;
    listed.backend = device.backend;
    listed.device_uid = device.backend + "#0";
    manifest.devices.push_back(listed);
  }
  const auto sealed = results::seal_run(folder, manifest, {});
  EXPECT_TRUE(sealed) << (sealed ? "" : sealed.error().what);
  return folder;
}

/// The same, kept as a part.
inline void make_part(const PlanFolder& plan, std::size_t index, const Oddity& odd = {}) {
  const auto kept = keep_part(plan, index, finished_run(plan, index, odd));
  ASSERT_TRUE(kept) << kept.error().what;
}

/// How often each (case, backend) stands in a result file.
inline std::map<std::string, int> counts(const fs::path& results) {
  std::map<std::string, int> count;
  const auto file = results::read_results(results);
  EXPECT_TRUE(file) << (file ? "" : file.error().what);
  if (file)
    for (const auto& row : file->rows) ++count[row.text(Column::case_id) + " " + row.text(Column::backend)];
  return count;
}

/// All rows of the plan, each once.
inline void expect_whole(const PlanFolder& plan) {
  const auto count = counts(plan.merged() / "results.csv");
  EXPECT_EQ(count.size(), plan.plan.cases.size() * plan.plan.devices.size());
  for (const auto& [key, times] : count) EXPECT_EQ(times, 1) << key;
}

}  // namespace chipfit::lab::testing
