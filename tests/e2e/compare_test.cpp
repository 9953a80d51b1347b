// Launches in turns, comparison, A/A, power and import from end to end.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "harness/results/run_folder.hpp"
#include "tests/e2e/command.hpp"

namespace chipfit::e2e {
namespace {

using results::Column;
namespace fs = std::filesystem;

TEST(Interleave, LaunchesTakeTurnsAndTheSeedIsKept) {
  TemporaryFolder folder;
  const std::string out = (folder.path() / "out").string();
  const Ran ran = chipfit({"run", "--case", "gemm:f32:NN:32x32x32", "--case", "gemm:f32:NN:48x16x32", "--backend",
                           "reference,openblas", "--launches", "4", "--interleave", "--quick", "--out", out});
  ASSERT_EQ(ran.exit_code, 0) << ran.err;
  const auto rows = rows_of(out);
  ASSERT_EQ(rows.size(), 16u);
  const char* first_of_each[] = {"reference", "openblas", "openblas", "reference",
                                 "reference", "openblas", "openblas", "reference"};  // A B, B A, A B, B A
  for (std::size_t i = 0; i < rows.size(); ++i) {
    EXPECT_EQ(rows[i].text(Column::backend), first_of_each[i / 2]) << i;
    EXPECT_EQ(rows[i].integer(Column::launch), static_cast<std::int64_t>(1 + i / 4)) << i;
  }
  const auto manifest = nlohmann::json::parse(read_file(run_folder(out) / "manifest.json"));
  EXPECT_EQ(manifest["settings"]["order"], "interleaved");
  EXPECT_TRUE(manifest["seeds"].contains("order"));

  const Ran compared = chipfit({"compare", run_folder(out).string(), "--json"});
  ASSERT_EQ(compared.exit_code, 0) << compared.err;
  const auto report = nlohmann::json::parse(compared.out);
  ASSERT_EQ(report["tables"].size(), 1u);
  EXPECT_EQ(report["tables"][0]["sides"][0]["label"], "reference");
  EXPECT_EQ(report["tables"][0]["cases"].size(), 2u);
  EXPECT_EQ(report["tables"][0]["cases"][0]["launches_a"], 4);
  const Ran explained = chipfit({"compare", run_folder(out).string(), "--explain", "gemm:f32:NN:32x32x32"});
  EXPECT_EQ(explained.exit_code, 0) << explained.err;
  EXPECT_NE(explained.out.find("bootstrap"), std::string::npos) << explained.out;
}

TEST(Aa, OnRealLaunchesKeepsTheMachinesDelta) {  // nine: enough to rank where one lies far off
  TemporaryFolder folder;
  const Ran ran = chipfit({"aa", "--backend", "reference", "--case", "gemm:f32:NN:32x32x32", "--launches", "9",
                           "--quick", "--out", (folder.path() / "out").string(), "--json"},
                          {{"XDG_STATE_HOME", (folder.path() / "state").string()}});
  ASSERT_TRUE(ran.exit_code == 0 || ran.exit_code == 1) << ran.err;  // 1: this machine is too noisy today
  EXPECT_EQ(nlohmann::json::parse(ran.out)["cases"], 1);
  const auto profile = nlohmann::json::parse(read_file(folder.path() / "state/chipfit/machine-profile.json"));
  EXPECT_EQ(profile["entries"][0]["backend"], "reference");
  EXPECT_EQ(profile["entries"][0]["launches"], 9);
}

TEST(Aa, OnTheVirtualClockRowsAreMarked) {
  TemporaryFolder folder;
  const std::string out = (folder.path() / "out").string();
  const Ran ran = chipfit({"aa", "--backend", "simulated", "--suite", "square", "--out", out},
                          {{"XDG_STATE_HOME", (folder.path() / "state").string()}});
  ASSERT_EQ(ran.exit_code, 0) << ran.out << ran.err;
  EXPECT_NE(ran.out.find("false flags        0 of"), std::string::npos) << ran.out;
  EXPECT_FALSE(fs::exists(folder.path() / "state/chipfit/machine-profile.json"));
  std::vector<results::Row> rows;
  for (const auto& entry : fs::directory_iterator(out))
    rows = results::read_results(entry.path() / "results.csv").value().rows;
  ASSERT_FALSE(rows.empty());
  EXPECT_EQ(rows[0].text(Column::clock_mode), "virtual");
  EXPECT_EQ(rows[0].text(Column::conditions), "UNTRUSTED");
  const Ran compared = chipfit({"compare", fs::directory_iterator(out)->path().string()});
  EXPECT_EQ(compared.exit_code, 0) << compared.err;
  EXPECT_NE(compared.out.find("geomean of"), std::string::npos);
}

TEST(Power, PrintsACurveThatRises) {
  const Ran ran = chipfit({"power", "--cases", "50", "--slowed", "5", "--reports", "4", "--json"});
  ASSERT_EQ(ran.exit_code, 0) << ran.err;
  const auto value = nlohmann::json::parse(ran.out);
  EXPECT_LT(value["points"].front()["found"], value["points"].back()["found"]);
  EXPECT_EQ(value["points"].back()["found"], value["points"].back()["injected"]);
  EXPECT_EQ(chipfit({"power", "--option", "launch_sdd=1"}).exit_code, 2);
}

std::string result_file(const fs::path& path, double time_s, const std::string& verdict = "OK") {
  std::vector<results::Row> rows;
  for (int launch = 1; launch <= 5; ++launch) {
    auto& row = rows.emplace_back();
    row.set(Column::run_id, "run");
    row.set(Column::case_id, "gemm:f32:NN:8x8x8");
    row.set(Column::backend, "acme");
    row.set(Column::device_uid, "x");
    row.set(Column::launch, launch);
    row.set(Column::verdict, verdict);
    if (verdict == "OK") row.set(Column::time_median_s, time_s * (1 + 0.001 * launch));
  }
  write_file(path, results::to_text(rows));
  return path.string();
}

TEST(Compare, FailsOnWhatItIsAskedTo) {
  TemporaryFolder folder;
  const auto old = result_file(folder.path() / "old.csv", 1), slow = result_file(folder.path() / "slow.csv", 1.2),
             wrong = result_file(folder.path() / "wrong.csv", 1, "INCORRECT");
  EXPECT_EQ(chipfit({"compare", old, slow}).exit_code, 0);
  EXPECT_EQ(chipfit({"compare", old, slow, "--fail-on", "slower"}).exit_code, 1);
  EXPECT_EQ(chipfit({"compare", old, slow, "--fail-on", "broken,missing"}).exit_code, 0);
  EXPECT_EQ(chipfit({"compare", old, slow, "--fail-on", "slower", "--threshold", "50"}).exit_code, 0);
  EXPECT_EQ(chipfit({"compare", old, wrong, "--fail-on", "broken"}).exit_code, 1);
  EXPECT_EQ(chipfit({"compare", old, slow, "--fail-on", "slowre"}).exit_code, 2);
}

TEST(Compare, BadInputIsNeverCompared) {
  TemporaryFolder folder;
  const auto good = result_file(folder.path() / "good.csv", 1);
  const auto bad = folder.path() / "bad.csv";
  const std::string text = read_file(good);
  const auto with = [&](const std::string& content) {
    write_file(bad, content);
    return chipfit({"compare", good, bad.string()});
  };
  EXPECT_EQ(with("").exit_code, 65);
  EXPECT_EQ(with("\x7f"
                 "ELF")
                .exit_code,
            65);
  EXPECT_EQ(with(text + text.substr(text.find('\n') + 1)).exit_code, 65);  // every row twice
  std::string newer = text;
  newer.replace(newer.rfind("result-v1"), 9, "result-v2");
  const Ran refused = with(newer);
  EXPECT_EQ(refused.exit_code, 65);
  EXPECT_NE(refused.err.find("bad.csv:6:1"), std::string::npos) << refused.err;
  EXPECT_EQ(refused.out, "");
  const Ran cut = with(text.substr(0, text.size() - 20));
  EXPECT_EQ(cut.exit_code, 0) << cut.err;
  EXPECT_NE(cut.err.find("cut off"), std::string::npos) << cut.err;
  EXPECT_EQ(chipfit({"compare", good, (folder.path() / "none").string()}).exit_code, 66);
  EXPECT_EQ(chipfit({"compare", good}).exit_code, 2);
}

TEST(Import, PublishedTablesCanBeComparedAtOnce) {
  const std::string published = (fs::path(CHIPFIT_SOURCE_DIR) / "results/published/deepbench_gemm.csv").string();
  const Ran ran = chipfit({"compare", published, "--baseline", "chip=Tesla V100", "--filter", "chip:T4 dtype_a:f32"},
                          {{"COLUMNS", "80"}});
  ASSERT_EQ(ran.exit_code, 0) << ran.err;
  EXPECT_NE(ran.out.find("NO_SPREAD"), std::string::npos);
  EXPECT_NE(ran.out.find("geomean of"), std::string::npos);
  EXPECT_EQ(chipfit({"import", "deepbench", "/nonexistent"}).exit_code, 66);
  EXPECT_EQ(chipfit({"import", "excel", published}).exit_code, 2);
}

}  // namespace
}  // namespace chipfit::e2e
