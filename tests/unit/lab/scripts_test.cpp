#include <gmock/gmock.h>
#include <signal.h>
#include <sys/wait.h>

#include <chrono>
#include <thread>

#include "harness/lab/indexes.hpp"
#include "harness/lab/submission.hpp"
#include "harness/lab/survey.hpp"
#include "kernels/base/shell_line.hpp"
#include "tests/unit/lab/made_parts.hpp"

namespace chipfit::lab {
namespace {

using namespace testing;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(Ranges, AreThoseOfSlurm) {
  EXPECT_EQ(ranges({}), "");
  EXPECT_EQ(ranges({7}), "7");
  EXPECT_EQ(ranges({0, 1, 2, 5, 7, 8}), "0-2,5,7-8");
}

class Scripts : public ::testing::Test {
 protected:
  void SetUp() override { make(small_plan(), "plan"); }
  void make(const plan::Plan& plan, const std::string& name) {
    auto made = make_plan_folder(folder_.path() / name, plan);
    ASSERT_TRUE(made) << made.error().what;
    plan_ = std::move(*made);
    submission_ = next_submission(plan_);
  }
  std::vector<std::size_t> all() const {
    std::vector<std::size_t> indexes(plan_.tasks);
    for (std::size_t i = 0; i < plan_.tasks; ++i) indexes[i] = i;
    return indexes;
  }
  std::vector<Script> made(const SubmitOptions& options) {
    auto result = scripts(plan_, all(), submission_, options);
    EXPECT_TRUE(result) << (result ? "" : result.error().what);
    return result ? *result : std::vector<Script>{};
  }
  static std::string text_of(const std::vector<Script>& scripts, const std::string& name) {
    for (const auto& script : scripts)
      if (script.name == name) return script.text;
    ADD_FAILURE() << name;
    return {};
  }
  void expect_clean(const std::vector<Script>& scripts) {
    if (std::system("command -v shellcheck >/dev/null") != 0) GTEST_SKIP() << "no shellcheck here";
    ASSERT_TRUE(write_scripts(submission_, scripts));
    for (const auto& script : scripts)
      EXPECT_EQ(std::system(("shellcheck " + shell_word((submission_ / script.name).string()) + " >&2").c_str()), 0)
          << script.text;
  }
  /// A program in chipfit's place: keeps its index and its machine, and does what `body` says.
  fs::path program(const std::string& body) {
    const auto path = folder_.path() / "program with space";
    std::ofstream(path) << "#!/bin/bash\ncase $1 in\n  run) index=${*: -1}; node=$5\n" + body +
                               "\n    echo \"$node\" >>'" + (folder_.path() / "done").string() +
                               ".'$index ;;\n  merge) exit 0 ;;\nesac\n";
    fs::permissions(path, fs::perms::owner_all);
    return path;
  }
  std::size_t done() const {
    std::size_t count = 0;
    for (const auto& entry : fs::directory_iterator(folder_.path()))
      count += entry.path().filename().string().starts_with("done.") ? 1 : 0;
    return count;
  }
  int run(const SubmitOptions& options) {
    EXPECT_TRUE(write_scripts(submission_, made(options)));
    return WEXITSTATUS(std::system(("bash '" + (submission_ / "submit.sh").string() + "' >/dev/null 2>&1").c_str()));
  }
  Folder folder_;
  PlanFolder plan_;
  fs::path submission_;
};

SubmitOptions slurm_options() {
  SubmitOptions options;
  options.engine = Engine::slurm;
  options.program = "/opt/chipfit/bin/chipfit";
  options.at_once = 8;
  add(options.partition, "cpu");
  add(options.partition, "simulated=npu");
  add(options.gres, "simulated=npu:ascend910b:2");
  add(options.pin, "simulated=ASCEND_RT_VISIBLE_DEVICES");
  options.sbatch = {"--account=ai"};
  options.run_options = {"--lab", "my lab"};
  return options;
}

TEST_F(Scripts, OfSlurmAreReadableAndClean) {
  const auto all_scripts = made(slurm_options());
  ASSERT_EQ(all_scripts.size(), 4u);  // submit, a task script for each backend, finish
  const auto submit = text_of(all_scripts, "submit.sh");
  EXPECT_THAT(submit, HasSubstr("task --array=0-1%8 task-openblas.sh 0\ntask --array=2-3%8 task-simulated.sh 0\n"));
  EXPECT_THAT(submit, HasSubstr("unset \"$name\""));
  EXPECT_THAT(submit, HasSubstr("--dependency=\"afterany$jobs\" finish.sh"));
  const auto task = text_of(all_scripts, "task-simulated.sh");
  for (const char* line : {"#SBATCH --exclusive\n", "#SBATCH --requeue\n", "#SBATCH --signal=B:TERM@60\n",
                           "#SBATCH --partition=npu\n", "#SBATCH --gres=npu:ascend910b:2\n", "#SBATCH --account=ai\n",
                           "export ASCEND_RT_VISIBLE_DEVICES\n", "--lab 'my lab' --index \"$index\"\n"})
    EXPECT_THAT(task, HasSubstr(line));
  const auto other = text_of(all_scripts, "task-openblas.sh");
  EXPECT_THAT(other, HasSubstr("#SBATCH --partition=cpu\n"));
  EXPECT_THAT(other, Not(HasSubstr("ASCEND")));
  expect_clean(all_scripts);
}

TEST_F(Scripts, OfOtherEnginesAreCleanToo) {
  make(small_plan(), "a plan's folder");
  expect_clean(made({.program = "/opt/chip fit/chipfit"}));
  expect_clean(made({.engine = Engine::ssh, .hosts = {"lab1", "me@lab2"}, .program = "/opt/chip fit/chipfit"}));
}

TEST_F(Scripts, ArraysStayBelowSlurmsLimit) {
  auto plan = small_plan(1100);
  plan.division.cases_per_task = 1;
  plan.devices.resize(1);
  make(plan, "large");
  const auto submit = text_of(made({.engine = Engine::slurm, .program = "chipfit"}), "submit.sh");
  EXPECT_THAT(submit, HasSubstr("task --array=0-999 task-openblas.sh 0\ntask --array=0-99 task-openblas.sh 1000\n"));
}

TEST_F(Scripts, ACensusPinsEachJob) {
  make(small_plan(4, {"lab1", "lab2"}), "census");
  const auto all_scripts = made({.engine = Engine::slurm, .program = "chipfit"});
  EXPECT_THAT(text_of(all_scripts, "submit.sh"),
              HasSubstr("task --nodelist=lab1 task-openblas.sh 0\ntask --nodelist=lab2 task-openblas.sh 1\n"));
  expect_clean(all_scripts);
}

TEST_F(Scripts, RefusesWhatDoesNotFit) {
  const auto refusal = [&](const SubmitOptions& options) {
    const auto result = scripts(plan_, all(), submission_, options);
    return result ? "accepted" : result.error().what;
  };
  EXPECT_EQ(refusal({.engine = Engine::ssh}), "ssh to which machines?");
  EXPECT_EQ(refusal({.engine = Engine::ssh, .hosts = {"$(reboot)"}}), "'$(reboot)' is no machine's name");
  EXPECT_EQ(refusal({.limit = "10"}), "partitions, GRES, limits and the like are Slurm's");
  auto options = slurm_options();
  options.pin = {};
  EXPECT_EQ(refusal(options), "Slurm pins no 'npu': by which variable does its driver take device numbers?");
  options = slurm_options();
  add(options.gres, "acme=gpu:1");
  EXPECT_EQ(refusal(options), "'acme=gpu:1': the plan has no backend 'acme'");
}

TEST_F(Scripts, LocalDoesEveryTaskOnce) {
  EXPECT_EQ(run({.at_once = 3, .program = program("")}), 0);
  EXPECT_EQ(done(), 4u);
  for (int i = 0; i < 4; ++i)
    EXPECT_EQ(*results::read_whole(folder_.path() / fmt::format("done.{}", i)),
              fmt::format("{}\n", i));  // one line: once
}

TEST_F(Scripts, OneFailingTaskLeavesTheOthers) {
  EXPECT_EQ(run({.program = program("[ $index = 1 ] && exit 70")}), 0);
  EXPECT_EQ(done(), 3u);
}

TEST_F(Scripts, SshGivesATaskOfAnUnreachableMachineToTheOthers) {
  // In ssh's place: one machine is down, the other carries out what it is told.
  const auto bin = folder_.path() / "bin";
  fs::create_directories(bin);
  std::ofstream(bin / "ssh")
      << "#!/bin/bash\n[ \"${@: -2:1}\" = lab1 ] && exit 255\nsleep 0.1\nexec bash -c \"${@: -1}\"\n";
  fs::permissions(bin / "ssh", fs::perms::owner_all);
  const std::string path = std::getenv("PATH");
  setenv("PATH", (bin.string() + ":" + path).c_str(), 1);
  EXPECT_EQ(run({.engine = Engine::ssh, .hosts = {"lab1", "me@lab2"}, .program = program("")}), 0);
  setenv("PATH", path.c_str(), 1);
  EXPECT_EQ(done(), 4u);
  EXPECT_EQ(*results::read_whole(folder_.path() / "done.0"), "lab2\n");
}

TEST_F(Scripts, TermReachesTheTaskAndNoOtherIsBegun) {
  const auto started = folder_.path() / "started";
  const SubmitOptions options{.program =
                                  program("trap 'exit 75' TERM; touch '" + started.string() + "'; sleep 60 & wait $!")};
  ASSERT_TRUE(write_scripts(submission_, made(options)));
  const pid_t child = fork();
  if (child == 0) {
    execl("/bin/bash", "bash", (submission_ / "submit.sh").c_str(), static_cast<char*>(nullptr));
    _exit(127);
  }
  for (int i = 0; i < 1000 && !fs::exists(started); ++i) std::this_thread::sleep_for(std::chrono::milliseconds(20));
  ASSERT_TRUE(fs::exists(started));
  kill(child, SIGTERM);
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_EQ(done(), 0u);
  std::size_t begun = 0;
  for (const auto& entry : fs::directory_iterator(submission_ / "taken")) begun += entry.exists() ? 1 : 0;
  EXPECT_EQ(begun, 1u);
}

}  // namespace
}  // namespace chipfit::lab
