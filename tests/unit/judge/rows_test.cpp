#include "harness/judge/rows.hpp"

#include <gtest/gtest.h>

#include <cstring>

#include "kernels/problem/case_id.hpp"

namespace chipfit::judge {
namespace {

using results::Column;

plan::PlannedCase planned(const char* id) {
  return {id, *parse_case_id(id), "quick", "aa", 1, "", ""};
}

Outcome measured(double seconds) {
  Outcome outcome;
  outcome.round_s = {seconds, seconds, seconds};
  outcome.problems_per_round = 4;
  outcome.time = stats::median_ci(outcome.round_s);
  outcome.checks.methods = "exact+projection";
  return outcome;
}

DeviceFacts device() {
  DeviceFacts facts;
  facts.backend = "b";
  facts.uid = "chip#0";
  std::strcpy(facts.device.name, "chip");
  facts.device.view_alignment = 64;
  facts.device.peak_count = 1;
  facts.device.peaks[0] = {CHIPFIT_F32, CHIPFIT_F32, CHIPFIT_STRICT, 0, 1e9};
  return facts;
}

TEST(Rows, AFailedCaseHasNoRates) {
  Outcome outcome = measured(1e-3);
  outcome.verdict = Verdict::incorrect;
  outcome.reason = "wrong";
  const auto row = make_row({}, planned("gemm:f32:NN:64x64x64"), device(), 0, outcome, 1e9);
  EXPECT_EQ(row.text(Column::verdict), "INCORRECT");
  for (const Column column : {Column::rate_flop_per_s, Column::rate_proven_flop_per_s, Column::time_median_s,
                              Column::latency_p50_s, Column::traffic_byte_per_s, Column::grade})
    EXPECT_TRUE(row.text(column).empty()) << results::info(column).name;
}

TEST(Rows, RateIsWorkOverMedian) {
  const auto row = make_row({}, planned("gemm:f32:NN:64x64x64"), device(), 2, measured(1e-3), 0);
  EXPECT_DOUBLE_EQ(*row.real(Column::rate_flop_per_s), 2.0 * 64 * 64 * 64 / 1e-3);
  EXPECT_EQ(row.text(Column::launch), "2");
  EXPECT_EQ(row.text(Column::trans_a), "N");
  EXPECT_EQ(row.text(Column::provenance), "self-run") << "unless a laboratory says otherwise";
  EXPECT_TRUE(row.text(Column::conv_n).empty());
  EXPECT_TRUE(row.text(Column::conditions).empty());
}

TEST(Rows, ARateAboveThePeakIsFlaggedAndKept) {
  const auto row = make_row({}, planned("gemm:f32:NN:64x64x64"), device(), 0, measured(1e-5), 0);
  EXPECT_EQ(row.text(Column::conditions), "IMPLAUSIBLE");
  EXPECT_EQ(row.text(Column::verdict), "OK");
  EXPECT_FALSE(row.text(Column::rate_flop_per_s).empty());
}

TEST(Rows, QuantilesNeedEnoughSamples) {
  Outcome outcome = measured(1e-3);
  outcome.latency_s.assign(50, 2e-3);
  const auto row = make_row({}, planned("conv_fwd:f32:nhwc:n1c8h8w8:k8r3s3:p1x1"), device(), 0, outcome, 0);
  EXPECT_FALSE(row.text(Column::latency_p95_s).empty());
  EXPECT_TRUE(row.text(Column::latency_p99_s).empty());
  EXPECT_EQ(row.text(Column::pad_h), "1");
  EXPECT_EQ(row.text(Column::direction), "fwd");
}

}  // namespace
}  // namespace chipfit::judge
