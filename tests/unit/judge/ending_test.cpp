#include "harness/judge/ending.hpp"

#include <gtest/gtest.h>

namespace chipfit::judge {
namespace {

CallFailure refusal(chipfit_status status) {
  return {.kind = CallFailure::Kind::refused, .status = status, .reason = "alloc: no room for 4 GiB"};
}

TEST(Ending, ADeadWorkerKeepsItsVerdictAndTakesTheSessionAlong) {
  const Ending ending =
      ending_of({.kind = CallFailure::Kind::died, .verdict = Verdict::timeout, .reason = "sync: no answer"}, "run");
  EXPECT_EQ(ending.verdict, Verdict::timeout);
  EXPECT_EQ(ending.reason, "sync: no answer");
  EXPECT_TRUE(ending.session_dead);
}

TEST(Ending, AJudgeThatRanShortDoesNotBlameThePlugin) {
  const Ending ending = ending_of({.kind = CallFailure::Kind::broken, .reason = "memfd: too many files"}, "alloc");
  EXPECT_EQ(ending.verdict, Verdict::resource);
  EXPECT_EQ(ending.reason, "alloc: the judge itself ran short: memfd: too many files");
  EXPECT_TRUE(ending.session_dead);
}

TEST(Ending, OutOfMemoryIsTooBigAndTheWorkerLivesOn) {
  const Ending ending = ending_of(refusal(CHIPFIT_OUT_OF_MEMORY), "alloc");
  EXPECT_EQ(ending.verdict, Verdict::too_big);
  EXPECT_FALSE(ending.session_dead);
}

TEST(Ending, ALostDeviceNeedsANewProcess) {
  const Ending ending = ending_of(refusal(CHIPFIT_DEVICE_LOST), "sync");
  EXPECT_EQ(ending.verdict, Verdict::crashed);
  EXPECT_TRUE(ending.session_dead);
}

TEST(Ending, AnyOtherRefusalAfterAYesIsDishonestSupport) {
  for (const chipfit_status status : {CHIPFIT_INTERNAL, CHIPFIT_UNSUPPORTED, CHIPFIT_UNAVAILABLE}) {
    const Ending ending = ending_of(refusal(status), "enqueue");
    EXPECT_EQ(ending.verdict, Verdict::dishonest_support) << status;
    EXPECT_NE(ending.reason.find("enqueue failed"), std::string::npos);
    EXPECT_NE(ending.reason.find("(P7)"), std::string::npos);
    EXPECT_FALSE(ending.session_dead);
  }
}

}  // namespace
}  // namespace chipfit::judge
