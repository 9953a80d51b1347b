// Every plugin of tests/hostile through `chipfit run`, one test each, with the verdict it must get.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <algorithm>
#include <cstdlib>
#include <sstream>

#include "harness/sandbox/isolation.hpp"
#include "kernels/base/csv.hpp"
#include "tests/e2e/command.hpp"

namespace chipfit::e2e {
namespace {

namespace fs = std::filesystem;

struct HostileCase {
  std::string name, library, verdicts, options, case_id, real_s, denied_from, note, level;
};

/// "A,B" of the environment, or what CI runs: the weakest level and the strongest that works here.
std::vector<std::string> levels() {
  const char* given = std::getenv("CHIPFIT_HOSTILE_LEVELS");
  std::istringstream words(given != nullptr ? given : "L0,auto");
  std::vector<std::string> levels;
  for (std::string word; std::getline(words, word, ',');) levels.push_back(word);
  return levels;
}

std::vector<HostileCase> hostile_cases() {
  const std::string text = read_file(CHIPFIT_HOSTILE_INDEX);
  csv::Reader reader(CHIPFIT_HOSTILE_INDEX, text);
  csv::Record record;
  std::vector<HostileCase> cases;
  for (bool header = true; reader.next(record).value_or(false); header = false) {
    const auto& f = record.fields;
    if (header) continue;
    for (const std::string& level : levels())
      cases.push_back({f.at(0), f.at(1), f.at(2), f.at(3), f.at(4), f.at(5), f.at(6), f.at(7), level});
  }
  return cases;
}

bool is_one_of(const std::string& word, const std::string& words, char separator) {
  return (separator + words + separator).find(separator + word + separator) != std::string::npos;
}

/// Processes whose environment holds `mark`.
int processes_with(const std::string& mark) {
  int count = 0;
  std::error_code failed;
  for (const auto& entry : fs::directory_iterator("/proc", failed))
    count += read_file(entry.path() / "environ").find(mark) != std::string::npos;
  return count;
}

class Hostile : public testing::TestWithParam<HostileCase> {
 protected:
  TemporaryFolder folder;

  Ran run(const HostileCase& hostile, const std::string& mark) const {
    const std::string asked = hostile.case_id.empty() ? "gemm:f32:NN:192x160x256" : hostile.case_id;
    return chipfit({"run", "--case", asked, "--backend", hostile.library, "--quick", "--deadline", "3", "--isolation",
                    hostile.level, "--memory-limit", "0.25", "--out", folder.path().string()},
                   {{"LC_MARK", mark}});
  }
};

void expect_conditions(const HostileCase& hostile, const results::Row& row) {
  const std::string& conditions = row.text(results::Column::conditions);
  const auto after = [&](std::string_view promise) {
    return hostile.note.starts_with(promise) ? hostile.note.substr(promise.size()) : "";
  };
  const std::string due = after("condition "), possible = after("possible condition ");
  if (!due.empty()) {
    EXPECT_TRUE(is_one_of(due, conditions, ';')) << conditions;
  }
  std::istringstream words(conditions);
  for (std::string word; std::getline(words, word, ';');)
    EXPECT_TRUE(word == due || word == possible || is_one_of(word, "QUICK;CI_NOT_REACHED;NOT_STEADY", ';'))
        << "flagged " << conditions;
}

/// Every OK row says what is proven, and no cheat proves more than it computed.
void expect_proven(const HostileCase& hostile, const results::Row& row) {
  using results::Column;
  const auto low = row.real(Column::rate_bracket_low_flop_per_s), high = row.real(Column::rate_bracket_high_flop_per_s);
  const auto proven = row.real(Column::rate_proven_flop_per_s);
  ASSERT_TRUE(proven || (low && high)) << "proven_mode " << row.text(Column::proven_mode);
  if (hostile.real_s.empty()) return;
  const double real = static_cast<double>(row.integer(Column::work_flop).value()) / std::stod(hostile.real_s);
  EXPECT_LE(proven ? *proven : *low, 1.02 * real);
}

void expect_denials(const HostileCase& hostile, const fs::path& out, const std::string& used) {
  const auto level = sandbox::parse_isolation(used), from = sandbox::parse_isolation(hostile.denied_from);
  ASSERT_TRUE(level && from) << used;
  const std::string log = read_file(run_folder(out) / fmt::format("worker-{}-0.log", hostile.name));
  EXPECT_TRUE(log.find("DENIED ") != std::string::npos || log.find("REACHED ") != std::string::npos) << log;
  if (*level >= *from) {
    EXPECT_EQ(log.find("REACHED "), std::string::npos) << used << ": " << log;
  }
}

TEST_P(Hostile, GetsItsVerdict) {
  const HostileCase& hostile = GetParam();
  const std::string mark = fmt::format("{}-{}", folder.path().filename().string(), hostile.name);
  const Ran ran = run(hostile, mark);
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
  const std::string& used = rows[0].text(results::Column::isolation);
  EXPECT_TRUE(is_one_of(verdict, hostile.verdicts, '|'))
      << "verdict " << verdict << " (" << reason << "), expected " << hostile.verdicts << " at " << used;
  const bool acceptable = verdict == "OK" || verdict == "UNSUPPORTED" || verdict == "TOO_BIG";
  EXPECT_EQ(ran.exit_code, acceptable ? 0 : 1) << ran.err;
  EXPECT_EQ(rows[0].text(results::Column::rate_flop_per_s).empty(), verdict != "OK") << "rates are for OK only";
  if (verdict != "OK") {
    EXPECT_FALSE(reason.empty()) << "every verdict has a reason";
  } else {
    expect_conditions(hostile, rows[0]);
    expect_proven(hostile, rows[0]);
  }
  if (!hostile.denied_from.empty()) expect_denials(hostile, folder.path(), used);
  if (hostile.note != "at L0 such a process lives on until it ends by itself" || used != "L0") {
    EXPECT_EQ(processes_with(mark), 0) << "processes are left behind";
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
  std::string name = test.param.name + "_" + test.param.level;
  std::replace_if(
      name.begin(), name.end(), [](char c) { return std::isalnum(static_cast<unsigned char>(c)) == 0; }, '_');
  return name;
});

}  // namespace
}  // namespace chipfit::e2e
