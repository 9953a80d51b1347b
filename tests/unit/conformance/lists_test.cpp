#include "harness/conformance/lists.hpp"

#include <gtest/gtest.h>

namespace chipfit::conformance {
namespace {

std::string fault(const std::string& rows) {
  const auto lists = parse_lists("list,cases,duty,reason\n" + rows, "x.csv");
  return lists ? "accepted" : lists.error().where + ": " + lists.error().what;
}

TEST(ConformanceLists, FaultsAreNamedWhereTheyStand) {
  EXPECT_EQ(fault("sometimes,gemm:*,,why\n"), "x.csv:2:1: 'sometimes' is no list");
  EXPECT_EQ(fault("never,,,why\n"), "x.csv:2:7: no cases");
  EXPECT_EQ(fault("never,gemm:*,P9,why\n"), "x.csv:2:14: a duty belongs to expected failures only");
  EXPECT_EQ(fault("expected,gemm:*,P13,why\n"), "x.csv:2:17: no duty 'P13'");
  EXPECT_EQ(fault("expected,gemm:*,P9,\n"), "x.csv:2:20: no reason");
  EXPECT_EQ(fault("never,gemm:*\n"), "x.csv:2:13: 2 fields, not 4");
  EXPECT_FALSE(parse_lists("cases,reason\n", "x.csv"));
  EXPECT_FALSE(parse_lists("", "x.csv"));
  EXPECT_EQ(load_lists("/nowhere.csv").error().kind, Error::Kind::missing);
}

TEST(ConformanceLists, AStarStandsForAnyTextAndNothingElseDoes) {
  EXPECT_TRUE(matches("gemm:f16:*", "gemm:f16:NN:8x8x8"));
  EXPECT_TRUE(matches("*:nhwc:*:acc", "conv_fwd:f32:nhwc:n1c1h1w1:k1r1s1:acc"));
  EXPECT_TRUE(matches("*", ""));
  EXPECT_TRUE(matches("gemm:f32:NN:8x8x8", "gemm:f32:NN:8x8x8"));
  EXPECT_FALSE(matches("gemm:f32", "gemm:f32:NN:8x8x8"));
  EXPECT_FALSE(matches("*:f32:NN", "gemm:f32:NN:8x8x8"));
  EXPECT_FALSE(matches("", "gemm"));
  EXPECT_TRUE(matches("*a*a*a*b", std::string(200, 'a') + "b"));
  EXPECT_FALSE(matches("*a*a*a*b", std::string(200, 'a'))) << "and it ends";
}

TEST(ConformanceLists, ACaseFallsUnderNeverAndAFindingUnderItsDuty) {
  const auto lists =
      parse_lists("list,cases,duty,reason\nnever,gemm:f64:*,,no units\nexpected,conv_*,p9,ticket 117\n", "x.csv");
  ASSERT_TRUE(lists);
  ASSERT_NE(never(*lists, "gemm:f64:NN:8x8x8"), nullptr);
  EXPECT_EQ(never(*lists, "gemm:f64:NN:8x8x8")->where, "x.csv:2");
  EXPECT_EQ(never(*lists, "conv_fwd:f32:nhwc:n1c1h1w1:k1r1s1"), nullptr);
  const std::string conv = "conv_fwd:f32:nhwc:n1c1h1w1:k1r1s1";
  EXPECT_NE(expected(*lists, {Duty::p9, "enqueue", conv, ""}), nullptr);
  EXPECT_EQ(expected(*lists, {Duty::p8, "enqueue", conv, ""}), nullptr) << "another duty is news";
  EXPECT_EQ(expected(*lists, {Duty::p9, "enqueue", "gemm:f32:NN:8x8x8", ""}), nullptr);
}

}  // namespace
}  // namespace chipfit::conformance
