// Plans on a real Slurm: arrays, failures, requeue, cancellation, resuming, GRES, a census.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "harness/results/manifest.hpp"
#include "harness/results/run_folder.hpp"
#include "tests/slurm/cluster.hpp"

namespace chipfit::e2e {
namespace {

namespace fs = std::filesystem;
using results::Column;
using ::testing::HasSubstr;

const Cluster* cluster = nullptr;

/// Problems that the reference kernels compute in microseconds.
std::string suite_of(const TemporaryFolder& folder, int cases) {
  std::string text = "op,dtypes,m,n,k\n";
  for (int i = 1; i <= cases; ++i) text += fmt::format("gemm,f32,{},8,8\n", i);
  const auto path = folder.path() / "suite.csv";
  write_file(path, text);
  return path.string();
}

class Slurm : public ::testing::Test {
 protected:
  // Tasks of earlier tests would take the nodes.
  void TearDown() override {
    output_of("scancel --state=PENDING --user=$(id -un) 2>&1; scancel --user=$(id -un) 2>&1");
    wait_until(60, [] { return output_of("squeue --noheader").empty(); });
  }

  void freeze(std::vector<std::string> more) {
    more.insert(more.begin(), {"plan", "-o", plan_ + "/"});
    const auto made = chipfit(more, environment_);
    ASSERT_EQ(made.exit_code, 0) << made.err;
  }
  void submit(std::vector<std::string> more = {}) {
    more.insert(more.begin(), {"submit", "--plan", plan_, "--engine", "slurm", "--json"});
    const auto submitted = chipfit(more, environment_);
    ASSERT_EQ(submitted.exit_code, 0) << submitted.err;
    const auto json = nlohmann::json::parse(submitted.out);
    tasks_ = json["tasks"], jobs_ = json["jobs"], finish_ = json["finish"];
  }
  nlohmann::json status() {
    const auto ran = chipfit({"status", "--plan", plan_, "--json"});
    return nlohmann::json::parse(ran.out, nullptr, false);
  }
  /// Waits for the job that merges and reports.
  void expect_finished(const std::string& with_exit_code, double seconds = 240) {
    ASSERT_TRUE(wait_until(seconds, [&] { return !cluster->end_of(finish_).empty(); }))
        << output_of("squeue") << logs();
    // "ExitCode=0:0" in the job's record; jobcomp has the state only.
    EXPECT_THAT(output_of("scontrol show job " + finish_), HasSubstr("ExitCode=" + with_exit_code + ":0")) << logs();
  }
  void expect_rows(std::size_t count) {
    const auto file = results::read_results(fs::path(plan_) / "merged/results.csv");
    ASSERT_TRUE(file) << file.error().what << logs();
    rows_ = file->rows;
    std::set<std::string> keys;
    for (const auto& row : rows_) {
      keys.insert(results::key(row) + row.text(Column::host));
      EXPECT_EQ(row.text(Column::verdict), "OK") << row.text(Column::reason);
    }
    EXPECT_EQ(rows_.size(), count);
    EXPECT_EQ(keys.size(), count);
  }
  std::set<std::string> hosts(const std::string& backend = "simulated") const {
    std::set<std::string> names;
    for (const auto& row : rows_)
      if (row.text(Column::backend) == backend) names.insert(row.text(Column::host));
    return names;
  }
  std::string logs(const std::string& part_of_name = "") const {
    std::string text;
    std::error_code error;
    for (const auto& entry : fs::recursive_directory_iterator(fs::path(plan_) / "submissions", error))
      if (entry.path().extension() == ".log" &&
          entry.path().filename().string().find(part_of_name) != std::string::npos)
        text += "\n-- " + entry.path().filename().string() + "\n" + read_file(entry.path());
    return text;
  }

  TemporaryFolder folder_;
  std::string plan_ = (folder_.path() / "plan").string();
  std::string jobs_, finish_;
  int tasks_ = 0;
  std::map<std::string, std::string> environment_{{"XDG_STATE_HOME", folder_.path().string()}};
  std::vector<results::Row> rows_;
};

TEST_F(Slurm, TwoHundredCasesAreWholeThoughANodeDies) {
  ASSERT_NO_FATAL_FAILURE(freeze({"--suite", suite_of(folder_, 200), "--backend", "simulated", "--option",
                                  "overhead_s=0.001", "--quick", "--time", "0.02", "--cases-per-task", "10"}));
  ASSERT_NO_FATAL_FAILURE(submit());
  EXPECT_EQ(tasks_, 20);
  ASSERT_TRUE(wait_until(60, [&] { return output_of("squeue --noheader --nodelist=node2 --states=R").size() > 0; }));
  cluster->crash_node("node2");
  ASSERT_NO_FATAL_FAILURE(expect_finished("0"));
  cluster->start_node("node2");
  ASSERT_NO_FATAL_FAILURE(expect_rows(200));
  EXPECT_GE(hosts().size(), 3u);
  EXPECT_TRUE(fs::exists(fs::path(plan_) / "report.html"));
  EXPECT_EQ(status()["present"], 20);
}

TEST_F(Slurm, BothAttemptsOfARequeuedTaskFinishAndGiveNoRowTwice) {
  // Long enough that the second attempt begins before the first has ended.
  ASSERT_NO_FATAL_FAILURE(freeze({"--suite", suite_of(folder_, 6), "--backend", "simulated", "--option",
                                  "overhead_s=0.001", "--time", "2.5", "--cases-per-task", "6"}));
  ASSERT_NO_FATAL_FAILURE(submit({"--partition", "big"}));
  std::string first;
  ASSERT_TRUE(wait_until(60, [&] {
    first = output_of("squeue --noheader --states=R --format=%N | head -n 1 | tr -d '\\n'");
    return first.starts_with("node") && status()["begun"] == "0";
  }));
  cluster->crash_node(first);
  ASSERT_NO_FATAL_FAILURE(expect_finished("0"));
  cluster->start_node(first);
  ASSERT_TRUE(wait_until(60, [&] { return fs::exists(fs::path(plan_) / "refused/000000-1/SHA256SUMS"); })) << logs();
  ASSERT_EQ(chipfit({"merge", "--plan", plan_}, environment_).exit_code, 0);
  ASSERT_NO_FATAL_FAILURE(expect_rows(6));
  EXPECT_EQ(hosts().size(), 1u);  // one attempt's rows, not a mixture
}

TEST_F(Slurm, AFailingTaskIsNamedAndResumingDoesItAlone) {
  ASSERT_NO_FATAL_FAILURE(freeze({"--suite", suite_of(folder_, 8), "--backend", "simulated", "--option",
                                  "overhead_s=0.001", "--quick", "--time", "0.02", "--cases-per-task", "2"}));
  fs::create_directories(fs::path(plan_) / "work");
  write_file(fs::path(plan_) / "work/000002", "in the way");
  ASSERT_NO_FATAL_FAILURE(submit());
  ASSERT_NO_FATAL_FAILURE(expect_finished("75"));
  ASSERT_NO_FATAL_FAILURE(expect_rows(6));
  const auto now = status();
  EXPECT_EQ(now["missing"], "2");
  ASSERT_EQ(now["failures"].size(), 1u) << now;
  EXPECT_EQ(now["failures"][0]["index"], 2);
  EXPECT_THAT(logs("finish"), HasSubstr("--index 2"));
  fs::remove(fs::path(plan_) / "work/000002");
  EXPECT_EQ(chipfit({"submit", "--plan", plan_}).exit_code, 2);  // once is enough
  ASSERT_NO_FATAL_FAILURE(submit({"--resume"}));
  EXPECT_EQ(tasks_, 1);
  ASSERT_NO_FATAL_FAILURE(expect_finished("0"));
  ASSERT_NO_FATAL_FAILURE(expect_rows(8));
}

TEST_F(Slurm, ACancelledTaskIsResumedWhereItWasBegun) {
  ASSERT_NO_FATAL_FAILURE(freeze({"--suite", suite_of(folder_, 8), "--backend", "simulated", "--option",
                                  "overhead_s=0.001", "--time", "1", "--cases-per-task", "8"}));
  ASSERT_NO_FATAL_FAILURE(submit({"--sbatch=--nodelist=node3"}));
  const auto rows_begun = [&] {
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(fs::path(plan_) / "work/000000", error)) {
      const auto text = read_file(entry.path() / "results.csv");
      return std::count(text.begin(), text.end(), '\n') - 1;
    }
    return std::ptrdiff_t{0};
  };
  ASSERT_TRUE(wait_until(60, [&] { return rows_begun() >= 2; })) << logs();
  output_of("scancel " + jobs_ + " " + finish_);
  ASSERT_TRUE(wait_until(60, [&] { return logs("chipfit-sim").find("interrupted after") != std::string::npos; }))
      << logs();
  EXPECT_THAT(output_of("scontrol show job " + jobs_), HasSubstr("ExitCode=75:0"));
  const auto kept = rows_begun();
  EXPECT_GE(kept, 2);
  EXPECT_LT(kept, 8);
  ASSERT_TRUE(wait_until(60, [&] { return !cluster->end_of(finish_).empty(); }));
  EXPECT_EQ(chipfit({"status", "--plan", plan_}).exit_code, 75);
  ASSERT_NO_FATAL_FAILURE(submit({"--resume", "--sbatch=--nodelist=node3"}));
  ASSERT_NO_FATAL_FAILURE(expect_finished("0"));
  ASSERT_NO_FATAL_FAILURE(expect_rows(8));
  std::set<std::string> runs;
  for (const auto& row : rows_) runs.insert(row.text(Column::run_id));
  EXPECT_EQ(runs.size(), 1u);  // gone on with, not begun again
}

TEST_F(Slurm, UnlikeChipsOfOnePlanAreComparedAndPinnedToTheirDevices) {
  // The plugins of the build, with manifests that let Slurm's and our own variable through to the worker.
  const auto plugins = folder_.path() / "plugins";
  fs::create_directories(plugins);
  for (const std::string name : {"simulated", "openblas"}) {
    fs::copy(fs::path(CHIPFIT_PLUGINS) / (name + ".so"), plugins / (name + ".so"));
    auto manifest = nlohmann::json::parse(read_file(fs::path(CHIPFIT_PLUGINS) / (name + ".chipfit.json")));
    manifest["environment"] = {"CUDA_VISIBLE_DEVICES", "NPU_DEVICES"};
    write_file(plugins / (name + ".chipfit.json"), manifest.dump());
  }
  environment_["CHIPFIT_PLUGIN_PATH"] = plugins.string();
  ASSERT_NO_FATAL_FAILURE(freeze({"--suite", suite_of(folder_, 4), "--backend", "simulated,openblas", "--quick",
                                  "--threads", "1", "--cases-per-task", "2"}));
  ASSERT_NO_FATAL_FAILURE(
      submit({"--partition", "simulated=ascend", "--partition", "openblas=big", "--gres", "simulated=npu:ascend:2",
              "--gres", "openblas=gpu:big:1", "--pin", "simulated=NPU_DEVICES"}));
  ASSERT_NO_FATAL_FAILURE(expect_finished("0"));
  ASSERT_NO_FATAL_FAILURE(expect_rows(8));
  for (const auto& host : hosts("simulated")) EXPECT_TRUE(host == "node2" || host == "node4") << host;
  for (const auto& host : hosts("openblas")) EXPECT_TRUE(host == "node1" || host == "node3") << host;
  std::map<std::string, std::string> seen;
  for (int i = 0; i < 4; ++i) {
    const auto manifest = results::read_manifest(fs::path(plan_) / fmt::format("parts/{:06}", i));
    ASSERT_TRUE(manifest);
    for (const char* variable : {"CUDA_VISIBLE_DEVICES", "NPU_DEVICES"})
      if (const auto value = manifest->environment.find(variable); value != manifest->environment.end())
        seen[manifest->backends.at(0).name + " " + variable] = value->second;
  }
  EXPECT_EQ(seen["simulated NPU_DEVICES"], "0,1");
  EXPECT_THAT(seen["openblas CUDA_VISIBLE_DEVICES"], HasSubstr("0"));
  const auto compared = chipfit({"compare", plan_ + "/merged", "--col", "backend"});
  EXPECT_EQ(compared.exit_code, 0) << compared.err;
  EXPECT_THAT(compared.out, HasSubstr("openblas"));
}

TEST_F(Slurm, ACensusMeasuresOnEveryNode) {
  const auto asked = chipfit({"census", "--case", "gemm:f32:NN:8x8x8", "--backend", "simulated", "--quick", "-o", plan_,
                              "--engine", "slurm", "--json"},
                             environment_);
  ASSERT_EQ(asked.exit_code, 0) << asked.err;
  finish_ = nlohmann::json::parse(asked.out)["finish"];
  ASSERT_NO_FATAL_FAILURE(expect_finished("0"));
  ASSERT_NO_FATAL_FAILURE(expect_rows(4));
  EXPECT_EQ(hosts(), (std::set<std::string>{"node1", "node2", "node3", "node4"}));
}

}  // namespace
}  // namespace chipfit::e2e

int main(int argc, char** argv) {
  ::testing::InitGoogleTest(&argc, argv);
  const chipfit::e2e::Cluster up;
  if (up.exit_code() == 77) return 77;
  chipfit::e2e::cluster = &up;
  if (up.exit_code() != 0) {
    fmt::print(stderr, "the test's Slurm could not be started\n");
    return 1;
  }
  return RUN_ALL_TESTS();
}
