#include "harness/lab/merge.hpp"

#include <gmock/gmock.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/wait.h>

#include <chrono>
#include <random>
#include <thread>

#include "harness/lab/survey.hpp"
#include "tests/unit/lab/made_parts.hpp"

namespace chipfit::lab {
namespace {

using namespace testing;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class Merge : public ::testing::Test {
 protected:
  // Merged runs of tests do not join the chain of the machine's real runs.
  void SetUp() override {
    setenv("XDG_STATE_HOME", folder_.path().c_str(), 1);
    make(small_plan());
  }
  void TearDown() override { unsetenv("XDG_STATE_HOME"); }
  void make(const plan::Plan& plan) {
    static int n = 0;
    auto made = make_plan_folder(folder_.path() / fmt::format("plan{}", ++n), plan);
    ASSERT_TRUE(made) << made.error().what;
    plan_ = std::move(*made);
  }
  void make_all_parts() {
    for (std::size_t i = 0; i < plan_.tasks; ++i) make_part(plan_, i);
  }
  void expect_merges_whole() {
    const auto merged = merge(plan_, {});
    ASSERT_TRUE(merged) << merged.error().what;
    EXPECT_EQ(merged->rows, 8u);
    expect_whole(plan_);
  }
  Folder folder_;
  PlanFolder plan_;
};

TEST_F(Merge, GivesARunFolderThatIsSealedAndNamesItsParts) {
  make_all_parts();
  expect_merges_whole();
  const auto manifest = results::read_manifest(plan_.merged());
  ASSERT_TRUE(manifest) << manifest.error().what;
  ASSERT_EQ(manifest->parts.size(), 4u);
  EXPECT_EQ(manifest->parts[3].manifest_sha256, read_part(plan_, 3)->manifest_sha256);
  EXPECT_EQ(manifest->plan_sha256, plan_.plan_sha256);
  EXPECT_FALSE(manifest->interrupted);
  EXPECT_EQ(manifest->backends.size(), 2u);
  EXPECT_EQ(manifest->devices.size(), 2u);
  std::vector<std::string> files;
  for (const auto& file : manifest->files) files.push_back(file.path);
  EXPECT_THAT(files, ElementsAre("parts.jsonl", "results.csv", "samples.csv"));
}

TEST_F(Merge, DependsOnNoClockAndNoOrder) {
  make(small_plan());
  make_part(plan_, 3, {.host = "lab2", .started_utc = "2031-01-01T00:00:00Z"});
  make_part(plan_, 0, {.host = "lab1", .started_utc = "1999-01-01T00:00:00Z"});
  make_part(plan_, 2);
  make_part(plan_, 1);
  expect_merges_whole();
  const auto rows = results::read_results(plan_.merged() / "results.csv")->rows;
  EXPECT_EQ(rows.front().text(Column::case_id), "gemm:f32:NN:1x8x8");
  EXPECT_EQ(rows.front().text(Column::host), "lab1");
  EXPECT_EQ(rows.back().text(Column::case_id), "gemm:f32:NN:4x8x8");
  EXPECT_EQ(rows.back().text(Column::host), "lab2");
}

TEST_F(Merge, NamesWhatIsMissingAndWhatIsDamaged) {
  make_part(plan_, 0);
  make_part(plan_, 2);
  std::ofstream(plan_.part(2) / "results.csv", std::ios::app) << "x";
  const auto refused = merge(plan_, {});
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().what, HasSubstr("part 1 is not there, and 2 more parts are missing or damaged"));
  EXPECT_THAT(refused.error().hint, HasSubstr("missing or damaged: 1-3"));
  EXPECT_FALSE(fs::exists(plan_.merged()));
  const auto partial = merge(plan_, {0, Incomplete::merged});
  ASSERT_TRUE(partial) << partial.error().what;
  EXPECT_EQ(partial->rows, 2u);
  ASSERT_EQ(partial->left_out.size(), 3u);
  EXPECT_THAT(partial->left_out[1].what, HasSubstr("part 2 was changed"));
  EXPECT_TRUE(results::read_manifest(plan_.merged())->interrupted);
}

TEST_F(Merge, AgainGivesTheSameRowsAndReplacesAPartialOne) {
  make_part(plan_, 1);
  ASSERT_TRUE(merge(plan_, {0, Incomplete::merged}));
  for (const std::size_t i : {0u, 2u, 3u}) make_part(plan_, i);
  expect_merges_whole();
  const auto first = *results::read_whole(plan_.merged() / "results.csv");
  expect_merges_whole();
  EXPECT_EQ(*results::read_whole(plan_.merged() / "results.csv"), first);
}

TEST_F(Merge, WaitsForAPartThatIsSeenLate) {
  make_all_parts();
  // As a network file system shows it: the folder before its files, and both late.
  fs::rename(plan_.part(2), folder_.path() / "late");
  fs::create_directories(plan_.part(2));
  fs::rename(plan_.part(3), folder_.path() / "later");
  EXPECT_FALSE(merge(plan_, {}));
  std::thread other([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
    fs::rename(folder_.path() / "late", plan_.part(2));
    fs::rename(folder_.path() / "later", plan_.part(3));
  });
  const auto merged = merge(plan_, {30, Incomplete::refused});
  other.join();
  ASSERT_TRUE(merged) << merged.error().what;
  expect_whole(plan_);
}

TEST_F(Merge, OfACensusHasEveryMachine) {
  make(small_plan(4, {"lab1", "lab2", "lab3"}));
  for (std::size_t i = 0; i < 3; ++i) make_part(plan_, i, {.host = fmt::format("lab{}", i + 1)});
  ASSERT_TRUE(merge(plan_, {}));
  const auto rows = results::read_results(plan_.merged() / "results.csv")->rows;
  EXPECT_EQ(rows.size(), 24u);
  EXPECT_EQ(rows[8].text(Column::host), "lab2");
  EXPECT_EQ(results::read_manifest(plan_.merged())->machine.at("host"), "3 machines");
  EXPECT_EQ(results::read_manifest(plan_.merged())->devices.size(), 6u);
}

TEST_F(Merge, CountsVerdictsThatAreNotAcceptable) {
  for (std::size_t i = 0; i < 4; ++i) make_part(plan_, i, {.verdict = i == 2 ? "CRASHED" : "UNSUPPORTED"});
  EXPECT_EQ(merge(plan_, {})->unacceptable, 2u);
}

/// What `work` does is killed at a random moment of `longest`.
template <class Work>
void kill_within(std::chrono::microseconds longest, std::mt19937& random, Work work) {
  const auto delay = std::uniform_int_distribution<long>(0, longest.count())(random);
  const pid_t child = fork();
  if (child == 0) {
    work();
    _exit(0);
  }
  std::this_thread::sleep_for(std::chrono::microseconds(delay));
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
}

TEST_F(Merge, KilledAHundredTimesLosesNothing) {
  make_all_parts();
  const auto begin = std::chrono::steady_clock::now();
  ASSERT_TRUE(merge(plan_, {}));
  const auto usual = std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - begin);
  std::mt19937 random(7);
  for (int i = 0; i < 100; ++i) {
    kill_within(2 * usual, random, [&] { (void)merge(plan_, {}); });
    for (std::size_t part = 0; part < plan_.tasks; ++part) ASSERT_TRUE(read_part(plan_, part));
    // Whole or absent, never a half.
    if (fs::exists(plan_.merged())) expect_whole(plan_);
  }
  expect_merges_whole();
  for (const auto& entry : fs::directory_iterator(plan_.path))
    EXPECT_THAT(entry.path().filename().string(), ::testing::Not(HasSubstr(".tmp-")));
}

TEST_F(Merge, KeepingAPartMayBeKilledAHundredTimes) {
  for (const std::size_t i : {0u, 2u, 3u}) make_part(plan_, i);
  std::mt19937 random(11);
  for (int i = 0; i < 100; ++i) {
    const auto run = finished_run(plan_, 1);
    kill_within(std::chrono::milliseconds(3), random, [&] { (void)keep_part(plan_, 1, run); });
    const bool is_kept = fs::exists(plan_.part(1));
    ASSERT_TRUE(is_kept || fs::exists(run / "results.csv"));  // the work is in one of the two places
    if (!is_kept) continue;
    ASSERT_TRUE(read_part(plan_, 1));
    if (i % 2 == 0) fs::remove_all(plan_.part(1));
  }
  if (!fs::exists(plan_.part(1))) make_part(plan_, 1);
  expect_merges_whole();
}

TEST_F(Merge, OnAFullDiskChangesNothing) {
  const auto disk = folder_.path() / "disk";
  fs::create_directories(disk);
  if (mount("tmpfs", disk.c_str(), "tmpfs", 0, "size=256k") != 0) GTEST_SKIP() << "no right to mount a small disk";
  struct Unmount {
    const fs::path& disk;
    ~Unmount() { umount2(disk.c_str(), MNT_DETACH); }
  } const unmount{disk};
  auto made = make_plan_folder(disk / "plan", small_plan());
  ASSERT_TRUE(made) << made.error().what;
  plan_ = std::move(*made);
  make_all_parts();
  {
    std::ofstream filler(disk / "filler");
    for (int i = 0; i < 64 && filler; ++i) filler << std::string(4096, 'x') << std::flush;
  }
  const auto merged = merge(plan_, {});
  ASSERT_FALSE(merged);
  EXPECT_EQ(merged.error().kind, Error::Kind::io);
  EXPECT_FALSE(fs::exists(plan_.merged()));
  fs::remove(disk / "filler");
  expect_merges_whole();
}

TEST_F(Merge, SurveyCountsNamesOnly) {
  make_part(plan_, 0);
  finished_run(plan_, 2);
  leave_failure(plan_, 3, "lab9", "backend 'acme' is not here");
  leave_failure(plan_, 0, "lab9", "was mended since");
  std::ofstream(plan_.parts() / "notes.txt") << "of somebody";
  const auto found = survey(plan_);
  ASSERT_TRUE(found);
  EXPECT_THAT(found->present, ElementsAre(0u));
  EXPECT_THAT(found->missing, ElementsAre(1u, 2u, 3u));
  EXPECT_THAT(found->begun, ElementsAre(2u));
  ASSERT_EQ(found->failures.size(), 1u);
  EXPECT_EQ(found->failures[0].host, "lab9");
  EXPECT_EQ(found->failures[0].line, "backend 'acme' is not here");
}

}  // namespace
}  // namespace chipfit::lab
