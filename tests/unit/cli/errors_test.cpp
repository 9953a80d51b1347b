#include "harness/cli/errors.hpp"

#include <gtest/gtest.h>

#include "harness/results/verdict.hpp"

namespace chipfit::cli {
namespace {

results::Row row(std::string_view verdict) {
  results::Row made;
  made.set(results::Column::verdict, verdict);
  return made;
}

TEST(ExitCode, EveryKindOfErrorHasItsDesignedCode) {
  EXPECT_EQ(exit_code(Error::Kind::usage), 2);
  EXPECT_EQ(exit_code(Error::Kind::bad_data), 65);
  EXPECT_EQ(exit_code(Error::Kind::missing), 66);
  EXPECT_EQ(exit_code(Error::Kind::unavailable), 69);
  EXPECT_EQ(exit_code(Error::Kind::internal), 70);
  EXPECT_EQ(exit_code(Error::Kind::io), 74);
  EXPECT_EQ(exit_code(Error::Kind::interrupted), 75);
}

TEST(ExitCode, OnlyFourVerdictsAreFine) {
  for (const auto& verdict : all_verdicts()) {
    const bool fine = verdict.id == Verdict::ok || verdict.id == Verdict::unchecked ||
                      verdict.id == Verdict::unsupported || verdict.id == Verdict::too_big;
    const results::Row rows[] = {row("OK"), row(verdict.name)};
    EXPECT_EQ(exit_code(rows), fine ? 0 : 1) << verdict.name;
  }
}

TEST(ExitCode, ARowWithoutAVerdictIsNotFine) {
  const results::Row rows[] = {row("")};
  EXPECT_EQ(exit_code(rows), 1);
  EXPECT_EQ(exit_code(std::span<const results::Row>()), 0);
}

TEST(ErrorText, SaysWhatWhereAndWhatToDo) {
  EXPECT_EQ(error_text({Error::Kind::bad_data, "stride 0 is not a stride", "mine.csv:14:9", "strides start at 1"}),
            "error: stride 0 is not a stride\n  at: mine.csv:14:9\n  hint: strides start at 1\n");
  EXPECT_EQ(error_text({Error::Kind::usage, "no", "", ""}), "error: no\n");
  EXPECT_EQ(error_text({Error::Kind::usage, "no", "", "one\ntwo"}), "error: no\n  hint: one\n        two\n");
}

TEST(ErrorText, CannotBeUsedToSteerTheTerminal) {
  EXPECT_EQ(error_text({Error::Kind::internal, "a\x1b[2J\nb", "x\ny", ""}), "error: a [2J b\n  at: x y\n");
}

}  // namespace
}  // namespace chipfit::cli
