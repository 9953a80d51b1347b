// Plans on machines that are reached by a real sshd: a machine that is down, a stopped and a killed submission.
#include <gmock/gmock.h>
#include <signal.h>

#include <nlohmann/json.hpp>
#include <set>

#include "tests/e2e/lab_plan.hpp"
#include "tests/e2e/sshd.hpp"

namespace chipfit::e2e {
namespace {

namespace fs = std::filesystem;
using results::Column;
using ::testing::HasSubstr;
using Reached = Sshd::Reached;

class Ssh : public LabPlan {
 protected:
  void SetUp() override {
    if (!sshd_.trouble().empty() && !fs::exists("/usr/sbin/sshd")) GTEST_SKIP() << sshd_.trouble();
    ASSERT_EQ(sshd_.trouble(), "");
  }
  std::vector<std::string> submit(const std::string& hosts, const std::vector<std::string>& more = {}) const {
    std::vector<std::string> words{"submit", "--plan", plan_, "--engine", "ssh", "--hosts", hosts};
    words.push_back("--ssh=-F" + sshd_.config());
    words.insert(words.end(), more.begin(), more.end());
    return words;
  }
  std::set<std::string> distinct(Column column) const {
    std::set<std::string> values;
    for (const auto& row : merged_rows()) values.insert(row.text(column));
    return values;
  }
  /// Two tasks under way on two machines, each with a row.
  void begin_two_tasks(std::unique_ptr<Running>& run) {
    sshd_.machine("nodea", Reached::yes);
    sshd_.machine("nodeb", Reached::yes);
    ASSERT_NO_FATAL_FAILURE(freeze(20, 10, 0.3));
    run = std::make_unique<Running>(submit("nodea,nodeb"));
    ASSERT_TRUE(wait_until(60, [&] { return rows_begun(0) > 0 && rows_begun(1) > 0; })) << run->wait().err;
  }
  void expect_resumed() {
    const auto resumed = chipfit(submit("nodea,nodeb", {"--resume"}));
    ASSERT_EQ(resumed.exit_code, 0) << resumed.err;
    expect_rows(20);
  }
  Sshd sshd_;
};

TEST_F(Ssh, TasksOfAMachineThatIsDownAreDoneByTheOthers) {
  sshd_.machine("nodea", Reached::yes);
  sshd_.machine("nodeb", Reached::yes);
  sshd_.machine("down", Reached::no);
  ASSERT_NO_FATAL_FAILURE(freeze(12, 2));
  const auto ran = chipfit(submit("nodea,down,nodeb", {"--json"}));
  ASSERT_EQ(ran.exit_code, 0) << ran.err;
  EXPECT_THAT(ran.err, HasSubstr("down cannot be reached: ssh: connect to host 127.0.0.1"));
  const auto told = nlohmann::json::parse(ran.out);
  EXPECT_EQ(told["missing"], "");
  ASSERT_EQ(told["nodes"].size(), 3u) << told;
  EXPECT_EQ(told["nodes"][0]["node"], "down");
  EXPECT_EQ(told["nodes"][0]["reached"], false);
  EXPECT_EQ(told["nodes"][0]["done"], "");
  expect_rows(12);
  EXPECT_EQ(distinct(Column::host), (std::set<std::string>{"nodea", "nodeb"}));
  EXPECT_TRUE(fs::exists(fs::path(plan_) / "report.html"));
}

TEST_F(Ssh, WithNoMachineNothingIsDoneAndResumingDoesItAll) {
  sshd_.machine("down", Reached::no);
  ASSERT_NO_FATAL_FAILURE(freeze(4, 2));
  const auto ran = chipfit(submit("down"));
  EXPECT_EQ(ran.exit_code, 75) << ran.err;
  EXPECT_FALSE(fs::exists(fs::path(plan_) / "merged"));
  sshd_.machine("down", Reached::yes);
  const auto resumed = chipfit(submit("down", {"--resume"}));
  ASSERT_EQ(resumed.exit_code, 0) << resumed.err;
  expect_rows(4);
}

TEST_F(Ssh, ACensusWaitsForTheMachineThatIsDown) {
  sshd_.machine("nodea", Reached::yes);
  sshd_.machine("nodeb", Reached::no);
  const auto ran = chipfit({"census", "--case", "gemm:f32:NN:8x8x8", "--backend", "simulated", "--quick", "-o", plan_,
                            "--engine", "ssh", "--nodes", "nodea,nodeb", "--ssh=-F" + sshd_.config()});
  EXPECT_EQ(ran.exit_code, 75) << ran.err;
  const auto status = nlohmann::json::parse(chipfit({"status", "--plan", plan_, "--json"}).out);
  EXPECT_EQ(status["present"], 1);
  EXPECT_EQ(status["missing"], "1");
  expect_rows(1);
  sshd_.machine("nodeb", Reached::yes);
  const auto resumed = chipfit({"submit", "--plan", plan_, "--engine", "ssh", "--ssh=-F" + sshd_.config(), "--resume"});
  ASSERT_EQ(resumed.exit_code, 0) << resumed.err;
  expect_rows(2);
  EXPECT_EQ(distinct(Column::host), (std::set<std::string>{"nodea", "nodeb"}));
}

TEST_F(Ssh, ASubmissionThatIsToldToStopEndsItsTasksOnTheMachines) {
  std::unique_ptr<Running> run;
  ASSERT_NO_FATAL_FAILURE(begin_two_tasks(run));
  run->signal(SIGTERM);
  const auto stopped = run->wait();
  EXPECT_EQ(stopped.exit_code, 75) << stopped.err;
  EXPECT_FALSE(somebody_works());
  EXPECT_GT(rows_begun(0), 0);
  expect_resumed();
  EXPECT_EQ(distinct(Column::run_id).size(), 2u);  // gone on with, not begun again
}

TEST_F(Ssh, CtrlCDoesTheSame) {
  std::unique_ptr<Running> run;
  ASSERT_NO_FATAL_FAILURE(begin_two_tasks(run));
  // As a terminal does it: to every process of the foreground at once.
  ASSERT_EQ(kill(-run->pid(), SIGINT), 0);
  const auto stopped = run->wait();
  EXPECT_EQ(stopped.exit_code, 75) << stopped.err;
  EXPECT_FALSE(somebody_works());
  expect_resumed();
}

TEST_F(Ssh, AKilledSubmissionLeavesNoTaskWorkingUnwatched) {
  std::unique_ptr<Running> run;
  ASSERT_NO_FATAL_FAILURE(begin_two_tasks(run));
  ASSERT_EQ(kill(-run->pid(), SIGKILL), 0);
  run->wait();
  EXPECT_TRUE(wait_until(20, [&] { return !somebody_works(); }));
  EXPECT_EQ(chipfit({"status", "--plan", plan_}).exit_code, 75);
  expect_resumed();
}

}  // namespace
}  // namespace chipfit::e2e
