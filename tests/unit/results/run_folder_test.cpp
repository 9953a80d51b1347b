#include "harness/results/run_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstring>

#include "harness/results/provenance.hpp"
#include "tests/unit/results/temporary_folder.hpp"

namespace chipfit::results {
namespace {

using testing::HasSubstr;
using testing::MatchesRegex;

Row sample_row(int launch) {
  Row row;
  row.set(Column::case_id, "gemm:f32:NN:8x8x8");
  row.set(Column::backend, "reference");
  row.set(Column::device_uid, "lab1-0");
  row.set(Column::launch, launch);
  row.set(Column::verdict, "OK");
  row.set(Column::reason, "says \"fine\", twice");
  row.set(Column::time_median_s, 1.25e-6);
  row.set(Column::timestamp_utc, "2026-11-22T08:47:33Z");
  return row;
}

// --- AppendFile

TEST(AppendFile, AFolderThatIsNotThereIsAnIoErrorWithItsPath) {
  const auto file = AppendFile::open("/nonexistent/results.csv", "a,b");
  ASSERT_FALSE(file);
  EXPECT_EQ(file.error().kind, Error::Kind::io);
  EXPECT_EQ(file.error().where, "/nonexistent/results.csv");
  EXPECT_NE(file.error().hint, "");
}

TEST(AppendFile, AnotherHeaderIsRefusedAndTheFileLeftAlone) {
  const TemporaryFolder folder;
  for (const std::string text : {"a,b,c\n1,2,3\n", "a\n1\n", "a,c\n1,2\ntorn", "\n"}) {
    put(folder / "x.csv", text);
    const auto file = AppendFile::open(folder / "x.csv", "a,b");
    ASSERT_FALSE(file) << text;
    EXPECT_EQ(file.error().kind, Error::Kind::bad_data);
    EXPECT_EQ(file.error().where, (folder / "x.csv").string() + ":1:1");
    EXPECT_EQ(content(folder / "x.csv"), text);
  }
}

TEST(AppendFile, ASecondWriterIsRefusedWhileTheFirstLives) {
  const TemporaryFolder folder;
  {
    const auto first = AppendFile::open(folder / "x.csv", "a");
    ASSERT_TRUE(first);
    const auto second = AppendFile::open(folder / "x.csv", "a");
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().kind, Error::Kind::io);
    EXPECT_THAT(second.error().what, HasSubstr("another process"));
  }
  EXPECT_TRUE(AppendFile::open(folder / "x.csv", "a"));
}

TEST(AppendFile, ALineWithoutItsEndIsNotAdded) {
  const TemporaryFolder folder;
  auto file = AppendFile::open(folder / "x.csv", "a");
  ASSERT_TRUE(file);
  EXPECT_FALSE(file->append("1"));
  EXPECT_TRUE(file->append(""));
  EXPECT_EQ(content(folder / "x.csv"), "a\n");
}

TEST(AppendFile, DropsATornLastLineOfAnyLength) {
  const TemporaryFolder folder;
  for (const std::size_t torn : {1, 5, 4095, 4096, 4097, 10000}) {
    put(folder / "x.csv", "a,b\n1,2\n" + std::string(torn, 'x'));
    auto file = AppendFile::open(folder / "x.csv", "a,b");
    ASSERT_TRUE(file) << torn;
    EXPECT_EQ(file->dropped_bytes(), torn);
    ASSERT_TRUE(file->append("3,4\n"));
    EXPECT_EQ(content(folder / "x.csv"), "a,b\n1,2\n3,4\n");
  }
}

TEST(AppendFile, ATornHeaderIsWrittenAgain) {
  const TemporaryFolder folder;
  put(folder / "x.csv", "a,");
  const auto file = AppendFile::open(folder / "x.csv", "a,b");
  ASSERT_TRUE(file);
  EXPECT_EQ(file->dropped_bytes(), 2u);
  EXPECT_EQ(content(folder / "x.csv"), "a,b\n");
}

TEST(AppendFile, AddsBehindWhatIsThere) {
  const TemporaryFolder folder;
  {
    auto file = AppendFile::open(folder / "x.csv", "a,b");
    ASSERT_TRUE(file);
    EXPECT_EQ(file->dropped_bytes(), 0u);
    ASSERT_TRUE(file->append("1,2\n3,4\n"));
  }
  auto again = AppendFile::open(folder / "x.csv", "a,b");
  ASSERT_TRUE(again);
  EXPECT_EQ(again->dropped_bytes(), 0u);
  AppendFile moved = std::move(*again);
  ASSERT_TRUE(moved.append("5,6\n"));
  EXPECT_EQ(content(folder / "x.csv"), "a,b\n1,2\n3,4\n5,6\n");
}

// A file size limit stops a write in its middle, as a full disk does; for any user, on any file system.
TEST(AppendFile, AWriteCutShortLeavesNoTornRow) {
  const TemporaryFolder folder;
  auto file = AppendFile::open(folder / "x.csv", "a");
  ASSERT_TRUE(file);
  ASSERT_TRUE(file->append("first\n"));
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  const auto old_handler = std::signal(SIGXFSZ, SIG_IGN);
  const rlimit small{20, before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  const auto added = file->append(std::string(100, 'x') + "\n");
  ::setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, old_handler);

  ASSERT_FALSE(added);
  EXPECT_EQ(added.error().kind, Error::Kind::io);
  EXPECT_EQ(added.error().where, (folder / "x.csv").string());
  EXPECT_THAT(added.error().hint, HasSubstr("--resume"));
  EXPECT_EQ(content(folder / "x.csv"), "a\nfirst\n");
  EXPECT_TRUE(file->append("second\n"));
  EXPECT_EQ(content(folder / "x.csv"), "a\nfirst\nsecond\n");
}

TEST(AppendFile, AFullDiskLeavesNoTornRow) {
  const TemporaryFolder folder;
  if (::mount("tmpfs", folder.path.c_str(), "tmpfs", 0, "size=64k") != 0) {
    GTEST_SKIP() << "no small file system can be mounted here (" << std::strerror(errno)
                 << "); AWriteCutShortLeavesNoTornRow covers the same path by a file size limit";
  }
  std::size_t rows = 0;
  const std::string row(999, 'x');
  {
    auto file = AppendFile::open(folder / "x.csv", "a");
    ASSERT_TRUE(file);
    while (rows < 1000) {
      const auto added = file->append(row + "\n");
      if (!added) {
        EXPECT_EQ(added.error().kind, Error::Kind::io);
        EXPECT_THAT(added.error().what, HasSubstr(std::strerror(ENOSPC)));
        EXPECT_THAT(added.error().hint, HasSubstr("space"));
        break;
      }
      ++rows;
    }
    EXPECT_GT(rows, 50u);
    EXPECT_LT(rows, 70u);
    EXPECT_EQ(content(folder / "x.csv").size(), 2 + rows * 1000);
    const auto whole = write_whole(folder / "manifest.json", std::string(100000, 'y'));
    ASSERT_FALSE(whole);
    EXPECT_EQ(whole.error().kind, Error::Kind::io);
    EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder.path), {}), 1) << "no temporary stays behind";
  }
  EXPECT_EQ(::umount(folder.path.c_str()), 0) << std::strerror(errno);
}

TEST(AppendFile, AKilledWriterLeavesWholeLinesOnly) {
  const TemporaryFolder folder;
  const std::string row = to_line(sample_row(1));
  for (int round = 0; round < 10; ++round) {
    int ready[2];
    ASSERT_EQ(::pipe(ready), 0);
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      auto file = AppendFile::open(folder / "results.csv", header_line());
      while (file && file->append(row) && ::write(ready[1], "x", 1) == 1) {
      }
      ::_exit(1);
    }
    ::close(ready[1]);
    char got = 0;
    for (int i = 0; i <= round % 3; ++i) EXPECT_EQ(::read(ready[0], &got, 1), 1);
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    ::close(ready[0]);
    const auto file = read_results(folder / "results.csv");
    ASSERT_TRUE(file) << file.error().what;
    EXPECT_FALSE(file->torn_line);
    EXPECT_GT(file->rows.size(), static_cast<std::size_t>(round));
  }
}

// --- write_whole

TEST(WriteWhole, AFolderThatIsNotThereIsAnIoError) {
  const auto written = write_whole("/nonexistent/manifest.json", "{}");
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().kind, Error::Kind::io);
  EXPECT_EQ(written.error().where, "/nonexistent/manifest.json");
}

TEST(WriteWhole, ReplacesTheContentAndLeavesNothingElse) {
  const TemporaryFolder folder;
  ASSERT_TRUE(write_whole(folder / "f", "a long first content"));
  ASSERT_TRUE(write_whole(folder / "f", "second"));
  EXPECT_EQ(content(folder / "f"), "second");
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder.path), {}), 1);
}

TEST(WriteWhole, TheUmaskDecidesWhoMayRead) {
  const TemporaryFolder folder;
  const mode_t before = ::umask(027);
  ASSERT_TRUE(write_whole(folder / "f", ""));
  ::umask(before);
  struct stat status {};
  ASSERT_EQ(::stat((folder / "f").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0640u);
}

TEST(WriteWhole, AFailedWriteKeepsTheOldContent) {
  const TemporaryFolder folder;
  std::filesystem::create_directory(folder / "f");
  put(folder / "f" / "inside", "x");
  EXPECT_FALSE(write_whole(folder / "f", "new"));
  EXPECT_TRUE(std::filesystem::is_directory(folder / "f"));
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder.path), {}), 1);
}

// --- run ids

TEST(RunId, SortsByTimeAndIsAFolderName) {
  EXPECT_THAT(new_run_id(), MatchesRegex("[0-9]{8}T[0-9]{6}Z-[-A-Za-z0-9_]+-[0-9a-f]{4}"));
  EXPECT_LE(new_run_id().substr(0, 16), new_run_id().substr(0, 16));
}

TEST(RunId, TheTimestampFitsItsColumn) {
  EXPECT_TRUE(fits(ColumnType::time, utc_timestamp()));
  EXPECT_EQ(utc_timestamp().size(), 20u);
}

// --- read_results

struct Bad {
  std::string text, where, what;
};

TEST(ReadResults, SaysWhereAFileIsWrong) {
  const TemporaryFolder folder;
  const std::string head = "schema,case_id,backend,device_uid,launch,verdict,time_median_s,timestamp_utc\n";
  for (const Bad& bad : {
           Bad{"", "1:1", "no header"},
           Bad{"schema,case_id", "1:1", "no header"},
           Bad{"case_id,backend,device_uid,launch,verdict\n", "1:1", "no column 'schema'"},
           Bad{"schema,case_id,backend,device_uid,verdict\n", "1:1", "no column 'launch'"},
           Bad{"schema,case_id,backend,device_uid,launch,verdict,backend\n", "1:50", "twice"},
           Bad{head + "result-v1,c,b,d,1,OK,nan,\n", "2:22", "'nan' is no finite number (time_median_s)"},
           Bad{head + "result-v1,c,b,d,1,OK,/,\n", "2:22", "'/' is no finite number"},
           Bad{head + "result-v1,c,b,d,one,OK,,\n", "2:17", "'one' is no whole number (launch)"},
           Bad{head + "result-v1,c,b,d,1,OK,,yesterday\n", "2:23", "no UTC time"},
           Bad{head + "result-v1,c,b,d,1,OK,,\nresult-v2,c,b,d,1,OK,,\n", "3:1", "schema 'result-v2'"},
           Bad{head + ",c,b,d,1,OK,,\n", "2:1", "schema ''"},
           Bad{head + "result-v1,c,b,d,1,OK\n", "2:21", "6 fields, but the header has 8"},
           Bad{head + "result-v1,c,b,d,1,OK,,,9\n", "2:24", "9 fields, but the header has 8"},
           Bad{head + "result-v1,\"c,b\n", "2:11", ""},
       }) {
    put(folder / "r.csv", bad.text);
    const auto file = read_results(folder / "r.csv");
    ASSERT_FALSE(file) << bad.text;
    EXPECT_EQ(file.error().kind, Error::Kind::bad_data);
    EXPECT_EQ(file.error().where, (folder / "r.csv").string() + ":" + bad.where) << file.error().what;
    EXPECT_THAT(file.error().what, HasSubstr(bad.what));
  }
}

TEST(ReadResults, AMissingFileIsMissing) {
  const auto file = read_results("/nonexistent/results.csv");
  ASSERT_FALSE(file);
  EXPECT_EQ(file.error().kind, Error::Kind::missing);
}

TEST(ReadResults, AFolderIsNoFile) {
  const TemporaryFolder folder;
  const auto file = read_results(folder.path);
  ASSERT_FALSE(file);
  EXPECT_EQ(file.error().kind, Error::Kind::io);
}

TEST(ReadResults, DropsATornLastLineAndSaysSo) {
  const TemporaryFolder folder;
  const std::string whole = to_text({sample_row(1)});
  const std::string last = to_line(sample_row(2));
  for (std::size_t kept = 1; kept < last.size(); ++kept) {
    put(folder / "r.csv", whole + last.substr(0, kept));
    const auto file = read_results(folder / "r.csv");
    ASSERT_TRUE(file) << kept << ": " << file.error().what;
    EXPECT_TRUE(file->torn_line);
    EXPECT_EQ(file->rows.size(), 1u);
  }
  put(folder / "r.csv", whole + last);
  EXPECT_FALSE(read_results(folder / "r.csv")->torn_line);
  EXPECT_EQ(read_results(folder / "r.csv")->rows.size(), 2u);
}

TEST(ReadResults, TakesColumnsByNameWithBomAndCrlf) {
  const TemporaryFolder folder;
  put(folder / "r.csv",
      "\xEF\xBB\xBFverdict,launch,new_in_v9,device_uid,backend,case_id,schema\r\n"
      "OK,3,?,d,b,\"c,1\",result-v1\r\n");
  const auto file = read_results(folder / "r.csv");
  ASSERT_TRUE(file) << file.error().what;
  ASSERT_EQ(file->rows.size(), 1u);
  EXPECT_EQ(file->rows[0].text(Column::verdict), "OK");
  EXPECT_EQ(file->rows[0].integer(Column::launch), 3);
  EXPECT_EQ(file->rows[0].text(Column::case_id), "c,1");
  EXPECT_EQ(file->rows[0].text(Column::reason), "");
}

TEST(ReadResults, ReadsTheOldNameOfASelfRun) {
  const TemporaryFolder folder;
  const auto path = folder / "results.csv";
  auto old = sample_row(1);
  old.set(Column::provenance, "self");
  auto lab = sample_row(2);
  lab.set(Column::provenance, name(Provenance::lab_run));
  ASSERT_TRUE(write_whole(path, to_text({old, lab})));
  const auto read = read_results(path);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->rows[0].text(Column::provenance), "self-run");
  EXPECT_EQ(read->rows[1].text(Column::provenance), "lab-run");
}

TEST(ReadResults, EveryCellComesBackAsItWasSet) {
  const TemporaryFolder folder;
  Row row;
  for (const ColumnInfo& column : all_columns()) {
    switch (column.type) {
      case ColumnType::text:
        row.set(column.id, "text of \"" + std::string(column.name) + "\", 文本; ");
        break;
      case ColumnType::integer:
        row.set(column.id, 1000 + static_cast<int>(column.id));
        break;
      case ColumnType::real:
        row.set(column.id, 1e-7 * (1 + static_cast<int>(column.id)));
        break;
      case ColumnType::time:
        row.set(column.id, "2026-11-22T08:47:33Z");
        break;
    }
  }
  row.set(Column::schema, schema_name);
  put(folder / "r.csv", to_text({row}));
  const auto file = read_results(folder / "r.csv");
  ASSERT_TRUE(file) << file.error().what << " " << file.error().where;
  ASSERT_EQ(file->rows.size(), 1u);
  EXPECT_EQ(file->rows[0], row);
}

TEST(ToLine, IsOneLineWhateverTheReasonAndNamesItsSchema) {
  Row row;
  row.set(Column::reason, "SIGSEGV\nin \xffsync");
  const std::string line = to_line(row);
  EXPECT_TRUE(line.starts_with("result-v1,,"));
  EXPECT_EQ(line.find('\n'), line.size() - 1);
}

TEST(ToText, IsTheHeaderAndEachRowInItsOrder) {
  const Row first = sample_row(1), second = sample_row(2);
  EXPECT_EQ(to_text({}), header_line() + "\n");
  EXPECT_EQ(to_text({second, first}), header_line() + "\n" + to_line(second) + to_line(first));
}

}  // namespace
}  // namespace chipfit::results
