#include "harness/report/messages.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regex>

namespace chipfit::report {
namespace {

using ::testing::ElementsAre;

TEST(Messages, HaveTheSamePlaceholdersInBothLanguages) {
  const auto messages = builtin_messages();
  ASSERT_TRUE(messages) << messages.error().where << ": " << messages.error().what;
  EXPECT_GT(messages->size(), 150u);
  for (const auto& [id, message] : *messages) {
    EXPECT_EQ(placeholders(message.zh), placeholders(message.en)) << id;
    EXPECT_FALSE(message.zh.empty() || message.en.empty()) << id;
  }
}

TEST(Messages, HoldNoDigitSoThatEveryNumberComesFromARow) {
  for (const auto messages = builtin_messages(); const auto& [id, message] : *messages) {
    for (const std::string& text : {message.zh, message.en}) {
      const std::string said = std::regex_replace(text, std::regex("\\{[a-z0-9_]*\\}"), "");
      EXPECT_EQ(said.find_first_of("0123456789"), std::string::npos) << id << ": " << text;
    }
  }
}

TEST(Messages, KeepToChineseTypography) {
  // Han characters are E4–E9 xx xx in UTF-8. Beside one stands no half-width punctuation, and a space parts it from
  // Latin letters and from placeholders.
  const std::regex half_width("[\xE4-\xE9][\x80-\xBF][\x80-\xBF] ?[,;:!?()]|[,;:!?(] ?[\xE4-\xE9][\x80-\xBF]");
  const std::regex tight("[\xE4-\xE9][\x80-\xBF][\x80-\xBF][A-Za-z{]|[A-Za-z}][\xE4-\xE9][\x80-\xBF]");
  for (const auto messages = builtin_messages(); const auto& [id, message] : *messages) {
    EXPECT_FALSE(std::regex_search(message.zh, half_width)) << id << ": " << message.zh;
    EXPECT_FALSE(std::regex_search(message.zh, tight)) << id << ": " << message.zh;
    EXPECT_TRUE(std::regex_search(message.zh, std::regex("[\xE4-\xE9]")) || message.zh == message.en ||
                id == "ui.rows_of")
        << id << " is not Chinese: " << message.zh;
  }
}

TEST(Messages, AreRefusedWhereALanguageIsMissing) {
  const auto messages = parse_messages("\"a\" = { zh = \"甲\", en = \"a\" }\n\"b\" = { zh = \"乙\" }\n");
  ASSERT_FALSE(messages);
  EXPECT_EQ(messages.error().where, "messages.toml:2");
  EXPECT_EQ(messages.error().what, "'b' needs zh and en");
}

TEST(Fill, ReplacesEachPlaceholderAndLeavesUnknownOnesToBeSeen) {
  EXPECT_EQ(fill("{a} of {b}, {a}; {c}", {{"a", "1"}, {"b", "2"}}), "1 of 2, 1; {c}");
  EXPECT_EQ(fill("a { without end", {{"a", "1"}}), "a { without end");
  EXPECT_THAT(placeholders("{b} {a} {b}"), ElementsAre("a", "b"));
}

}  // namespace
}  // namespace chipfit::report
