#include "harness/wire/text.hpp"

#include <gtest/gtest.h>

#include <array>

namespace chipfit::wire {
namespace {

TEST(CleanText, BytesThatAreNoUtf8BecomeQuestionMarks) {
  EXPECT_EQ(clean_text("a\xff\xfe"), "a??");
  EXPECT_EQ(clean_text("\xe5\xaf"), "??") << "cut in the middle of a character";
  EXPECT_EQ(clean_text("\xc0\x80"), "??") << "overlong";
}

TEST(CleanText, ControlCharactersBecomeSpaces) {
  EXPECT_EQ(clean_text("one\ntwo\t\x1b[31m\x7f"), "one two  [31m ");
  EXPECT_EQ(clean_text("\xc2\x9b"), "  ") << "C1 control sequence introducer";
}

TEST(CleanText, KeepsWhatIsFine) {
  EXPECT_EQ(clean_text("国产 AI 芯片 µs é"), "国产 AI 芯片 µs é");
}

TEST(CopyText, AlwaysEndsWithZero) {
  std::array<char, 4> field = {'x', 'x', 'x', 'x'};
  copy_text(field, "abcdef");
  EXPECT_EQ(field_text(field), "abc");
  copy_text(field, "z");
  EXPECT_EQ(field, (std::array<char, 4>{'z', 0, 0, 0}));
}

TEST(FieldText, StopsAtTheEndOfAFieldWithoutZero) {
  const std::array<char, 2> field = {'a', 'b'};
  EXPECT_EQ(field_text(field), "ab");
}

}  // namespace
}  // namespace chipfit::wire
