#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/cli/commands.hpp"

namespace chipfit::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(ReportArguments, AReportIsOfRunsAndHasDefaults) {
  const auto command = parse_arguments({"report", "a", "b/results.csv"});
  ASSERT_TRUE(command) << command.error().what;
  const auto& report = std::get<ReportCommand>(*command);
  EXPECT_THAT(report.inputs, ElementsAre("a", "b/results.csv"));
  EXPECT_EQ(report.output, "report.html");
  EXPECT_EQ(report.language, "both");
  EXPECT_TRUE(report.pdf.empty());
}

TEST(ReportArguments, WhatIsMissingIsNamed) {
  EXPECT_THAT(parse_arguments({"report"}).error().what, HasSubstr("report what?"));
  EXPECT_THAT(parse_arguments({"sign", "results/r"}).error().what, HasSubstr("which key"));
  EXPECT_THAT(parse_arguments({"verify"}).error().what, HasSubstr("verify what?"));
  EXPECT_THAT(parse_arguments({"verify", "a", "b"}).error().what, HasSubstr("one folder"));
  EXPECT_THAT(parse_arguments({"report", "a", "--lang", "de"}).error().what, HasSubstr("'de' is not zh, en or both"));
}

TEST(ReportArguments, EveryVerbTakesJsonAndWhatWritesTakesDryRun) {
  const auto report = parse_arguments({"report", "a", "--json", "--dry-run"});
  ASSERT_TRUE(report);
  EXPECT_EQ(std::get<ReportCommand>(*report).format, Format::json);
  EXPECT_EQ(std::get<ReportCommand>(*report).dry_run, DryRun::yes);
  const auto explore = parse_arguments({"explore", "--json", "--dry-run"});
  ASSERT_TRUE(explore);
  EXPECT_EQ(std::get<ExploreCommand>(*explore).dry_run, DryRun::yes);
  const auto sign = parse_arguments({"sign", "a", "--key", "k", "--dry-run"});
  ASSERT_TRUE(sign);
  EXPECT_EQ(std::get<SignCommand>(*sign).dry_run, DryRun::yes);
  EXPECT_EQ(std::get<SignCommand>(*sign).format, Format::people);
}

TEST(ReportArguments, AFleetIsOfResultsInOneFormat) {
  EXPECT_THAT(parse_arguments({"fleet"}).error().what, HasSubstr("fleet what?"));
  EXPECT_THAT(parse_arguments({"fleet", "a", "--format", "html"}).error().what,
              HasSubstr("'html' is not a format of a fleet"));
  EXPECT_THAT(parse_arguments({"fleet", "a", "--json", "--format", "csv"}).error().what, HasSubstr("contradict"));
  const auto command = parse_arguments({"fleet", "a", "b", "--scheme", "fleet.toml", "--format", "csv"});
  ASSERT_TRUE(command) << command.error().what;
  const auto& fleet = std::get<FleetCommand>(*command);
  EXPECT_THAT(fleet.inputs, ElementsAre("a", "b"));
  EXPECT_EQ(fleet.scheme, "fleet.toml");
  EXPECT_EQ(fleet.format, ReportFormat::csv);
}

TEST(ReportArguments, AnExplorerNeedsNoRows) {
  const auto command = parse_arguments({"explore", "-o", "x.html"});
  ASSERT_TRUE(command);
  EXPECT_EQ(std::get<ExploreCommand>(*command).output, "x.html");
}

}  // namespace
}  // namespace chipfit::cli
