#include "kernels/base/utf8.hpp"

#include <gtest/gtest.h>

#include <string>

namespace chipfit {
namespace {

constexpr auto npos = std::string_view::npos;

TEST(Utf8, RejectsWhatTheStandardCallsIllFormed) {
  EXPECT_EQ(find_invalid_utf8("ab\x80"), 2u);            // continuation without a lead
  EXPECT_EQ(find_invalid_utf8("\xC0\xAF"), 0u);          // overlong '/'
  EXPECT_EQ(find_invalid_utf8("\xC1\xBF"), 0u);          // overlong
  EXPECT_EQ(find_invalid_utf8("\xE0\x9F\xBF"), 0u);      // overlong, three bytes
  EXPECT_EQ(find_invalid_utf8("\xF0\x8F\xBF\xBF"), 0u);  // overlong, four bytes
  EXPECT_EQ(find_invalid_utf8("\xED\xA0\x80"), 0u);      // surrogate U+D800
  EXPECT_EQ(find_invalid_utf8("\xF4\x90\x80\x80"), 0u);  // U+110000
  EXPECT_EQ(find_invalid_utf8("\xF5\x80\x80\x80"), 0u);
  EXPECT_EQ(find_invalid_utf8("\xFF"), 0u);
  EXPECT_EQ(find_invalid_utf8("x\xE4\xB8"), 1u);  // cut short
  EXPECT_EQ(find_invalid_utf8("\xE4\xB8,"), 0u);  // interrupted
  EXPECT_EQ(find_invalid_utf8("caf\xE9"), 3u);    // Latin-1
}

TEST(Utf8, AcceptsTheEdgesOfEveryLength) {
  EXPECT_EQ(find_invalid_utf8(""), npos);
  EXPECT_EQ(find_invalid_utf8(std::string_view("\0\x7F", 2)), npos);
  EXPECT_EQ(find_invalid_utf8("\xC2\x80\xDF\xBF"), npos);
  EXPECT_EQ(find_invalid_utf8("\xE0\xA0\x80\xED\x9F\xBF\xEE\x80\x80\xEF\xBF\xBF"), npos);
  EXPECT_EQ(find_invalid_utf8("\xF0\x90\x80\x80\xF4\x8F\xBF\xBF"), npos);
  EXPECT_EQ(find_invalid_utf8("芯片适配 FLOP/s"), npos);
}

}  // namespace
}  // namespace chipfit
