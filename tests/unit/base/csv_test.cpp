#include "kernels/base/csv.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace chipfit::csv {
namespace {

using std::string_literals::operator""s;
using testing::ElementsAre;
using testing::IsEmpty;

using Rows = std::vector<std::vector<std::string>>;

// All records up to the end; the test fails on an error.
Rows read_all(std::string_view text) {
  Reader reader("t.csv", text);
  Rows rows;
  Record record;
  while (true) {
    const auto more = reader.next(record);
    if (!more) {
      ADD_FAILURE() << more.error().where << ": " << more.error().what;
      return rows;
    }
    if (!*more) return rows;
    rows.push_back(record.fields);
  }
}

// "where: what" of the first error, "" when there is none.
std::string first_error(std::string_view text) {
  Reader reader("t.csv", text);
  Record record;
  while (true) {
    const auto more = reader.next(record);
    if (!more) {
      EXPECT_EQ(more.error().kind, Error::Kind::bad_data);
      EXPECT_NE(more.error().hint, "");
      return more.error().where + ": " + more.error().what;
    }
    if (!*more) return "";
  }
}

TEST(CsvReader, NamesFaultAndPlace) {
  EXPECT_EQ(first_error("a,b\n1,\"x"), "t.csv:2:3: this quote is never closed");
  EXPECT_EQ(first_error("a,b\n\"x\"y,2\n"), "t.csv:2:4: text after a closing quote");
  EXPECT_EQ(first_error("a,b\nx\"y,2\n"), "t.csv:2:2: a quote inside an unquoted field");
  EXPECT_EQ(first_error("a,b\r1,2\r"), "t.csv:1:4: a carriage return without line feed");
  EXPECT_EQ(first_error("a\n1\0,2\n"s), "t.csv:2:2: a NUL byte is not text");
  EXPECT_EQ(first_error("a\nb,caf\xE9\n"), "t.csv:2:6: this is not UTF-8");
  EXPECT_EQ(first_error("a\n\"x\n\xFF\"\n"), "t.csv:3:1: this is not UTF-8");
  EXPECT_EQ(first_error("\"x\ny\"z\n"), "t.csv:2:3: text after a closing quote");
  EXPECT_EQ(first_error("\xEF\xBB\xBF\"x"), "t.csv:1:1: this quote is never closed");
}

TEST(CsvReader, ReportsWhatComesFirstInARecord) {
  EXPECT_EQ(first_error("\xFF,a\"b\n"), "t.csv:1:1: this is not UTF-8");
  EXPECT_EQ(first_error("a\"b,\xFF\n"), "t.csv:1:2: a quote inside an unquoted field");
}

TEST(CsvReader, GoesOnWithTheLineAfterAFault) {
  Reader reader("t.csv", "a\"b,c\nok,1\n\xFF\nfine,2\n\"open,3\n");
  Record record;
  EXPECT_FALSE(reader.next(record));
  ASSERT_TRUE(reader.next(record).value());
  EXPECT_THAT(record.fields, ElementsAre("ok", "1"));
  EXPECT_EQ(reader.where(record, 1), "t.csv:2:4");
  EXPECT_FALSE(reader.next(record));
  ASSERT_TRUE(reader.next(record).value());
  EXPECT_THAT(record.fields, ElementsAre("fine", "2"));
  EXPECT_EQ(record.line, 4u);
  EXPECT_FALSE(reader.next(record));
  EXPECT_FALSE(reader.next(record).value());
}

TEST(CsvReader, ReadsWhatRfc4180Allows) {
  EXPECT_THAT(read_all(""), IsEmpty());
  EXPECT_THAT(read_all("\n\r\n\n"), IsEmpty());
  EXPECT_EQ(read_all("a,b\n1,2\n"), (Rows{{"a", "b"}, {"1", "2"}}));
  EXPECT_EQ(read_all("a,b\r\n1,2\r\n"), (Rows{{"a", "b"}, {"1", "2"}}));
  EXPECT_EQ(read_all("\xEF\xBB\xBF"
                     "a\n"),
            (Rows{{"a"}}));
  EXPECT_EQ(read_all(",\n"), (Rows{{"", ""}}));
  EXPECT_EQ(read_all("\"\"\n"), (Rows{{""}}));
  EXPECT_EQ(read_all("\"a,b\",\"c\"\"d\",\"e\r\nf\"\n"), (Rows{{"a,b", "c\"d", "e\r\nf"}}));
  EXPECT_EQ(read_all("a\n\n\nb\n"), (Rows{{"a"}, {"b"}}));
  EXPECT_EQ(read_all(" a , b\n"), (Rows{{" a ", " b"}}));  // spaces are data
  EXPECT_EQ(read_all("芯片,二\n"), (Rows{{"芯片", "二"}}));
}

TEST(CsvReader, KnowsWhereEachFieldStands) {
  Reader reader("dir/t.csv",
                "\xEF\xBB\xBF"
                "a,bb,ccc\n\n1,\"x\ny\",3\r\n7,8\n");
  Record record;
  ASSERT_TRUE(reader.next(record).value());
  EXPECT_EQ(record.line, 1u);
  EXPECT_THAT(record.columns, ElementsAre(1, 3, 6));
  ASSERT_TRUE(reader.next(record).value());
  EXPECT_EQ(record.line, 3u);
  EXPECT_EQ(reader.where(record, 0), "dir/t.csv:3:1");
  EXPECT_EQ(reader.where(record, 1), "dir/t.csv:3:3");
  EXPECT_EQ(reader.where(record, 2), "dir/t.csv:4:4");  // after the line break inside the quotes
  ASSERT_TRUE(reader.next(record).value());
  EXPECT_EQ(reader.where(record, 1), "dir/t.csv:5:3");
  EXPECT_EQ(reader.where(record, 9), "dir/t.csv:5:4");  // a missing field: where it would begin
}

TEST(CsvReader, SaysWhetherTheLastRecordIsTorn) {
  const auto torn = [](std::string_view text) {
    Reader reader("t.csv", text);
    Record record;
    while (true) {
      const auto more = reader.next(record);
      if (more && !*more) return reader.last_record_torn();
    }
  };
  EXPECT_FALSE(torn(""));
  EXPECT_FALSE(torn("a,b\n1,2\n"));
  EXPECT_FALSE(torn("a,b\n1,2\n\n"));
  EXPECT_TRUE(torn("a,b\n1,2"));
  EXPECT_TRUE(torn("a,b\n1,"));
  EXPECT_TRUE(torn("a,b\n1,2\r"));
  EXPECT_TRUE(torn("a,b\n1,\"2"));
  EXPECT_TRUE(torn("a,b\n1,\"2\n3"));    // the line end belongs to the open quote
  EXPECT_TRUE(torn("a,b\n1,\xE4\xB8"));  // cut inside a character
  EXPECT_FALSE(torn("a,b\nx\"y\n"));     // wrong, but whole
}

TEST(CsvWriter, QuotesOnlyWhereItMust) {
  EXPECT_EQ(quoted("plain text"), "plain text");
  EXPECT_EQ(quoted(""), "");
  EXPECT_EQ(quoted("a;b"), "a;b");
  EXPECT_EQ(quoted("a,b"), "\"a,b\"");
  EXPECT_EQ(quoted("say \"hi\""), "\"say \"\"hi\"\"\"");
  EXPECT_EQ(quoted("two\nlines"), "\"two\nlines\"");
  EXPECT_EQ(quoted("cr\r"), "\"cr\r\"");
  EXPECT_EQ(line({"a", "", "c,d"}), "a,,\"c,d\"");
  EXPECT_EQ(line({""}), "\"\"");  // else it would be a blank line
}

TEST(CsvWriter, WhatIsWrittenIsReadBack) {
  std::mt19937_64 random(20240229);
  const std::vector<std::string> pieces{"a", ",", "\"", "\n", "\r", "\r\n", " ", "芯", "\xEF\xBB\xBF", ""};
  for (int trial = 0; trial < 2000; ++trial) {
    Rows rows(1 + random() % 3);
    std::string text;
    for (auto& row : rows) {
      row.resize(1 + random() % 4);
      for (auto& field : row) {
        for (std::size_t n = random() % 5; n > 0; --n) field += pieces[random() % pieces.size()];
      }
      text += line(row) + "\n";
    }
    ASSERT_EQ(read_all(text), rows) << text;
  }
}

}  // namespace
}  // namespace chipfit::csv
