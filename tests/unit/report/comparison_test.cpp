#include "harness/report/comparison.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/unit/report/rows.hpp"

namespace chipfit::report {
namespace {

using compare::State;
using testing::Column;
using testing::model;
using testing::row;

std::string case_of(int i) {
  return fmt::format("gemm:f32:NN:{}x8x8", i);
}

/// `launches` launches of a case; the times alternate by ±0.1 % around `time_s`.
void add(std::vector<results::Row>& rows, const std::string& chip, const std::string& case_id, double time_s,
         int launches, const std::string& device = "0") {
  for (int launch = 1; launch <= launches; ++launch) {
    auto one = row({{Column::chip, chip}, {Column::case_id, case_id}, {Column::device_uid, chip + device}});
    const double time = time_s * (launch % 2 == 0 ? 1.001 : 0.999);
    one.set(Column::device_index, device);
    one.set(Column::launch, launch);
    one.set(Column::time_median_s, time);
    one.set(Column::rate_flop_per_s, 1000 / time);
    rows.push_back(std::move(one));
  }
}

const ComparedCase& find(const Comparison& comparison, const std::string& case_id) {
  return *std::ranges::find(comparison.cases, case_id, &ComparedCase::case_id);
}

TEST(CompareSubjects, RefusesALaunchThatStandsTwice) {
  std::vector<results::Row> rows{row(), row(), row({{Column::chip, "Y"}})};
  const auto twice = compare_subjects(model(rows), 0);
  ASSERT_FALSE(twice);
  EXPECT_EQ(twice.error().kind, Error::Kind::bad_data);
  EXPECT_NE(twice.error().what.find("stands twice"), std::string::npos) << twice.error().what;
}

TEST(CompareSubjects, SaysNothingFromOneLaunchButTheRatio) {
  // Twice and eight times as fast: geometric mean of the times 1/4. The third case has no partner.
  std::vector<results::Row> rows;
  add(rows, "X", case_of(1), 1e-6, 1);
  add(rows, "X", case_of(2), 8e-6, 1);
  add(rows, "Y", case_of(1), 5e-7, 1);
  add(rows, "Y", case_of(2), 1e-6, 1);
  add(rows, "Y", case_of(3), 1e-6, 1);
  const auto compared = compare_subjects(model(rows), 0);
  ASSERT_TRUE(compared && compared->size() == 1u);
  const auto& one = compared->front();
  EXPECT_EQ(one.summary.ratio.n, 2);
  EXPECT_NEAR(one.summary.ratio.value, 0.25, 1e-12);
  EXPECT_EQ(one.count(State::inconclusive), 2u);
  EXPECT_EQ(one.count(State::only_in_b), 1u);
  EXPECT_EQ(one.count(State::faster), 0u);
  EXPECT_FALSE(find(one, case_of(3)).baseline);
}

TEST(CompareSubjects, CallsWhatTheComparisonCalls) {
  std::vector<results::Row> rows;
  for (int i = 1; i <= 10; ++i) add(rows, "X", case_of(i), 1e-6, 5);
  for (int i = 1; i <= 10; ++i) add(rows, "Y", case_of(i), i == 3 ? 1.2e-6 : i == 4 ? 0.8e-6 : 1e-6, 5);
  const auto m = model(rows);
  const auto compared = compare_subjects(m, 0);
  ASSERT_TRUE(compared);
  const auto& one = compared->front();
  EXPECT_EQ(one.count(State::slower), 1u);
  EXPECT_EQ(one.count(State::faster), 1u);
  EXPECT_EQ(one.count(State::same), 8u);
  const auto& slow = find(one, case_of(3));
  EXPECT_EQ(slow.pair.state, State::slower);
  EXPECT_LT(slow.pair.statistics.q, 0.05);
  EXPECT_LT(slow.pair.low, 1.2);
  EXPECT_GT(slow.pair.high, 1.2);
  EXPECT_EQ(m.text(*slow.subject, Column::chip), "Y");
  EXPECT_EQ(compare_subjects(m, 1)->front().count(State::slower), 1u)
      << "the other way round what was faster is slower";
}

TEST(CompareSubjects, CountsADeviceOnceHoweverOftenItWasLaunched) {
  std::vector<results::Row> rows;
  add(rows, "X", case_of(1), 1e-6, 10);
  add(rows, "Y", case_of(1), 2e-6, 10, "0");
  add(rows, "Y", case_of(1), 2e-6, 10, "1");
  const auto two = compare_subjects(model(rows), 0);
  ASSERT_TRUE(two);
  EXPECT_EQ(two->front().cases[0].pair.state, State::inconclusive) << "two devices are two units";
  add(rows, "Y", case_of(1), 2e-6, 10, "2");
  add(rows, "Y", case_of(1), 2e-6, 10, "3");
  EXPECT_EQ(compare_subjects(model(rows), 0)->front().cases[0].pair.state, State::slower);
}

TEST(CompareSubjects, DoesNotCompareWhatWasMeasuredUnderOtherRules) {
  std::vector<results::Row> rows;
  add(rows, "X", case_of(1), 1e-6, 5);
  add(rows, "Y", case_of(1), 1e-6, 5);
  for (auto& each : rows) each.set(Column::cache_mode, each.text(Column::chip) == "X" ? "views" : "buffers");
  const auto compared = compare_subjects(model(rows), 0);
  ASSERT_TRUE(compared);
  EXPECT_EQ(compared->front().count(State::not_comparable), 1u);
  EXPECT_EQ(compared->front().summary.ratio.n, 0);
}

TEST(CompareSubjects, SaysWhereACaseNoLongerPasses) {
  std::vector<results::Row> rows;
  add(rows, "X", case_of(1), 1e-6, 5);
  add(rows, "Y", case_of(1), 1e-6, 5);
  rows.back().set(Column::verdict, "INCORRECT");
  rows.back().set(Column::rate_flop_per_s, "");
  EXPECT_EQ(compare_subjects(model(rows), 0)->front().count(State::broken), 1u);
}

}  // namespace
}  // namespace chipfit::report
