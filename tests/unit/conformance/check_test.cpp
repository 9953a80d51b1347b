// Plugins of this folder that break one duty each, in ways that the hostile plugins of the judge do not; and what the
// lists make of a finding.
#include "harness/conformance/check.hpp"

#include <gtest/gtest.h>

#include "kernels/problem/case_id.hpp"

namespace chipfit::conformance {
namespace {

Subject subject(const std::string& plugin) {
  Subject subject;
  subject.backend.name = plugin;
  subject.backend.library = std::filesystem::path(CHIPFIT_TEST_PLUGINS) / (plugin + ".so");
  subject.worker_binary = CHIPFIT_TEST_WORKER;
  return subject;
}

CheckSettings settings(const std::string& lists = "") {
  CheckSettings settings;
  settings.seed = 1;
  settings.only = {*parse_case_id("gemm:f32:NN:17x16x16")};
  if (!lists.empty()) settings.lists = *parse_lists("list,cases,duty,reason\n" + lists, "x.csv");
  return settings;
}

CheckReport checked(const std::string& plugin, const CheckSettings& settings) {
  auto report = check(subject(plugin), settings, [](const std::string&) {});
  EXPECT_TRUE(report) << report.error().what;
  return report ? *report : CheckReport{};
}

std::string findings(const CheckReport& report) {
  std::string text;
  for (const auto& finding : report.findings)
    text += std::string(info(finding.duty).name) + " " + finding.call + ": " + finding.what + "\n";
  return text;
}

struct Bad {
  const char *plugin, *begins;
};
class BadPlugin : public testing::TestWithParam<Bad> {};

TEST_P(BadPlugin, IsReportedUnderItsDuty) {
  const auto report = checked(GetParam().plugin, settings());
  EXPECT_FALSE(report.passed());
  EXPECT_EQ(findings(report).find(GetParam().begins), 0u) << findings(report);
}

INSTANTIATE_TEST_SUITE_P(All, BadPlugin,
                         testing::Values(Bad{"out_of_order", "P1 enqueue"}, Bad{"download_overtakes", "P1 download"},
                                         Bad{"upload_by_reference", "P5 "}, Bad{"keeps_problem", "P5 "},
                                         Bad{"keeps_views", "P5 "}, Bad{"supports_less", "P7 supports"},
                                         Bad{"refuses_later", "P7 prepare"}, Bad{"writes_before", "P9 enqueue"},
                                         Bad{"less_after_warm_up", "P12 enqueue"}, Bad{"misnamed", "ABI query"}),
                         [](const auto& test) { return std::string(test.param.plugin); });

TEST(Check, AnHonestPluginKeepsEverything) {
  const auto report = checked("honest_here", settings());
  EXPECT_TRUE(report.passed()) << findings(report);
  EXPECT_EQ(report.problems, 2) << "walked, and measured as a run does";
  EXPECT_TRUE(report.repeatable);
}

TEST(Check, AnAnnouncedFailureIsExpectedAndAnotherDutyIsNot) {
  const auto announced = checked("writes_before", settings("expected,gemm:*,P9,ticket 117\n"));
  EXPECT_TRUE(announced.passed()) << findings(announced);
  ASSERT_EQ(announced.expected.size(), 1u);
  EXPECT_EQ(announced.expected[0].entry.reason, "ticket 117");
  EXPECT_TRUE(announced.passing_now.empty());
  EXPECT_FALSE(checked("writes_before", settings("expected,gemm:*,P8,ticket 117\n")).passed());
}

TEST(Check, AnAnnouncedFailureThatPassesIsReported) {
  const auto report = checked("honest_here", settings("expected,gemm:*,P9,ticket 117\nexpected,conv_*,P9,not tried\n"));
  ASSERT_EQ(report.passing_now.size(), 1u);
  EXPECT_EQ(report.passing_now[0].where, "x.csv:2");
  EXPECT_TRUE(report.passed());
}

TEST(Check, AProblemListedAsNeverSupportedMustBeRefused) {
  const auto report = checked("honest_here", settings("never,gemm:f32:*,,no units\n"));
  EXPECT_FALSE(report.passed());
  ASSERT_EQ(report.not_never.size(), 1u);
  EXPECT_EQ(report.not_never[0].case_id, "gemm:f32:NN:17x16x16");
}

TEST(Check, ThereIsNothingToSayOfALibraryThatIsNotThere) {
  const auto report = check(subject("nowhere"), settings(), [](const std::string&) {});
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().kind, Error::Kind::unavailable);
}

}  // namespace
}  // namespace chipfit::conformance
