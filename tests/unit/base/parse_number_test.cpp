#include "kernels/base/parse_number.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>

namespace chipfit {
namespace {

TEST(ParseNumber, TakesTheWholeTextOrNothing) {
  for (const auto* text : {"", " ", " 1", "1 ", "+1", "1e", "1,5", "0x10", "1e999", "a"})
    EXPECT_FALSE(parse_number<double>(text)) << '\'' << text << '\'';
  EXPECT_FALSE(parse_number<double>(std::string_view()));
  EXPECT_EQ(parse_number<double>("-1.5e3"), -1500);
  EXPECT_EQ(parse_number<double>("inf"), INFINITY);
  EXPECT_TRUE(std::isnan(parse_number<double>("nan").value()));
}

TEST(ParseNumber, ANumberOutsideOfItsTypeIsNone) {
  EXPECT_EQ(parse_number<std::int64_t>("9223372036854775807"), INT64_MAX);
  EXPECT_FALSE(parse_number<std::int64_t>("9223372036854775808"));
  EXPECT_FALSE(parse_number<std::int64_t>("1.0"));
  EXPECT_FALSE(parse_number<std::uint32_t>("-1"));
}

TEST(LeadingNumber, TakesWhatTheTextBeginsWithAndIsZeroWhereItBeginsWithNone) {
  EXPECT_EQ(leading_number("2599.998 MHz"), 2599.998);
  EXPECT_EQ(leading_number("1e"), 1);
  EXPECT_EQ(leading_number("inf"), INFINITY);
  for (const auto* text : {"", " 1", "+1", "MHz 5", "1e999"}) EXPECT_EQ(leading_number(text), 0) << text;
}

}  // namespace
}  // namespace chipfit
