// One test per state, and what decides which rows are compared with which.
#include "harness/compare/report.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <memory>

#include "tests/unit/compare/result_files.hpp"

namespace chipfit::compare {
namespace {

using results::TemporaryFolder;
using ::testing::Contains;
using ::testing::HasSubstr;
using namespace testing;

struct Files {
  std::unique_ptr<TemporaryFolder> folder = std::make_unique<TemporaryFolder>();
  std::vector<Input> inputs;
  void add(const std::string& label, const std::vector<Row>& rows) {
    put(*folder / (label + ".csv"), to_text(rows));
    inputs.push_back({label, *folder / (label + ".csv")});
  }
};

Result<Report> report_of(const Files& files, const ReportRequest& request = {}) {
  LoadRequest load{.inputs = files.inputs};
  load.also = request.column;
  load.baseline = request.baseline;
  const auto data = Dataset::load(load);
  if (!data) return pass_on(data.error());
  return make_report(*data, request);
}

/// The only pair of a comparison of two files.
Pair pair_of(const std::vector<Row>& a, const std::vector<Row>& b, const ReportRequest& request = {}) {
  Files files;
  files.add("old", a);
  files.add("new", b);
  const auto report = report_of(files, request);
  if (!report) {
    ADD_FAILURE() << report.error().what;
    return {};
  }
  EXPECT_EQ(report->tables.size(), 1u);
  return report->tables[0].lines[0].pairs[0];
}

const Cells other_build{{Column::backend_version, "2"}};

TEST(States, SlowerAndFasterNeedADifferenceBeyondDelta) {
  const auto slower = pair_of(launches("c", 10, 1), launches("c", 10, 1.05, 1));
  EXPECT_EQ(slower.state, State::slower);
  EXPECT_NEAR(slower.ratio, 1.05, 0.003);
  EXPECT_LT(slower.low, 1.05);
  EXPECT_GT(slower.high, 1.05);
  EXPECT_EQ(pair_of(launches("c", 10, 1), launches("c", 10, 0.95, 1)).state, State::faster);
  ReportRequest wide;
  wide.rule.delta = 0.1;
  EXPECT_EQ(pair_of(launches("c", 10, 1), launches("c", 10, 1.05, 1), wide).state, State::same);
}

TEST(States, SameIsShownNotAssumed) {
  EXPECT_EQ(pair_of(launches("c", 10, 1), launches("c", 10, 1, 1)).state, State::same);
  EXPECT_EQ(pair_of(launches("c", 10, 1), launches("c", 10, 1.02, 1)).state, State::inconclusive);
}

TEST(States, TwoLaunchesSupportNoVerdictAndAreSaidSo) {
  const auto pair = pair_of(launches("c", 2, 1), launches("c", 10, 9));
  EXPECT_EQ(pair.state, State::inconclusive);
  EXPECT_THAT(pair.reason, HasSubstr("2 launches cannot support a verdict"));
  EXPECT_NEAR(pair.ratio, 9, 0.1);
}

TEST(States, PublishedRowsHaveNoSpread) {
  const Cells published{{Column::verdict, "UNCHECKED"}, {Column::provenance, "published"}, {Column::cache_mode, ""}};
  const auto pair = pair_of({row("c", 1, 1, published)}, launches("c", 10, 2));
  EXPECT_EQ(pair.state, State::no_spread);
  EXPECT_NEAR(pair.ratio, 2, 0.01);
  EXPECT_EQ(pair.low, 0);
}

TEST(States, OtherRulesAreNotComparableUntilIgnored) {
  const auto buffers = launches("c", 10, 1, 1, {{Column::cache_mode, "buffers"}});
  const auto pair = pair_of(launches("c", 10, 1), buffers);
  EXPECT_EQ(pair.state, State::not_comparable);
  EXPECT_EQ(pair.reason, "cache_mode: 'views' and 'buffers'");
  EXPECT_EQ(pair.ratio, 0);
  ReportRequest request;
  request.ignore = {{Column::cache_mode}};
  EXPECT_EQ(pair_of(launches("c", 10, 1), buffers, request).state, State::same);
  // Blank is unknown, and of the harness only the first number counts.
  EXPECT_EQ(pair_of(launches("c", 10, 1), launches("c", 10, 1, 1, {{Column::cache_mode, ""}})).state, State::same);
  EXPECT_EQ(pair_of(launches("c", 10, 1), launches("c", 10, 1, 1, {{Column::harness_version, "0.9.3"}})).state,
            State::same);
  EXPECT_EQ(pair_of(launches("c", 10, 1), launches("c", 10, 1, 1, {{Column::harness_version, "1.0.0"}})).state,
            State::not_comparable);
}

TEST(States, AChangedVerdictIsBrokenOrMended) {
  const auto wrong = together({launches("c", 4, 1), {row("c", 5, 0, {{Column::verdict, "INCORRECT"}})}});
  const auto broken = pair_of(launches("c", 5, 1), wrong);
  EXPECT_EQ(broken.state, State::broken);
  EXPECT_EQ(broken.reason, "OK to INCORRECT");
  EXPECT_EQ(pair_of(wrong, launches("c", 5, 1)).state, State::mended);
  EXPECT_EQ(pair_of(wrong, wrong).state, State::not_rated);
}

TEST(States, WhatAnotherBackendDoesNotOfferIsMissingNotBroken) {
  const Cells refused{{Column::verdict, "UNSUPPORTED"}},
      other{{Column::verdict, "UNSUPPORTED"}, {Column::backend, "b"}};
  EXPECT_EQ(pair_of(launches("c", 3, 1), {row("c", 1, 0, refused)}).state, State::broken);
  EXPECT_EQ(pair_of(launches("c", 3, 1), {row("c", 1, 0, other)}).state, State::only_in_a);
  EXPECT_EQ(pair_of({row("c", 1, 0, other)}, launches("c", 3, 1)).state, State::only_in_b);
}

TEST(States, CasesOfOneSideAreListed) {
  Files files;
  files.add("old", launches("gone", 3, 1));
  files.add("new", launches("added", 3, 1));
  const auto report = report_of(files);
  ASSERT_TRUE(report);
  EXPECT_EQ(report->count(State::only_in_a), 1u);
  EXPECT_EQ(report->count(State::only_in_b), 1u);
}

TEST(States, AnImplausibleRateIsNoRecord) {
  const auto pair = pair_of(launches("c", 10, 1), launches("c", 10, 0.5, 1, {{Column::conditions, "IMPLAUSIBLE"}}));
  EXPECT_EQ(pair.state, State::implausible);
  EXPECT_NEAR(pair.ratio, 0.5, 0.01);
}

TEST(States, AnOutlyingLaunchAmongFiveLeavesItOpen) {
  auto b = launches("c", 5, 1.2, 1);
  b[2].set(Column::time_median_s, 3.0);
  const auto pair = pair_of(launches("c", 5, 1), b);
  EXPECT_EQ(pair.state, State::inconclusive);
  EXPECT_THAT(pair.reason, HasSubstr("lies far off"));
}

TEST(States, AreReadByName) {
  EXPECT_EQ(parse_state("slower").value(), State::slower);
  EXPECT_EQ(parse_state("Environment-Shift").value(), State::environment_shift);
  EXPECT_EQ(parse_state("missing").value(), State::only_in_a);
  EXPECT_FALSE(parse_state("slow"));
  for (const State state : all_states()) EXPECT_EQ(parse_state(name(state)).value(), state);
}

Files shifted(const Cells& cells_of_b, double factor_of_first) {
  std::vector<Row> a, b;
  Files files;
  for (int i = 0; i < 8; ++i) {
    const auto id = "case" + std::to_string(i);
    a = together({a, launches(id, 6, 1)});
    b = together({b, launches(id, 6, i == 0 ? factor_of_first : 1.06, 1 + i, cells_of_b)});
  }
  files.add("old", a);
  files.add("new", b);
  return files;
}

TEST(EnvironmentShift, IdenticalSubjectsThatMoveTogetherAreNoRegression) {
  const auto report = report_of(shifted({}, 1.06));
  ASSERT_TRUE(report);
  EXPECT_TRUE(report->tables[0].sides[1].identical_subject);
  EXPECT_EQ(report->count(State::environment_shift), 8u);
  EXPECT_EQ(report->count(State::slower), 0u);
}

TEST(EnvironmentShift, WhatMovedFurtherThanAllIsStillARegression) {
  const auto report = report_of(shifted({}, 1.25));
  ASSERT_TRUE(report);
  EXPECT_EQ(report->count(State::slower), 1u);
  EXPECT_EQ(report->count(State::environment_shift), 7u);
  EXPECT_EQ(report->tables[0].lines[0].pairs[0].state, State::slower);
}

TEST(EnvironmentShift, OfAnotherBuildTheShiftIsARegression) {
  const auto report = report_of(shifted(other_build, 1.06));
  ASSERT_TRUE(report);
  EXPECT_FALSE(report->tables[0].sides[1].identical_subject);
  EXPECT_TRUE(report->tables[0].sides[1].shift.found);
  EXPECT_EQ(report->count(State::slower), 8u);
}

TEST(Cycles, StandBesideTheTimeWhereBothClocksAreKnown) {
  // The same cycles at 5 % less clock.
  const auto pair = pair_of(launches("c", 5, 1, 0, {{Column::clock_mean_hz, "2e9"}}),
                            launches("c", 5, 1 / 0.95, 0, {{Column::clock_mean_hz, "1.9e9"}}));
  EXPECT_EQ(pair.state, State::slower);
  EXPECT_NEAR(pair.cycles_ratio, 1, 1e-9);
  EXPECT_EQ(pair_of(launches("c", 5, 1), launches("c", 5, 1, 0, {{Column::clock_mean_hz, "1e9"}})).cycles_ratio, 0);
}

TEST(Geomean, IsOverCommonComparableCasesOnly) {
  Files files;
  files.add("old", together({launches("x", 3, 1), launches("y", 3, 1), launches("gone", 3, 7),
                             launches("wild", 3, 1, 0, {{Column::conditions, "IMPLAUSIBLE"}})}));
  files.add("new", together({launches("x", 3, 2), launches("y", 3, 0.5), launches("wild", 3, 9)}));
  const auto report = report_of(files);
  ASSERT_TRUE(report);
  EXPECT_EQ(report->tables[0].sides[1].ratio.n, 2);
  EXPECT_NEAR(report->tables[0].sides[1].ratio.value, 1, 1e-9);
}

TEST(Layout, OneFileIsSplitByTheFirstThingThatDiffers) {
  Files files;
  files.add("run", together({launches("c", 3, 1, 0, {{Column::backend, "blas"}}),
                             launches("c", 3, 2, 0, {{Column::backend, "own"}})}));
  const auto report = report_of(files);
  ASSERT_TRUE(report);
  EXPECT_EQ(report->tables[0].sides[0].label, "blas");
  EXPECT_EQ(report->tables[0].sides[1].label, "own");
  EXPECT_EQ(report->tables[0].lines[0].pairs[0].state, State::slower);
}

TEST(Layout, WhatVariesInsideASideMakesTables) {
  Files files;
  for (const char* label : {"old", "new"})
    files.add(label, together({launches("c", 3, 1, 0, {{Column::backend, "blas"}}),
                               launches("c", 3, 2, 0, {{Column::backend, "own"}})}));
  const auto report = report_of(files);
  ASSERT_TRUE(report);
  ASSERT_EQ(report->tables.size(), 2u);
  EXPECT_EQ(report->tables[0].label, "backend blas");
  EXPECT_EQ(report->count(State::same), 2u);
}

TEST(Layout, AHiddenDimensionIsNeverMixedIn) {
  Files files;
  files.add("old", together({launches("c", 3, 1), launches("c", 3, 2, 0, {{Column::host, "lab2"}})}));
  files.add("new", launches("c", 3, 1));
  ReportRequest request;
  request.table = std::vector<Key>{};
  const auto report = report_of(files, request);
  ASSERT_TRUE(report);
  EXPECT_EQ(report->tables[0].lines[0].pairs[0].state, State::not_comparable);
  EXPECT_EQ(report->tables[0].lines[0].pairs[0].reason, "host differs inside one side");
  EXPECT_THAT(report->warnings, Contains(HasSubstr("host takes several values inside one side of 1 case")));
  request.ignore = {{Column::host}};
  EXPECT_EQ(report_of(files, request)->warnings.size(), 0u);
}

TEST(Layout, ABaselineIsTheFirstSide) {
  Files files;
  files.add("run",
            together({launches("c", 3, 1, 0, {{Column::chip, "V100"}}), launches("c", 3, 2, 0, {{Column::chip, "T4"}}),
                      launches("c", 3, 4, 0, {{Column::chip, "K80"}})}));
  ReportRequest request;
  request.baseline = parse_baseline("chip=T4").value();
  const auto report = report_of(files, request);
  ASSERT_TRUE(report);
  const auto& sides = report->tables[0].sides;
  EXPECT_EQ(sides[0].label, "T4");
  EXPECT_EQ(sides[1].label, "V100");
  EXPECT_EQ(sides[2].label, "K80");
  EXPECT_NEAR(report->tables[0].lines[0].pairs[0].ratio, 0.5, 1e-9);
  EXPECT_NEAR(report->tables[0].lines[0].pairs[1].ratio, 2, 1e-9);
  request.baseline = parse_baseline("chip=*").value();
  EXPECT_THAT(report_of(files, request).error().what, HasSubstr("more than one side"));
  request.baseline = parse_baseline("chip=A100").value();
  EXPECT_THAT(report_of(files, request).error().what, HasSubstr("matches no row"));
}

TEST(Layout, OneSideIsNothingToCompare) {
  Files files;
  files.add("run", launches("c", 3, 1));
  EXPECT_THAT(report_of(files).error().what, HasSubstr("one side only"));
  Files empty;
  empty.add("old", {});
  empty.add("new", {});
  EXPECT_THAT(report_of(empty).error().what, HasSubstr("no rows are left"));
}

TEST(Footnotes, TellWhatDiffersWithoutDeciding) {
  Files files;
  files.add("old", launches("c", 10, 1, 0, {{Column::suite_sha256, "aa"}}));
  files.add("new", launches("c", 10, 1, 1, {{Column::suite_sha256, "bb"}}));
  const auto report = report_of(files);
  ASSERT_TRUE(report);
  EXPECT_THAT(report->footnotes, Contains("suite_sha256 differs between the sides (1 case)"));
  EXPECT_EQ(report->count(State::same), 1u);
}

}  // namespace
}  // namespace chipfit::compare
