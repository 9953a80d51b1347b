// A plan's tasks on this machine: parts, submit, merge, and what disks, kills and other versions do to them.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <signal.h>
#include <sys/mount.h>

#include <chrono>
#include <fstream>
#include <nlohmann/json.hpp>
#include <random>
#include <set>
#include <thread>

#include "harness/results/manifest.hpp"
#include "harness/results/run_folder.hpp"
#include "tests/e2e/lab_plan.hpp"

namespace chipfit::e2e {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

class Lab : public LabPlan {};

TEST_F(Lab, ATaskIsDoneOnceWhoeverSaysItsNumber) {
  ASSERT_NO_FATAL_FAILURE(freeze(6, 2));
  EXPECT_EQ(task(0).exit_code, 0);
  const auto first = read_file(fs::path(plan_) / "parts/000000/results.csv");
  const auto again = task(0);
  EXPECT_EQ(again.exit_code, 0);
  EXPECT_THAT(again.err, HasSubstr("part 0 is there already"));
  EXPECT_EQ(read_file(fs::path(plan_) / "parts/000000/results.csv"), first);
  EXPECT_EQ(chipfit({"run", "--plan", plan_}, {{"SLURM_ARRAY_TASK_ID", "1"}}).exit_code, 0);
  EXPECT_EQ(chipfit({"run", "--plan", plan_}, {{"JOB_COMPLETION_INDEX", "2"}}).exit_code, 0);
  EXPECT_EQ(chipfit({"status", "--plan", plan_}).exit_code, 0);
  expect_merged(6);
  EXPECT_EQ(task(3).exit_code, 2);
}

TEST_F(Lab, TasksOfAMachineShareWhatOneOfThemMeasuredOfIt) {
  ASSERT_EQ(chipfit({"plan", "--case", "gemm:f32:NN:8x8x8", "--case", "gemm:f32:NN:9x8x8", "--backend", "reference",
                     "--quick", "--cases-per-task", "1", "-o", plan_ + "/"})
                .exit_code,
            0);
  std::vector<results::ManifestPeak> peaks[2];
  std::string runs[2];
  for (const int index : {0, 1}) {
    ASSERT_EQ(task(index).exit_code, 0);
    const auto part = fs::path(plan_) / fmt::format("parts/{:06}", index);
    const auto manifest = results::read_manifest(part);
    ASSERT_TRUE(manifest);
    runs[index] = manifest->run_id;
    for (const auto& peak : manifest->peaks)
      if (peak.source == "empirical") peaks[index].push_back(peak);
    const auto file = results::read_results(part / "results.csv");
    ASSERT_TRUE(file);
    EXPECT_EQ(file->rows.at(0).real(results::Column::peak_empirical_flop_per_s), peaks[index].at(1).value);
  }
  ASSERT_EQ(peaks[0].size(), 2u);  // read_bandwidth and f32
  for (auto& peak : peaks[0]) {
    EXPECT_EQ(peak.run_id, "");
    EXPECT_GT(peak.value, 0);
    peak.run_id = runs[0];
  }
  EXPECT_EQ(peaks[1], peaks[0]);
}

TEST_F(Lab, AfterAHundredKillsEveryRowStandsOnce) {
  ASSERT_NO_FATAL_FAILURE(freeze(40, 20));
  std::mt19937 random(3);
  std::uniform_int_distribution<int> delay_ms(0, 700);
  for (int i = 0; i < 100; ++i) {
    Running run({"run", "--plan", plan_, "--index", std::to_string(i % 2)});
    std::this_thread::sleep_for(std::chrono::milliseconds(delay_ms(random)));
    run.signal(SIGKILL);
    run.wait();
  }
  for (int index : {0, 1}) {
    const auto last = task(index);
    ASSERT_EQ(last.exit_code, 0) << last.err;
  }
  expect_merged(40);
}

TEST_F(Lab, LocalSubmissionMergesAndReports) {
  ASSERT_NO_FATAL_FAILURE(freeze(6, 2));
  const auto shown = chipfit({"submit", "--plan", plan_, "--at-once", "2", "--dry-run"});
  EXPECT_EQ(shown.exit_code, 0) << shown.err;
  EXPECT_FALSE(fs::exists(fs::path(plan_) / "submissions"));
  write_file(folder_.path() / "copied.sh", shown.out);
  EXPECT_EQ(std::system(("bash " + (folder_.path() / "copied.sh").string() + " >/dev/null 2>&1").c_str()), 0);
  expect_rows(6);
  EXPECT_TRUE(fs::exists(fs::path(plan_) / "report.html"));
  EXPECT_EQ(chipfit({"submit", "--plan", plan_}).exit_code, 2);
}

TEST_F(Lab, SubmitTellsAsJsonWhatBecameOfTheTasks) {
  ASSERT_NO_FATAL_FAILURE(freeze(6, 2));
  const auto shown = nlohmann::json::parse(chipfit({"submit", "--plan", plan_, "--dry-run", "--json"}).out);
  EXPECT_EQ(shown["engine"], "local");
  EXPECT_EQ(shown["tasks"], 3);
  EXPECT_EQ(shown["indexes"], "0-2");
  EXPECT_THAT(shown["scripts"]["submit.sh"], HasSubstr("start local"));
  EXPECT_FALSE(fs::exists(fs::path(plan_) / "submissions"));
  fs::create_directories(fs::path(plan_) / "work");
  write_file(fs::path(plan_) / "work/000001", "in the way");
  const auto first = chipfit({"submit", "--plan", plan_, "--json"});
  EXPECT_EQ(first.exit_code, 75);
  EXPECT_THAT(first.err, HasSubstr("task 1 on local exits with"));
  const auto told = nlohmann::json::parse(first.out);
  EXPECT_EQ(told["script"], plan_ + "/submissions/1/submit.sh");
  EXPECT_EQ(told["exit_code"], 75);
  EXPECT_EQ(told["present"], 2);
  EXPECT_EQ(told["missing"], "1");
  EXPECT_EQ(told["merged"], plan_ + "/merged");
  EXPECT_EQ(told["report"], plan_ + "/report.html");
  ASSERT_EQ(told["nodes"].size(), 1u);
  EXPECT_EQ(told["nodes"][0]["done"], "0,2");
  EXPECT_EQ(told["nodes"][0]["unfinished"][0]["index"], 1);
  fs::remove(fs::path(plan_) / "work/000001");
  const auto second = chipfit({"submit", "--plan", plan_, "--resume", "--json"});
  EXPECT_EQ(second.exit_code, 0) << second.err;
  EXPECT_EQ(nlohmann::json::parse(second.out)["indexes"], "1");
  expect_rows(6);
  const auto nothing = chipfit({"submit", "--plan", plan_, "--resume", "--json"});
  EXPECT_EQ(nothing.exit_code, 0);
  EXPECT_EQ(nlohmann::json::parse(nothing.out)["tasks"], 0);
}

TEST_F(Lab, ASubmissionThatIsToldToStopEndsItsTasksAndIsResumed) {
  ASSERT_NO_FATAL_FAILURE(freeze(24, 12, 0.3));
  for (const std::vector<std::string>& more : {std::vector<std::string>{}, {"--resume", "--json"}}) {
    std::vector<std::string> words{"submit", "--plan", plan_, "--at-once", "2"};
    words.insert(words.end(), more.begin(), more.end());
    const auto before = rows_begun(0);
    Running run(words);
    EXPECT_TRUE(wait_until(60, [&] { return rows_begun(0) > before + 1; }));
    run.signal(SIGTERM);
    const auto stopped = run.wait();
    EXPECT_EQ(stopped.exit_code, 75) << stopped.err;
    EXPECT_FALSE(somebody_works());
    if (!more.empty()) {
      EXPECT_EQ(nlohmann::json::parse(stopped.out)["exit_code"], 75);
    }
  }
  const auto resumed = chipfit({"submit", "--plan", plan_, "--at-once", "2", "--resume"});
  EXPECT_EQ(resumed.exit_code, 0) << resumed.err;
  expect_rows(24);
}

TEST_F(Lab, ADamagedPartIsNamedAndDoneAgain) {
  ASSERT_NO_FATAL_FAILURE(freeze(6, 2));
  for (int i = 0; i < 3; ++i) ASSERT_EQ(task(i).exit_code, 0);
  const auto damaged = fs::path(plan_) / "parts/000001/results.csv";
  write_file(damaged, read_file(damaged) + "x");
  const auto refused = chipfit({"merge", "--plan", plan_});
  EXPECT_EQ(refused.exit_code, 65);
  EXPECT_THAT(refused.err, HasSubstr("part 1 was changed after it was made"));
  EXPECT_THAT(refused.err, HasSubstr("--index 1"));
  EXPECT_EQ(chipfit({"merge", "--plan", plan_, "--partial"}).exit_code, 75);
  expect_rows(4);
  const auto resumed = chipfit({"submit", "--plan", plan_, "--resume"});
  EXPECT_EQ(resumed.exit_code, 0) << resumed.err;
  expect_rows(6);
}

TEST_F(Lab, AMachineWithAnotherChipfitIsRefusedWithTheReason) {
  ASSERT_NO_FATAL_FAILURE(freeze(2, 2));
  const auto file = fs::path(plan_) / "plan.json";
  auto plan = nlohmann::json::parse(read_file(file));
  plan["tasks"]["harness_version"] = "0.0.9+abc";
  plan.erase("plan_sha256");
  write_file(file, plan.dump());
  const auto refused = chipfit({"run", "--plan", plan_, "--index", "0", "--node", "lab7"});
  EXPECT_EQ(refused.exit_code, 65);
  EXPECT_THAT(refused.err, HasSubstr("lab7 has chipfit"));
  EXPECT_THAT(refused.err, HasSubstr("the plan is for 0.0.9+abc"));
  const auto status = chipfit({"status", "--plan", plan_});
  EXPECT_EQ(status.exit_code, 75);
  EXPECT_THAT(status.out, HasSubstr("task 0 on lab7: lab7 has chipfit"));
}

TEST_F(Lab, AFullDiskLosesNothing) {
  const auto disk = folder_.path() / "disk";
  fs::create_directories(disk);
  if (mount("tmpfs", disk.c_str(), "tmpfs", 0, "size=512k") != 0) GTEST_SKIP() << "no right to mount a small disk";
  plan_ = (disk / "plan").string();
  ASSERT_NO_FATAL_FAILURE(freeze(20, 10));
  EXPECT_EQ(task(0).exit_code, 0);
  {
    std::ofstream filler(disk / "filler");
    for (int i = 0; i < 200 && filler; ++i) filler << std::string(4096, 'x') << std::flush;
  }
  // Room for some rows, not for all.
  fs::resize_file(disk / "filler", fs::file_size(disk / "filler") - 3 * 4096);
  EXPECT_EQ(task(1).exit_code, 74);
  EXPECT_EQ(chipfit({"merge", "--plan", plan_}).exit_code, 74);
  fs::remove(disk / "filler");
  EXPECT_EQ(task(1).exit_code, 0);
  expect_merged(20);
  umount2(disk.c_str(), MNT_DETACH);
}

}  // namespace
}  // namespace chipfit::e2e
