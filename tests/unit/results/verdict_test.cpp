#include "harness/results/verdict.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

namespace chipfit {
namespace {

TEST(Verdict, AnUnknownNameIsRefusedWithTheNearest) {
  const auto verdict = parse_verdict("NOT_WRITEN");
  ASSERT_FALSE(verdict);
  EXPECT_EQ(verdict.error().kind, Error::Kind::bad_data);
  EXPECT_EQ(verdict.error().what, "'NOT_WRITEN' is not a verdict");
  EXPECT_NE(verdict.error().hint.find("NOT_WRITTEN"), std::string::npos);
  EXPECT_FALSE(parse_verdict("ok"));
  EXPECT_FALSE(parse_verdict(""));
  EXPECT_FALSE(parse_verdict("OK "));
}

TEST(Verdict, NamesReadBack) {
  std::string names;
  for (const VerdictInfo& each : all_verdicts()) {
    names += std::string(each.name) + " ";
    ASSERT_TRUE(parse_verdict(each.name));
    EXPECT_EQ(*parse_verdict(each.name), each.id);
    EXPECT_EQ(&info(each.id), &each);
  }
  EXPECT_EQ(names,
            "OK UNCHECKED UNSUPPORTED TOO_BIG INCORRECT PRECISION SPARSE_ERROR NOT_WRITTEN OVERRUN INPUT_MODIFIED "
            "DEFERRED PRECOMPUTED CLOCK PROTOCOL CRASHED EXITED TIMEOUT WEDGED RESOURCE DISHONEST_SUPPORT "
            "SKIPPED_UNSTABLE INTERRUPTED ");
}

TEST(Verdict, EachIsExplainedInBothLanguages) {
  std::set<std::string_view> en, zh;
  for (const VerdictInfo& each : all_verdicts()) {
    EXPECT_TRUE(each.meaning_en.ends_with(".")) << each.name;
    EXPECT_TRUE(each.meaning_zh.ends_with("。")) << each.name;
    EXPECT_TRUE(en.insert(each.meaning_en).second) << each.name;
    EXPECT_TRUE(zh.insert(each.meaning_zh).second) << each.name;
  }
}

TEST(Verdict, OnlyOkAndUncheckedAreRated) {
  for (const VerdictInfo& each : all_verdicts()) {
    EXPECT_EQ(each.rated, each.id == Verdict::ok || each.id == Verdict::unchecked) << each.name;
  }
}

TEST(Verdict, OnlyFourKeepTheExitCodeZero) {
  for (const VerdictInfo& each : all_verdicts()) {
    const bool acceptable = each.id == Verdict::ok || each.id == Verdict::unchecked ||
                            each.id == Verdict::unsupported || each.id == Verdict::too_big;
    EXPECT_EQ(each.acceptable, acceptable) << each.name;
  }
}

TEST(Graver, FollowsThePrecedenceOfTheDesign) {
  const std::vector<Verdict> order{
      Verdict::crashed,   Verdict::protocol,     Verdict::overrun,   Verdict::input_modified, Verdict::not_written,
      Verdict::incorrect, Verdict::sparse_error, Verdict::precision, Verdict::deferred,       Verdict::ok};
  for (std::size_t i = 0; i < order.size(); ++i) {
    for (std::size_t j = i; j < order.size(); ++j) {
      EXPECT_EQ(graver(order[i], order[j]), order[i]) << info(order[i]).name << " " << info(order[j]).name;
      EXPECT_EQ(graver(order[j], order[i]), order[i]) << info(order[j]).name << " " << info(order[i]).name;
    }
  }
}

TEST(Graver, ADeadWorkerIsGraverThanAnythingItLeftBehind) {
  for (const VerdictInfo& dead : all_verdicts()) {
    if (!dead.died) continue;
    for (const VerdictInfo& other : all_verdicts()) {
      if (other.died) continue;
      EXPECT_EQ(graver(dead.id, other.id), dead.id) << dead.name << " " << other.name;
    }
  }
}

TEST(Graver, IsTheSameInEitherOrder) {
  for (const VerdictInfo& a : all_verdicts()) {
    for (const VerdictInfo& b : all_verdicts()) EXPECT_EQ(graver(a.id, b.id), graver(b.id, a.id));
  }
}

TEST(Condition, NamesAreThoseOfTheColumn) {
  EXPECT_EQ(name(Condition::quick), "QUICK");
  EXPECT_EQ(name(Condition::ci_not_reached), "CI_NOT_REACHED");
  EXPECT_EQ(name(Condition::not_steady), "NOT_STEADY");
  EXPECT_EQ(name(Condition::power_limited), "POWER_LIMITED");
  EXPECT_EQ(name(Condition::throttled), "THROTTLED");
  EXPECT_EQ(name(Condition::implausible), "IMPLAUSIBLE");
  EXPECT_EQ(name(Condition::nondeterministic), "NONDETERMINISTIC");
  EXPECT_EQ(name(Condition::untrusted), "UNTRUSTED");
  EXPECT_EQ(name(Condition::busy_after_sync), "BUSY_AFTER_SYNC");
}

}  // namespace
}  // namespace chipfit
