#include "harness/cli/cli.hpp"

#include <gmock/gmock.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "tests/unit/cli/capture.hpp"

namespace chipfit::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::TestConsole;

struct Outcome {
  int code;
  std::string out, err;
};

Outcome call(const std::vector<std::string>& arguments) {
  TestConsole t;
  const int code = run_command_line(arguments, t.console);
  return {code, t.out.text(), t.err.text()};
}

TEST(CommandLine, UsageErrorsExitWithTwoAndLeaveStdoutEmpty) {
  for (const std::vector<std::string>& words : std::vector<std::vector<std::string>>{
           {}, {"frobnicate"}, {"run"}, {"run", "--nonsense"}, {"explain", "zzz"}, {"run", "--suite", "quik"}}) {
    const auto outcome = call(words);
    EXPECT_EQ(outcome.code, 2);
    EXPECT_THAT(outcome.out, IsEmpty());
    EXPECT_THAT(outcome.err, HasSubstr("error: "));
  }
}

TEST(CommandLine, ABrokenSuiteFileNamesEveryFault) {
  const auto path = std::filesystem::temp_directory_path() / "chipfit-broken-suite.csv";
  std::ofstream(path) << "op,name,m,n,k,dtypes\ngemm,a,0,8,8,f32\ngemm,b,8,x,8,f32\n";
  const auto checked = call({"suites", "--check", path.string()});
  EXPECT_EQ(checked.code, 65) << checked.err;
  const auto run = call({"plan", "--suite", path.string()});
  EXPECT_EQ(run.code, 65);
  EXPECT_THAT(run.err, HasSubstr(path.string() + ":"));
  std::filesystem::remove(path);
  EXPECT_EQ(call({"suites", "--check", path.string()}).code, 66);
}

TEST(CommandLine, AMissingPlanIsAMissingInput) {
  const auto outcome = call({"run", "--plan", "/nonexistent/plan.json"});
  EXPECT_EQ(outcome.code, 66);
  EXPECT_THAT(outcome.err, HasSubstr("/nonexistent/plan.json"));
}

TEST(CommandLine, ListsTheSuites) {
  const auto people = call({"suites"});
  EXPECT_EQ(people.code, 0);
  EXPECT_THAT(people.out, HasSubstr("quick"));
  EXPECT_THAT(people.err, IsEmpty());
  const auto json = nlohmann::json::parse(call({"suites", "--json"}).out);
  ASSERT_FALSE(json.empty());
  for (const auto& suite : json) EXPECT_GT(suite["cases"], 0);
}

TEST(CommandLine, ExplainsInBothFormats) {
  EXPECT_THAT(call({"explain", "NOT_WRITTEN"}).out, HasSubstr("NOT_WRITTEN (verdict)"));
  const auto json = nlohmann::json::parse(call({"explain", "grade_e", "gemm:f32:NN:8x8x8", "--json"}).out);
  ASSERT_EQ(json.size(), 2u);
  EXPECT_EQ(json[0]["kind"], "column");
  EXPECT_EQ(json[1]["kind"], "case");
}

TEST(CommandLine, TellsItsVersion) {
  EXPECT_THAT(call({"version"}).out, HasSubstr("plugin ABI 1.0"));
  EXPECT_EQ(nlohmann::json::parse(call({"--version", "--json"}).out)["result_schema"], "result-v1");
}

}  // namespace
}  // namespace chipfit::cli
