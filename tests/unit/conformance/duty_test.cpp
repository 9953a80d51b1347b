#include "harness/conformance/duty.hpp"

#include <gtest/gtest.h>

namespace chipfit::conformance {
namespace {

using judge::CallFailure;

std::string died(Verdict verdict, const std::string& reason, const std::string& asked) {
  const Breach breach =
      breach_of(CallFailure{.kind = CallFailure::Kind::died, .verdict = verdict, .reason = reason}, asked);
  return std::string(info(breach.duty).name) + " " + breach.call;
}

TEST(Duty, ADeathIsTheDutyOfTheFunctionInWhichItHappened) {
  EXPECT_EQ(died(Verdict::crashed, "load: SIGABRT", "open"), "P4 load");
  EXPECT_EQ(died(Verdict::crashed, "enqueue: SIGSEGV", "run"), "P4 enqueue");
  EXPECT_EQ(died(Verdict::crashed, "prepare: SIGABRT", "prepare"), "P6 prepare");
  EXPECT_EQ(died(Verdict::crashed, "prepare: an exception left the plugin (SIGABRT)", "prepare"), "P4 prepare");
  EXPECT_EQ(died(Verdict::exited, "prepare: exited with status 0", "prepare"), "P4 prepare");
  EXPECT_EQ(died(Verdict::timeout, "sync: no answer in 5.0 s", "enqueue"), "P2 sync");
  EXPECT_EQ(died(Verdict::timeout, "prepare: no answer in 5.0 s", "prepare"), "P6 prepare");
  EXPECT_EQ(died(Verdict::protocol, "enqueue: a message that no worker sends", "run"), "HOST enqueue");
  EXPECT_EQ(died(Verdict::resource, "between calls: SIGKILL (out of memory?)", "enqueue"), "HOST enqueue");
}

TEST(Duty, AStatusIsTheDutyOfTheCall) {
  const auto refused = [](chipfit_status status, const std::string& asked) {
    const Breach breach =
        breach_of(CallFailure{.kind = CallFailure::Kind::refused, .status = status, .reason = "x"}, asked);
    return std::string(info(breach.duty).name) + " " + breach.call;
  };
  EXPECT_EQ(refused(CHIPFIT_INTERNAL, "prepare"), "P7 prepare");
  EXPECT_EQ(refused(CHIPFIT_UNSUPPORTED, "enqueue"), "P6 enqueue");
  EXPECT_EQ(refused(CHIPFIT_INTERNAL, "sync"), "ABI sync");
}

TEST(Duty, TheSanitizersSummaryNamesTheDuty) {
  EXPECT_FALSE(find_sanitizer_report("an ordinary log\n"));
  const auto report = find_sanitizer_report(
      "==1==ERROR: AddressSanitizer: heap-buffer-overflow on …\nSUMMARY: AddressSanitizer: heap-buffer-overflow "
      "x.cpp:3 in "
      "enqueue\n");
  ASSERT_TRUE(report);
  EXPECT_EQ(report->duty, Duty::p9);
  EXPECT_EQ(report->summary, "heap-buffer-overflow x.cpp:3 in enqueue");
  EXPECT_EQ(find_sanitizer_report("SUMMARY: AddressSanitizer: heap-use-after-free x")->duty, Duty::p5);
  EXPECT_EQ(find_sanitizer_report("SUMMARY: AddressSanitizer: double-free x")->duty, Duty::p4);
}

TEST(Duty, TheTableIsInTheOrderOfTheEnumerationAndEachHasItsWords) {
  std::size_t i = 0;
  for (const DutyInfo& duty : all_duties()) {
    EXPECT_EQ(static_cast<std::size_t>(duty.id), i++);
    EXPECT_FALSE(duty.rule.empty());
    EXPECT_EQ(duty.mend.empty(), duty.kept == Kept::by_harness) << duty.name;
    EXPECT_EQ(*parse_duty(duty.name), duty.id);
  }
  EXPECT_EQ(i, 14u);
  EXPECT_EQ(*parse_duty("p11"), Duty::p11);
  EXPECT_FALSE(parse_duty("P13"));
}

}  // namespace
}  // namespace chipfit::conformance
