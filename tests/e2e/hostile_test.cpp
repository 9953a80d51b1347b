// Every plugin of tests/hostile through `chipfit run`, one test each, with the verdict it must get.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <algorithm>
#include <cstdlib>

#include "kernels/base/csv.hpp"
#include "tests/e2e/command.hpp"

namespace chipfit::e2e {
namespace {

namespace fs = std::filesystem;

struct HostileCase {
  std::string name, library, verdicts, options;
};

std::vector<HostileCase> hostile_cases() {
  const std::string text = read_file(CHIPFIT_HOSTILE_INDEX);
  csv::Reader reader(CHIPFIT_HOSTILE_INDEX, text);
  csv::Record record;
  std::vector<HostileCase> cases;
  bool header = true;
  while (reader.next(record).value_or(false)) {
    if (!header)
      cases.push_back({record.fields.at(0), record.fields.at(1), record.fields.at(2),
                       record.fields.size() > 3 ? record.fields[3] : ""});
    header = false;
  }
  return cases;
}

class Hostile : public testing::TestWithParam<HostileCase> {};

TEST_P(Hostile, GetsItsVerdict) {
  const HostileCase& hostile = GetParam();
  TemporaryFolder folder;
  const Ran ran = chipfit({"run", "--case", "gemm:f32:NN:192x160x256", "--backend", hostile.library, "--quick",
                           "--deadline", "3", "--out", folder.path().string()});
  if (hostile.verdicts == "REJECTED" || hostile.verdicts == "UNAVAILABLE") {
    // 65: the file is no plugin; 69: it is one, and cannot run here.
    EXPECT_TRUE(ran.exit_code == 65 || ran.exit_code == 69) << ran.exit_code << ran.err;
    EXPECT_FALSE(fs::exists(folder.path() / "results.csv"));
    EXPECT_NE(ran.err.find("error:"), std::string::npos) << ran.err;
    return;
  }
  const auto rows = rows_of(folder.path());
  ASSERT_EQ(rows.size(), 1u) << ran.err;
  const std::string& verdict = rows[0].text(results::Column::verdict);
  const std::string& reason = rows[0].text(results::Column::reason);
  EXPECT_NE(("|" + hostile.verdicts + "|").find("|" + verdict + "|"), std::string::npos)
      << "verdict " << verdict << " (" << reason << "), expected " << hostile.verdicts;
  const bool acceptable = verdict == "OK" || verdict == "UNSUPPORTED" || verdict == "TOO_BIG";
  EXPECT_EQ(ran.exit_code, acceptable ? 0 : 1) << ran.err;
  EXPECT_EQ(rows[0].text(results::Column::rate_flop_per_s).empty(), verdict != "OK") << "rates are for OK only";
  if (verdict != "OK") {
    EXPECT_FALSE(reason.empty()) << "every verdict has a reason";
  }
}

std::string library_of(const std::string& name) {
  return (fs::path(CHIPFIT_HOSTILE_INDEX).parent_path() / (name + ".so")).string();
}

/// A plugin asked in a math mode: the same arithmetic is a cheat in one and honest in the next.
struct AskedIn {
  const char *plugin, *math, *verdicts;
};
class MathModes : public testing::TestWithParam<AskedIn> {};

TEST_P(MathModes, TheVerdictIsThatOfTheMode) {
  const AskedIn& asked = GetParam();
  TemporaryFolder folder;
  const fs::path suite = folder.path() / "one.csv";
  write_file(suite, "op,m,n,k\ngemm,192,160,256\n");
  const Ran ran = chipfit({"run", "--suite", suite.string(), "--math", asked.math, "--backend",
                           library_of(asked.plugin), "--quick", "--out", (folder.path() / "out").string()});
  const auto rows = rows_of(folder.path() / "out");
  ASSERT_EQ(rows.size(), 1u) << ran.err;
  const bool strict = asked.math == std::string("strict");
  EXPECT_EQ(rows[0].text(results::Column::case_id),
            std::string("gemm:f32:NN:192x160x256") + (strict ? "" : std::string(":") + asked.math));
  EXPECT_EQ(rows[0].text(results::Column::math), asked.math);
  const std::string& verdict = rows[0].text(results::Column::verdict);
  EXPECT_NE(("|" + std::string(asked.verdicts) + "|").find("|" + verdict + "|"), std::string::npos)
      << verdict << " (" << rows[0].text(results::Column::reason) << "), grade "
      << rows[0].text(results::Column::grade_e) << ", expected " << asked.verdicts;
}

INSTANTIATE_TEST_SUITE_P(
    All, MathModes,
    testing::Values(AskedIn{"tf32_for_f32_unless_exact", "strict", "PRECISION"}, AskedIn{"tf32_for_f32", "tf32", "OK"},
                    AskedIn{"tf32_for_f32", "f16", "OK"}, AskedIn{"tf32_for_f32", "bf16", "OK"},
                    AskedIn{"tf32_for_f32", "relaxed", "OK"}, AskedIn{"bf16_for_f32", "bf16", "OK"},
                    AskedIn{"bf16_for_f32", "relaxed", "OK"}, AskedIn{"bf16_for_f32", "tf32", "PRECISION|INCORRECT"},
                    AskedIn{"bf16_for_f32_unless_exact", "tf32", "PRECISION"},
                    AskedIn{"bf16_for_f32_unless_exact", "f16", "PRECISION"}, AskedIn{"honest", "tf32", "OK"}),
    [](const auto& test) { return fmt::format("{}_in_{}", test.param.plugin, test.param.math); });

TEST(StrictAndRelaxed, OneRunHoldsBothAsDifferentCases) {
  TemporaryFolder folder;
  const fs::path suite = folder.path() / "one.csv";
  write_file(suite, "op,m,n,k\ngemm,192,160,256\n");
  const Ran ran =
      chipfit({"run", "--suite", suite.string(), "--math", "strict,tf32", "--backend",
               library_of("tf32_for_f32_unless_exact"), "--quick", "--out", (folder.path() / "out").string()});
  std::string seen;
  for (const auto& row : rows_of(folder.path() / "out"))
    seen += row.text(results::Column::case_id) + " " + row.text(results::Column::verdict) + "\n";
  EXPECT_EQ(seen, "gemm:f32:NN:192x160x256 PRECISION\ngemm:f32:NN:192x160x256:tf32 OK\n") << ran.err;
}

TEST(Unstable, AfterThreeDeathsInARowTheRestIsSkippedAndOtherBackendsGoOn) {
  TemporaryFolder folder;
  const fs::path suite = folder.path() / "five.csv";
  write_file(suite, "op,m,n,k\ngemm,64,64,64\ngemm,65,64,64\ngemm,66,64,64\ngemm,67,64,64\ngemm,68,64,64\n");
  const Ran ran = chipfit({"run", "--suite", suite.string(), "--backend", library_of("null_pointer") + ",openblas",
                           "--quick", "--out", (folder.path() / "out").string()});
  EXPECT_EQ(ran.exit_code, 1) << ran.err;
  std::string verdicts;
  for (const auto& row : rows_of(folder.path() / "out")) verdicts += row.text(results::Column::verdict) + " ";
  EXPECT_EQ(verdicts, "CRASHED CRASHED CRASHED SKIPPED_UNSTABLE SKIPPED_UNSTABLE OK OK OK OK OK ");
}

TEST(Unstable, ADeathBetweenTwoGoodCasesCostsOneRow) {
  TemporaryFolder folder;
  const Ran ran =
      chipfit({"run", "--case", "gemm:f32:NN:64x64x64", "--case", "gemm:f32:NN:65x64x64", "--backend",
               library_of("honest") + "," + library_of("exit_zero"), "--quick", "--out", folder.path().string()});
  EXPECT_EQ(ran.exit_code, 1) << ran.err;
  std::string verdicts;
  for (const auto& row : rows_of(folder.path())) {
    verdicts += row.text(results::Column::verdict) + " ";
    if (row.text(results::Column::verdict) != "EXITED") continue;
    EXPECT_NE(row.text(results::Column::reason).find("status 0"), std::string::npos)
        << row.text(results::Column::reason);
  }
  EXPECT_EQ(verdicts, "OK OK EXITED EXITED ");
}

TEST(Reproduction, TheLineBesideAFailureMeasuresItAgain) {
  TemporaryFolder folder;
  const Ran ran = chipfit({"run", "--case", "gemm:f32:NN:64x64x64", "--backend", library_of("zeros"), "--quick",
                           "--out", (folder.path() / "out").string()});
  const auto at = ran.out.find("again: chipfit ");
  ASSERT_NE(at, std::string::npos) << ran.out;
  const auto begin = at + std::string("again: chipfit ").size();
  const std::string line = ran.out.substr(begin, ran.out.find('\n', begin) - begin);
  const std::string command =
      fmt::format("cd '{}' && '{}' {} > again.txt 2>&1", folder.path().string(), CHIPFIT_BINARY, line);
  const int status = std::system(command.c_str());
  EXPECT_EQ(WEXITSTATUS(status), 1) << command;
  EXPECT_NE(read_file(folder.path() / "again.txt").find("INCORRECT"), std::string::npos)
      << read_file(folder.path() / "again.txt");
}

INSTANTIATE_TEST_SUITE_P(All, Hostile, testing::ValuesIn(hostile_cases()), [](const auto& test) {
  std::string name = test.param.name;
  std::replace_if(
      name.begin(), name.end(), [](char c) { return std::isalnum(static_cast<unsigned char>(c)) == 0; }, '_');
  return name;
});

}  // namespace
}  // namespace chipfit::e2e
