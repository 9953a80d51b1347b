#include "harness/lab/part.hpp"

#include <gmock/gmock.h>

#include "tests/unit/lab/made_parts.hpp"

namespace chipfit::lab {
namespace {

using namespace testing;
using ::testing::HasSubstr;

class Part : public ::testing::Test {
 protected:
  void SetUp() override {
    auto made = make_plan_folder(folder_.path() / "plan", small_plan());
    ASSERT_TRUE(made) << made.error().what;
    plan_ = std::move(*made);
  }
  void expect_refused(const std::string& what) {
    const auto part = read_part(plan_, 1);
    ASSERT_FALSE(part);
    EXPECT_EQ(part.error().kind, Error::Kind::bad_data);
    EXPECT_THAT(part.error().what, HasSubstr(what));
    EXPECT_THAT(part.error().hint, HasSubstr(plan_.run_command(1)));
  }
  /// A run that keep_part would refuse, put in its place by hand.
  void force(const Oddity& odd) {
    fs::create_directories(plan_.parts());
    fs::rename(finished_run(plan_, 1, odd), plan_.part(1));
  }
  Folder folder_;
  PlanFolder plan_;
};

TEST_F(Part, IsAnOrdinaryRunFolderInItsPlace) {
  make_part(plan_, 1);
  const auto part = read_part(plan_, 1);
  ASSERT_TRUE(part) << part.error().what;
  EXPECT_EQ(part->rows, 2u);
  EXPECT_EQ(part->host, "lab1");
  EXPECT_EQ(plan_.part(1).filename(), "000001");
  EXPECT_FALSE(fs::exists(plan_.work(1)));
}

TEST_F(Part, MissingNamesTheCommandThatMakesIt) {
  const auto part = read_part(plan_, 3);
  ASSERT_FALSE(part);
  EXPECT_EQ(part.error().kind, Error::Kind::missing);
  EXPECT_EQ(part.error().hint, "chipfit run --plan " + plan_.path.string() + " --index 3");
}

TEST_F(Part, AChangedByteInAnyFileIsNamed) {
  for (const char* name : {"results.csv", "samples.csv", "manifest.json"}) {
    make_part(plan_, 1);
    auto text = *results::read_whole(plan_.part(1) / name);
    text[text.size() / 2] ^= 1;
    std::ofstream(plan_.part(1) / name) << text;
    expect_refused("was changed after it was made");
    EXPECT_EQ(read_part(plan_, 1).error().where, (plan_.part(1) / name).string());
    fs::remove_all(plan_.part(1));
  }
}

TEST_F(Part, OfAnotherPlanHarnessOrMachineIsRefusedWithTheReason) {
  force({.plan_sha256 = std::string(64, 'f')});
  expect_refused("is of another plan (ffffffffffff…");
  fs::remove_all(plan_.part(1));
  force({.host = "lab7", .harness_version = "0.0.9"});
  expect_refused("was made on lab7 by chipfit 0.0.9+");
  fs::remove_all(plan_.part(1));
  force({.rows_less = 1});
  expect_refused("lacks 1 of 2 rows");
}

TEST_F(Part, OfAnotherTaskHasRowsThatAreNotItsOwn) {
  fs::create_directories(plan_.parts());
  fs::rename(finished_run(plan_, 0), plan_.part(1));
  expect_refused("has a row twice, or one that is not its own: gemm:f32:NN:1x8x8");
}

TEST_F(Part, WithoutItsDigestsIsNotWhole) {
  make_part(plan_, 1);
  fs::remove(plan_.part(1) / "SHA256SUMS");
  expect_refused("has no list of its files' digests");
}

TEST_F(Part, TheFirstOfTwoAttemptsStays) {
  make_part(plan_, 1);
  const auto first = read_part(plan_, 1)->manifest.run_id;
  const auto second = finished_run(plan_, 1, {.host = "lab2"});
  const auto kept = keep_part(plan_, 1, second);
  ASSERT_TRUE(kept) << kept.error().what;
  EXPECT_EQ(*kept, Kept::there_already);
  EXPECT_EQ(read_part(plan_, 1)->manifest.run_id, first);
  EXPECT_TRUE(fs::exists(plan_.path / "refused/000001-1/results.csv"));  // nothing is deleted
}

TEST_F(Part, ADamagedOneMakesRoom) {
  make_part(plan_, 1);
  std::ofstream(plan_.part(1) / "results.csv", std::ios::app) << "x";
  const auto kept = keep_part(plan_, 1, finished_run(plan_, 1));
  ASSERT_TRUE(kept) << kept.error().what;
  EXPECT_EQ(*kept, Kept::kept);
  EXPECT_TRUE(read_part(plan_, 1));
  EXPECT_TRUE(fs::exists(plan_.path / "refused/000001-1"));
}

TEST_F(Part, ARunThatIsNoPartIsNotKept) {
  const auto kept = keep_part(plan_, 1, finished_run(plan_, 1, {.rows_less = 1}));
  ASSERT_FALSE(kept);
  EXPECT_FALSE(fs::exists(plan_.part(1)));
}

TEST_F(Part, IsGoneOnWithWhereItWasBegunOnly) {
  const auto here = finished_run(plan_, 1, {.host = "lab1"});
  finished_run(plan_, 1, {.host = "lab2"});
  finished_run(plan_, 1, {.host = "lab1", .harness_version = "0.0.9"});
  EXPECT_EQ(cut_off_runs(plan_, 1, "lab1"), std::vector<fs::path>{here});
  auto held = results::AppendFile::open(here / "results.csv", results::header_line());
  ASSERT_TRUE(held);
  EXPECT_TRUE(cut_off_runs(plan_, 1, "lab1").empty());  // another process writes it
}

TEST(PlanFolder, IsFrozen) {
  Folder folder;
  ASSERT_TRUE(make_plan_folder(folder.path() / "p", small_plan(4)));
  EXPECT_TRUE(make_plan_folder(folder.path() / "p/", small_plan(4)));
  const auto other = make_plan_folder(folder.path() / "p", small_plan(6));
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().kind, Error::Kind::usage);
}

TEST(PlanFolder, RefusesWhatIsNone) {
  Folder folder;
  EXPECT_EQ(open_plan_folder(folder.path() / "none").error().kind, Error::Kind::missing);
  auto undivided = small_plan();
  undivided.division = {};
  ASSERT_TRUE(results::write_whole(folder.path() / "plan.json", plan::plan_text(undivided)));
  EXPECT_EQ(open_plan_folder(folder.path()).error().what, "this plan is not divided into tasks");
}

}  // namespace
}  // namespace chipfit::lab
