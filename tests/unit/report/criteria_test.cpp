#include "harness/report/criteria.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "tests/unit/report/rows.hpp"

namespace chipfit::report {
namespace {

using testing::Column;
using testing::model;
using testing::row;

std::filesystem::path file(const std::string& text) {
  const auto path = std::filesystem::path(::testing::TempDir()) / "chipfit-criteria.toml";
  std::ofstream(path) << text;
  return path;
}

const Finding& finding(const Judgement& judgement, std::string_view name) {
  for (const auto& each : judgement.findings) {
    if (each.criterion.name == name) return each;
  }
  throw std::logic_error("no such criterion");
}

TEST(Criteria, NameTheLineThatIsWrong) {
  const auto unknown = read_criteria(file("[coverage]\nminimum = 0.5\n[coverge]\nminimum = 0.5\n"));
  ASSERT_FALSE(unknown);
  EXPECT_TRUE(unknown.error().where.ends_with(":3:1")) << unknown.error().where;
  EXPECT_NE(unknown.error().hint.find("coverage"), std::string::npos);
  EXPECT_FALSE(read_criteria(file("[coverage]\nminimum = 80\n")));
  EXPECT_FALSE(read_criteria(file("[coverage]\nconsequence = \"maybe\"\n")));
  EXPECT_FALSE(read_criteria(file("[coverage\n")));
  EXPECT_FALSE(read_criteria("/no/such/criteria.toml"));
}

TEST(Criteria, OfAFileChangeOnlyWhatItSays) {
  const auto criteria = read_criteria(file("[coverage]\nminimum = 0.25\n"));
  ASSERT_TRUE(criteria) << criteria.error().what;
  EXPECT_EQ((*criteria)[0].minimum, 1.0);
  EXPECT_EQ((*criteria)[1].minimum, 0.25);
  EXPECT_EQ((*criteria)[1].consequence, Status::conditional);
}

TEST(Judge, FailsOnOneWrongAnswerOfFour) {
  const auto m = model({row(), row(), row(), row({{Column::verdict, "INCORRECT"}, {Column::rate_flop_per_s, ""}})});
  const auto judgement = judge(m, *builtin_criteria());
  EXPECT_EQ(judgement.status, Status::fail);
  EXPECT_EQ(finding(judgement, "correctness").measured->value, "0.75");
  EXPECT_EQ(finding(judgement, "correctness").measured->text, "75 %");
}

TEST(Judge, CountsWhatIsUnsupportedAgainstCoverageOnly) {
  const auto m = model({row({{Column::peak_empirical_flop_per_s, "1.25e+09"}}),
                        row({{Column::verdict, "UNSUPPORTED"}, {Column::rate_flop_per_s, ""}})});
  const auto judgement = judge(m, *builtin_criteria());
  EXPECT_TRUE(finding(judgement, "correctness").met);
  EXPECT_EQ(finding(judgement, "coverage").measured->value, "0.5");
  EXPECT_EQ(finding(judgement, "efficiency").measured->value, "0.8");
  EXPECT_EQ(judgement.status, Status::conditional);
}

TEST(Judge, PassesWhereEveryCriterionIsMet) {
  const auto judgement = judge(model({row({{Column::peak_flop_per_s, "1.6e+09"}})}), *builtin_criteria());
  EXPECT_EQ(judgement.status, Status::pass);
  EXPECT_EQ(finding(judgement, "efficiency").measured->from, "share:0:rate_flop_per_s:peak_flop_per_s");
}

TEST(Judge, MakesAConditionOfWhatPublishedRowsCannotAnswer) {
  const auto judgement =
      judge(model({row({{Column::verdict, "UNCHECKED"}, {Column::provenance, "published"}})}), *builtin_criteria());
  EXPECT_EQ(judgement.status, Status::conditional);
  EXPECT_FALSE(finding(judgement, "correctness").measured);
  EXPECT_FALSE(finding(judgement, "stability").measured);
}

TEST(Judge, CountsAFlagOnlyWhereItStandsAsAWord) {
  EXPECT_TRUE(steady(row({{Column::conditions, "QUICK;NONDETERMINISTIC"}})));
  EXPECT_FALSE(steady(row({{Column::conditions, "QUICK;NOT_STEADY"}})));
  EXPECT_TRUE(steady(row({{Column::conditions, "XNOT_STEADY"}})));
}

}  // namespace
}  // namespace chipfit::report
