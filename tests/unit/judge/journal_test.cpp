#include "harness/judge/journal.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <iterator>

#include "harness/results/manifest.hpp"

namespace chipfit::judge {
namespace {

namespace fs = std::filesystem;
using results::Column;

class JournalTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "chipfit-journal-XXXXXX").string();
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    out = pattern;
  }
  void TearDown() override { fs::remove_all(out); }

  static results::Row row(const std::string& case_id) {
    results::Row row;
    row.set(Column::schema, "result-v1");
    row.set(Column::case_id, case_id);
    row.set(Column::backend, "b");
    row.set(Column::device_uid, "d");
    row.set(Column::launch, std::int64_t{0});
    row.set(Column::plan_sha256, "aaaa");
    return row;
  }
  static std::string samples(const std::string& case_id) { return "r," + case_id + ",b,d,0,0,1,0.5,\n"; }
  static std::string text(const fs::path& path) {
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  static void write_manifest_of(const fs::path& folder, const std::string& plan_sha256) {
    results::Manifest manifest = results::new_manifest();
    manifest.plan_sha256 = plan_sha256;
    ASSERT_TRUE(results::write_manifest(folder, manifest));
  }
  static void write(const fs::path& path, const std::string& content, std::ios::openmode mode = std::ios::trunc) {
    std::ofstream(path, mode) << content;
  }

  fs::path out;
};

TEST_F(JournalTest, NothingToResumeIsSaid) {
  const auto journal = Journal::resume(out, "aaaa");
  ASSERT_FALSE(journal);
  EXPECT_EQ(journal.error().kind, Error::Kind::missing);
  EXPECT_FALSE(journal.error().hint.empty());
}

TEST_F(JournalTest, ARunOfAnotherPlanIsRefused) {
  fs::path folder;
  {
    auto journal = Journal::create(out);
    ASSERT_TRUE(journal);
    folder = journal->folder();
  }
  write_manifest_of(folder, "bbbb");
  const auto journal = Journal::resume(folder, "aaaa");
  ASSERT_FALSE(journal);
  EXPECT_EQ(journal.error().kind, Error::Kind::bad_data);
}

TEST_F(JournalTest, TwoJudgesDoNotShareARun) {
  auto first = Journal::create(out);
  ASSERT_TRUE(first);
  write_manifest_of(first->folder(), "aaaa");
  const auto second = Journal::resume(first->folder(), "aaaa");
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().kind, Error::Kind::io);
}

TEST_F(JournalTest, ResumingKeepsRowsAndDropsTornLinesAndOrphanedSamples) {
  fs::path folder;
  {
    auto journal = Journal::create(out);
    ASSERT_TRUE(journal);
    folder = journal->folder();
    write_manifest_of(folder, "aaaa");
    ASSERT_TRUE(journal->append(row("gemm:one"), samples("gemm:one")));
  }
  write(folder / "samples.csv", samples("gemm:two"), std::ios::app);    // its row was never written
  write(folder / "results.csv", "result-v1,20261122T", std::ios::app);  // the kill came inside the write
  auto journal = Journal::resume(out, "aaaa");
  ASSERT_TRUE(journal) << journal.error().what;
  ASSERT_EQ(journal->present().size(), 1u);
  EXPECT_EQ(journal->present()[0].text(Column::case_id), "gemm:one");
  EXPECT_EQ(journal->notes().size(), 2u);
  EXPECT_EQ(text(folder / "samples.csv"), std::string(results::samples_header) + "\n" + samples("gemm:one"));
  ASSERT_TRUE(journal->append(row("gemm:two"), samples("gemm:two")));
  EXPECT_EQ(text(folder / "results.csv").find("20261122T"), std::string::npos);
  EXPECT_EQ(results::read_results(folder / "results.csv")->rows.size(), 2u);
}

}  // namespace
}  // namespace chipfit::judge
