#include "harness/plan/tasks.hpp"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>
#include <set>

#include "kernels/problem/case_id.hpp"

namespace chipfit::plan {
namespace {

/// 5 cases on 2 devices, in tasks of at most 2 cases.
Plan divided_plan() {
  Suite suite{"mine", "bytes", {}};
  for (const char* id :
       {"gemm:f32:NN:1x8x8", "gemm:f32:NN:2x8x8", "gemm:f32:NN:3x8x8", "gemm:f32:NN:4x8x8", "gemm:f32:NN:5x8x8"})
    suite.cases.push_back({*parse_case_id(id), 1, "", ""});
  Plan plan;
  plan.cases = merge_suites({suite});
  plan.devices = {{"openblas", std::string(64, 'a'), 0, ""}, {"simulated", std::string(64, 'b'), 0, ""}};
  plan.mode = "quick";
  plan.isolation = "auto";
  plan.division = {2, {}, "0.1.0+abc"};
  return plan;
}

TEST(Tasks, ADeviceHasItsOwnAndTheLastIsShorter) {
  const auto plan = divided_plan();
  ASSERT_EQ(task_count(plan), 6u);  // ⌈5/2⌉ groups on each of 2 devices
  const auto last = task(plan, 5);
  ASSERT_TRUE(last);
  EXPECT_EQ(last->backend, "simulated");
  EXPECT_EQ(last->first_case, 4u);
  EXPECT_EQ(last->cases, 1u);
  const auto part = plan_of(plan, *last);
  ASSERT_EQ(part.cases.size(), 1u);
  EXPECT_EQ(part.cases[0].case_id, "gemm:f32:NN:5x8x8");
  ASSERT_EQ(part.devices.size(), 1u);
  EXPECT_EQ(part.devices[0].backend, "simulated");
  EXPECT_EQ(task_count(part), 1u);
}

TEST(Tasks, AreMeasuredAsTheWholePlanIs) {
  auto plan = divided_plan();
  plan.launches = 3;
  plan.order = Order::interleaved;
  plan.sustained_s = 12, plan.time_s = 2, plan.ci_relative = 0.01;
  auto part = plan_of(plan, *task(plan, 0));
  part.cases = plan.cases;  // all but these and the division is the plan's own
  part.devices = plan.devices;
  part.division = plan.division;
  EXPECT_EQ(to_json(part), to_json(plan));
}

TEST(Tasks, EveryRowBelongsToExactlyOneTask) {
  auto plan = divided_plan();
  plan.launches = 3;
  std::multiset<std::string> rows;
  std::size_t promised = 0;
  for (std::size_t i = 0; i < task_count(plan); ++i) {
    const auto each = task(plan, i);
    ASSERT_TRUE(each);
    promised += row_count(plan, *each);
    for (const auto& planned : plan_of(plan, *each).cases)
      for (const auto& device : plan_of(plan, *each).devices) rows.insert(planned.case_id + device.backend);
  }
  EXPECT_EQ(promised, 5u * 2 * 3);
  EXPECT_EQ(rows.size(), 10u);
  EXPECT_EQ(std::set<std::string>(rows.begin(), rows.end()).size(), 10u);
}

TEST(Tasks, InterleavedDevicesStayTogether) {
  auto plan = divided_plan();
  plan.order = Order::interleaved;
  EXPECT_EQ(task_count(plan), 3u);
  EXPECT_EQ(task(plan, 2)->devices, 2u);
  EXPECT_EQ(task(plan, 2)->backend, "");
}

TEST(Tasks, ACensusGivesEveryMachineAll) {
  auto plan = divided_plan();
  plan.division = {5, {"lab1", "lab2", "lab3"}, "0.1.0+abc"};
  ASSERT_EQ(task_count(plan), 3u);
  EXPECT_EQ(task(plan, 1)->node, "lab2");
  EXPECT_EQ(row_count(plan, *task(plan, 1)), 10u);
}

TEST(Tasks, AnUndividedPlanIsOneAndALargerNumberIsRefused) {
  auto plan = divided_plan();
  plan.division = {};
  EXPECT_EQ(task_count(plan), 1u);
  const auto none = task(plan, 1);
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().what, "there is no task 1, the plan has tasks 0 to 0");
}

TEST(Division, IsPartOfTheHashAndSurvivesTheFile) {
  const auto plan = divided_plan();
  auto other = plan;
  other.division.cases_per_task = 3;
  EXPECT_NE(plan_sha256(plan), plan_sha256(other));
  const auto again = from_json(to_json(plan));
  ASSERT_TRUE(again) << again.error().what;
  EXPECT_EQ(plan_sha256(*again), plan_sha256(plan));
  EXPECT_EQ(again->division.harness_version, "0.1.0+abc");
}

TEST(Division, IsRefusedAtItsPlace) {
  const auto refusal = [](const std::function<void(nlohmann::json&)>& damage) {
    auto value = to_json(divided_plan());
    damage(value["tasks"]);
    const auto plan = from_json(value);
    return plan ? "accepted" : plan.error().where + ": " + plan.error().what;
  };
  EXPECT_EQ(refusal([](auto& tasks) { tasks["cases_per_task"] = 0; }),
            "/tasks/cases_per_task: a whole number from 1 to 1000000 was expected");
  EXPECT_EQ(refusal([](auto& tasks) {
              tasks["nodes"] = {"lab1", "$(reboot)"};
            }),
            "/tasks/nodes/1: '$(reboot)' is no machine's name");
  EXPECT_EQ(refusal([](auto& tasks) {
              tasks["nodes"] = {"lab1", "lab1"};
            }),
            "/tasks/nodes/1: 'lab1' stands here twice");
  EXPECT_EQ(refusal([](auto& tasks) { tasks["more"] = 1; }), "/tasks/more: unknown key 'more'");
  EXPECT_EQ(refusal([](auto& tasks) { tasks = 3; }), "/tasks: an object was expected");
}

}  // namespace
}  // namespace chipfit::plan
