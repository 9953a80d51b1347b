#include "harness/plan/plan.hpp"

#include <gmock/gmock.h>
#include <unistd.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "harness/results/digest.hpp"
#include "kernels/problem/case_id.hpp"

namespace chipfit::plan {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

SuiteCase suite_case(const std::string& id, std::int64_t count = 1) {
  return {*parse_case_id(id), count, "layer", "source"};
}

Plan small_plan() {
  Plan plan;
  plan.cases = merge_suites({{"mine", "bytes", {suite_case("gemm:f32:NN:8x8x8", 3), suite_case("gemm:f64:TN:2x3x4")}}});
  plan.devices = {{"reference", std::string(64, 'a'), 0, "threads=2"}, {"reference", std::string(64, 'a'), 1, ""}};
  plan.launches = 2;
  plan.mode = "standard";
  plan.isolation = "L0";
  return plan;
}

std::string refusal(const std::function<void(nlohmann::json&)>& damage) {
  auto value = to_json(small_plan());
  damage(value);
  const auto plan = from_json(value);
  if (plan) return "accepted";
  EXPECT_EQ(plan.error().kind, Error::Kind::bad_data);
  return plan.error().where + ": " + plan.error().what;
}

TEST(MergeSuites, AProblemOfTwoSuitesStandsUnderTheFirst) {
  const auto cases =
      merge_suites({{"one", "1", {suite_case("gemm:f32:NN:8x8x8", 3)}},
                    {"two", "2", {suite_case("gemm:f32:NN:8x8x8", 5), suite_case("gemm:f32:NN:4x4x4")}}});
  ASSERT_THAT(cases, SizeIs(2));
  EXPECT_EQ(cases[0].case_id, "gemm:f32:NN:8x8x8");
  EXPECT_EQ(cases[0].suite, "one");
  EXPECT_EQ(cases[0].count, 3);
  EXPECT_EQ(cases[0].suite_sha256, results::sha256("1"));
  EXPECT_EQ(cases[1].suite, "two");
}

TEST(MergeSuites, CasesGivenOneByOneHaveNoSuite) {
  const auto cases = merge_suites({{"", "", {suite_case("gemm:f32:NN:8x8x8")}}});
  ASSERT_THAT(cases, SizeIs(1));
  EXPECT_THAT(cases[0].suite, IsEmpty());
  EXPECT_THAT(cases[0].suite_sha256, IsEmpty());
}

TEST(Plan, RoundTripsThroughJson) {
  const auto plan = small_plan();
  const auto again = from_json(to_json(plan));
  ASSERT_TRUE(again) << again.error().where << again.error().what;
  EXPECT_EQ(to_json(*again), to_json(plan));
  EXPECT_EQ(plan_sha256(*again), plan_sha256(plan));
  EXPECT_EQ(case_id(again->cases[1].problem), "gemm:f64:TN:2x3x4");
}

TEST(Plan, AnOrderIsWrittenOnlyWhereItIsNotTheUsualOne) {
  auto plan = small_plan();
  EXPECT_FALSE(to_json(plan).contains("order"));
  plan.order = Order::interleaved;
  EXPECT_EQ(from_json(to_json(plan))->order, Order::interleaved);
  plan.order = Order::simultaneous;
  EXPECT_EQ(from_json(to_json(plan))->order, Order::simultaneous);
  auto value = to_json(plan);
  value["order"] = "random";
  EXPECT_EQ(from_json(value).error().where, "/order");
}

TEST(Plan, TheHashCoversEverythingThatDecidesTheRows) {
  const auto base = plan_sha256(small_plan());
  EXPECT_THAT(base, SizeIs(64));
  const auto changed = [&](auto change) {
    auto plan = small_plan();
    change(plan);
    return plan_sha256(plan) != base;
  };
  EXPECT_TRUE(changed([](Plan& p) { p.cases.pop_back(); }));
  EXPECT_TRUE(changed([](Plan& p) { std::swap(p.cases[0], p.cases[1]); }));
  EXPECT_TRUE(changed([](Plan& p) { p.cases[0].count = 4; }));
  EXPECT_TRUE(changed([](Plan& p) { p.devices[0].library_sha256[0] = 'b'; }));
  EXPECT_TRUE(changed([](Plan& p) { p.devices[1].options = "x=1"; }));
  EXPECT_TRUE(changed([](Plan& p) { p.launches = 3; }));
  EXPECT_TRUE(changed([](Plan& p) { p.order = Order::interleaved; }));
  EXPECT_TRUE(changed([](Plan& p) { p.order = Order::simultaneous; }));
  EXPECT_TRUE(changed([](Plan& p) { p.mode = "quick"; }));
  EXPECT_TRUE(changed([](Plan& p) { p.isolation = "in-process"; }));
  EXPECT_TRUE(changed([](Plan& p) { p.time_s = 2; }));
  EXPECT_TRUE(changed([](Plan& p) { p.ci_relative = 0.01; }));
}

TEST(Plan, OptionsThatAreNotUtf8DoNotThrow) {
  auto plan = small_plan();
  plan.devices[0].options = "path=\xff";
  EXPECT_THAT(plan_sha256(plan), SizeIs(64));
}

TEST(Plan, RefusesDamageAndSaysWhere) {
  using nlohmann::json;
  EXPECT_EQ(refusal([](json&) {}), "accepted");
  EXPECT_THAT(refusal([](json& j) { j["format"] = 2; }), HasSubstr("/format: plan format 2 is not known"));
  EXPECT_THAT(refusal([](json& j) { j.erase("launches"); }), HasSubstr("'launches' is missing"));
  EXPECT_THAT(refusal([](json& j) { j["launches"] = 0; }), HasSubstr("/launches: a whole number from 1"));
  EXPECT_THAT(refusal([](json& j) { j["launches"] = 1.5; }), HasSubstr("/launches"));
  EXPECT_THAT(refusal([](json& j) { j["mode"] = "fast"; }), HasSubstr("/mode: \"quick\" or \"standard\""));
  EXPECT_THAT(refusal([](json& j) { j["cases"] = 3; }), HasSubstr("/cases: a list was expected"));
  EXPECT_THAT(refusal([](json& j) { j["cases"][1] = 3; }), HasSubstr("/cases/1: an object was expected"));
  EXPECT_THAT(refusal([](json& j) { j["cases"][1]["case_id"] = "gemm:f33:NN:1x1x1"; }), HasSubstr("/cases/1/case_id"));
  EXPECT_THAT(refusal([](json& j) { j["cases"][1]["case_id"] = "gemm:f32:NN:8x8x8:b1"; }),
              HasSubstr("is written 'gemm:f32:NN:8x8x8'"));
  EXPECT_THAT(refusal([](json& j) { j["cases"][1] = j["cases"][0]; }), HasSubstr("planned twice"));
  EXPECT_THAT(refusal([](json& j) { j["cases"][0]["count"] = 0; }), HasSubstr("/cases/0/count"));
  EXPECT_THAT(refusal([](json& j) { j["devices"][1]["device_index"] = -1; }), HasSubstr("/devices/1/device_index"));
  EXPECT_THAT(refusal([](json& j) { j["devices"][1]["device_index"] = 0; }), HasSubstr("planned twice"));
  EXPECT_THAT(refusal([](json& j) { j["devices"][0]["extra"] = 1; }), HasSubstr("/devices/0/extra: unknown key"));
  EXPECT_THAT(refusal([](json& j) { j["time_s"] = -1; }), HasSubstr("/time_s"));
  EXPECT_FALSE(from_json(json::array()));
  EXPECT_FALSE(from_json(json()));
}

class PlanFile : public ::testing::Test {
 protected:
  PlanFile() {
    std::string name = (std::filesystem::temp_directory_path() / "chipfit-plan-XXXXXX").string();
    folder = mkdtemp(name.data());
  }
  ~PlanFile() override { std::filesystem::remove_all(folder); }
  Result<Plan> load(const std::string& text) {
    std::ofstream(folder / "p.json", std::ios::binary) << text;
    return load_plan(folder / "p.json");
  }
  std::filesystem::path folder;
};

TEST_F(PlanFile, RoundTrips) {
  const auto plan = load(plan_text(small_plan()));
  ASSERT_TRUE(plan) << plan.error().what;
  EXPECT_EQ(plan_sha256(*plan), plan_sha256(small_plan()));
}

TEST_F(PlanFile, AnEditedPlanIsNoFrozenPlan) {
  auto text = plan_text(small_plan());
  text.replace(text.find("\"launches\": 2"), 13, "\"launches\": 3");
  const auto plan = load(text);
  ASSERT_FALSE(plan);
  EXPECT_THAT(plan.error().what, HasSubstr("was changed after it was made"));
}

TEST_F(PlanFile, ErrorsNameTheFile) {
  EXPECT_EQ(load_plan(folder / "none.json").error().kind, Error::Kind::missing);
  EXPECT_THAT(load("{\n\n  nonsense").error().where, HasSubstr("p.json:3:"));
  EXPECT_THAT(load("{}").error().where, HasSubstr("p.json: /"));
  EXPECT_EQ(load_plan(folder).error().kind, Error::Kind::bad_data);
}

}  // namespace
}  // namespace chipfit::plan
