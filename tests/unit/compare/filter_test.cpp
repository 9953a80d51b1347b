#include "harness/compare/filter.hpp"

#include <gtest/gtest.h>

#include <map>
#include <string>

namespace chipfit::compare {
namespace {

const std::map<std::string, std::string, std::less<>> cells{
    {"chip", "Tesla V100"}, {"op", "gemm"}, {"dtype_a", "f16"}, {"m", "1024"}, {"case_id", "gemm:f16:NN:1024x16x8"},
    {"input", "old"}};

bool passes(const std::string& text) {
  const auto filter = Filter::parse(text);
  EXPECT_TRUE(filter) << text << ": " << (filter ? "" : filter.error().what);
  return filter && filter->passes([](const Key& key) {
    const auto found = cells.find(name(key));
    return found == cells.end() ? std::string_view() : std::string_view(found->second);
  });
}

std::string error_of(const std::string& text) {
  const auto filter = Filter::parse(text);
  return filter ? "parsed" : filter.error().where + ": " + filter.error().what;
}

TEST(Filter, SaysWhereItIsWrong) {
  EXPECT_EQ(error_of(""), "column 1: --filter: something is missing");
  EXPECT_EQ(error_of("chip"), "column 5: --filter: ':' or a comparison was expected after 'chip'");
  EXPECT_EQ(error_of("chp:V100"), "column 1: --filter: 'chp' is no column of a result file");
  EXPECT_EQ(error_of("op:gemm AND"), "column 12: --filter: something is missing");
  EXPECT_EQ(error_of("op:gemm OR"), "column 11: --filter: something is missing");
  EXPECT_EQ(error_of("(op:gemm"), "column 9: --filter: a ')' is missing");
  EXPECT_EQ(error_of("op:gemm)"), "column 8: --filter: ')' is not expected here");
  EXPECT_EQ(error_of("op:"), "column 4: --filter: a value is missing");
  EXPECT_EQ(error_of("chip:\"V100"), "column 6: --filter: this quote is never closed");
  EXPECT_EQ(error_of("m>=big"), "column 4: --filter: 'big' is no number");
  EXPECT_EQ(error_of("m>nan"), "column 3: --filter: 'nan' is no number");
  EXPECT_EQ(error_of("time_median_s>1"),
            "column 1: --filter: 'time_median_s' is measured: rows cannot be grouped or selected by it");
  EXPECT_EQ(error_of(std::string(100, '(') + "op:gemm"), "column 66: --filter: nested too deeply");
}

TEST(Filter, MatchesWholeValuesWithoutRegardToCase) {
  EXPECT_TRUE(passes("chip:\"tesla v100\""));
  EXPECT_FALSE(passes("chip:V100"));
  EXPECT_TRUE(passes("chip:*V100"));
  EXPECT_TRUE(passes("case_id:gemm:*:1024x*"));
  EXPECT_FALSE(passes("case_id:gemm:f32:*"));
  EXPECT_TRUE(passes("driver:\"\""));  // not recorded
  EXPECT_TRUE(passes("input:old"));
}

TEST(Filter, AndBindsCloserThanOr) {
  EXPECT_TRUE(passes("op:gemm OR op:conv AND dtype_a:f32"));
  EXPECT_FALSE(passes("(op:gemm OR op:conv) AND dtype_a:f32"));
  EXPECT_TRUE(passes("op:gemm dtype_a:f16"));  // AND may be left out
  EXPECT_FALSE(passes("op:gemm dtype_a:f32"));
  EXPECT_TRUE(passes("dtype_a:(f32 OR f16)"));
  EXPECT_TRUE(passes("*"));
}

TEST(Filter, NegationTakesTheNextThing) {
  EXPECT_FALSE(passes("-op:gemm"));
  EXPECT_TRUE(passes("NOT op:conv"));
  EXPECT_TRUE(passes("op!=conv"));
  EXPECT_FALSE(passes("-(op:conv OR dtype_a:f16)"));
  EXPECT_TRUE(passes("--op:gemm"));
}

TEST(Filter, NumbersCompareAsNumbers) {
  EXPECT_TRUE(passes("m>=1024"));
  EXPECT_FALSE(passes("m>1024"));
  EXPECT_TRUE(passes("m>9"));  // as text "1024" would stand before "9"
  EXPECT_TRUE(passes("m<=1.024e3"));
  EXPECT_FALSE(passes("m<1024"));
  EXPECT_FALSE(passes("n<5"));   // an empty cell is no number
  EXPECT_FALSE(passes("op<5"));  // nor is a word
}

TEST(Matches, StarsStandForAnyText) {
  EXPECT_TRUE(matches("", ""));
  EXPECT_FALSE(matches("", "a"));
  EXPECT_TRUE(matches("a*b*c", "a-b-b-c"));
  EXPECT_FALSE(matches("a*b*c", "a-b-b"));
  EXPECT_TRUE(matches("**", ""));
  EXPECT_FALSE(matches(std::string(1000, '*') + "b", std::string(100000, 'a')));  // and does not take for ever
}

TEST(Keys, AreColumnsOrInput) {
  EXPECT_EQ(parse_keys("chip,input,chip").value().size(), 2u);
  EXPECT_FALSE(parse_keys("chip,"));
  EXPECT_FALSE(parse_key("rate_flop_per_s"));
  EXPECT_NE(parse_key("chpi").error().hint.find("chip"), std::string::npos);
  EXPECT_EQ(class_of(parse_key("cache_mode").value()), KeyClass::rule);
  EXPECT_EQ(class_of(parse_key("driver").value()), KeyClass::subject);
  EXPECT_EQ(class_of(parse_key("suite_sha256").value()), KeyClass::note);
  EXPECT_EQ(class_of(parse_key("conv_n").value()), KeyClass::identity);
}

}  // namespace
}  // namespace chipfit::compare
