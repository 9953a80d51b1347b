#include "harness/cli/results_table.hpp"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "harness/cli/text.hpp"
#include "tests/unit/cli/fixed_rows.hpp"

namespace chipfit::cli {
namespace {

using results::Column;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(ResultsTable, EveryLineFitsTheTerminal) {
  const auto rows = testing::fixed_rows();
  for (const std::size_t width : {60u, 80u, 100u, 132u}) {
    std::istringstream lines(results_table(rows, {width, Colour::off}));
    for (std::string line; std::getline(lines, line);) EXPECT_LE(display_width(line), width) << line;
  }
}

TEST(ResultsTable, WithoutATerminalCaseIdsStayWhole) {
  const auto text = results_table(testing::fixed_rows(), {});
  for (const auto& row : testing::fixed_rows()) EXPECT_THAT(text, HasSubstr(row.text(Column::case_id)));
  EXPECT_THAT(text, HasSubstr("81 %"));
  EXPECT_THAT(text, HasSubstr("98.8 G"));
  EXPECT_THAT(text, HasSubstr("2.718 ms"));
  EXPECT_THAT(text, HasSubstr("±0.74 %"));
}

TEST(ResultsTable, CutIdsCanStillBeToldApart) {
  std::vector<results::Row> rows;
  for (const auto* id : {"conv_fwd:f32:nchw:n4c64h14w14:k64r3s3:p1x1", "conv_fwd:f32:nhwc:n4c64h14w14:k64r3s3:p1x1",
                         "conv_fwd:f32:nchw:n8c64h14w14:k64r3s3:p1x1"}) {
    rows.push_back(testing::fixed_row({}, {{Column::case_id, id}, {Column::verdict, "OK"}}));
  }
  std::istringstream lines(results_table(rows, {80, Colour::off}));
  std::set<std::string> shown;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("conv_fwd")) shown.insert(line);
  }
  EXPECT_EQ(shown.size(), 3u);
}

TEST(ResultsTable, LaunchesAreToldApart) {
  auto rows = testing::fixed_rows();
  EXPECT_THAT(results_table(rows, {}), Not(HasSubstr("launch")));
  rows[1].set(Column::launch, std::int64_t{2});
  EXPECT_THAT(results_table(rows, {}), HasSubstr("launch"));
}

TEST(ResultsTable, AnEmptyRunHasNoRows) {
  EXPECT_THAT(results_table({}, {}), HasSubstr("verdict"));
  EXPECT_EQ(results_digest({}, {}, testing::fixed_reproduction), "0 rows\n");
}

TEST(ResultsTable, NothingIsMadeUpForACellThatWasNotMeasured) {
  results::Row row;
  EXPECT_EQ(relative_half_width(row), std::nullopt);
  EXPECT_EQ(share_of_peak(row), std::nullopt);
  row.set(Column::rate_flop_per_s, 5.0);
  row.set(Column::peak_empirical_flop_per_s, 0.0);
  EXPECT_EQ(share_of_peak(row), std::nullopt);
}

TEST(ResultsDigest, CountsGroupsAndTellsHowToRepeat) {
  const auto rows = testing::fixed_rows();
  const auto text = results_digest(rows, {}, testing::fixed_reproduction);
  EXPECT_THAT(text, HasSubstr("9 rows: 4 OK, 2 UNSUPPORTED, 1 CRASHED, 1 PRECISION, 1 SKIPPED_UNSTABLE"));
  EXPECT_THAT(text, HasSubstr("conditions: 3 QUICK, 1 CI_NOT_REACHED"));
  EXPECT_THAT(text, HasSubstr("acme PRECISION, 1 row: error grade 4310"));
  EXPECT_THAT(text, HasSubstr("  again: chipfit run --case 'gemm:f32:NN:512x512x512' --backend acme\n"));
  EXPECT_LT(text.find("PRECISION, 1 row"), text.find("UNSUPPORTED, 1 row"));                  // failures first
  EXPECT_THAT(text, Not(HasSubstr("--case 'gemm:bf16:NN:512x512x512' --backend openblas")));  // not a failure
  EXPECT_THAT(text, Not(HasSubstr("\x1b")));  // a plugin's words cannot steer the terminal
}

TEST(ResultsDigest, LaunchesOfACaseShareOneCommand) {
  std::vector<results::Row> rows(2, testing::fixed_rows()[8]);
  rows[1].set(Column::launch, std::int64_t{2});
  const auto text = results_digest(rows, {}, testing::fixed_reproduction);
  EXPECT_THAT(text, HasSubstr("CRASHED, 2 rows"));
  EXPECT_EQ(text.find("again:"), text.rfind("again:"));
}

TEST(ResultsDigest, ARowWithoutAReasonSaysSo) {
  const std::vector rows{testing::fixed_row({}, {{Column::verdict, "TIMEOUT"}, {Column::backend, "x"}})};
  EXPECT_THAT(results_digest(rows, {}, testing::fixed_reproduction), HasSubstr("no reason was given"));
}

TEST(ResultsJson, CellsHaveTheirTypes) {
  const auto value = nlohmann::json::parse(results_json(testing::fixed_rows(), "results/x", true));
  EXPECT_EQ(value["run"], "results/x");
  EXPECT_EQ(value["interrupted"], true);
  ASSERT_EQ(value["rows"].size(), 9u);
  const auto& row = value["rows"][0];
  EXPECT_EQ(row.size(), results::column_count);
  EXPECT_EQ(row["launch"], 1);
  EXPECT_EQ(row["time_median_s"], 0.0027182);
  EXPECT_EQ(row["case_id"], "gemm:f32:NN:512x512x512");
  EXPECT_TRUE(row["reason"].is_null());
}

}  // namespace
}  // namespace chipfit::cli
