#include "harness/cli/console.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>

#include "harness/cli/run_progress.hpp"
#include "tests/unit/cli/capture.hpp"
#include "tests/unit/cli/fixed_rows.hpp"

namespace chipfit::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using testing::TestConsole;

TEST(Console, DataGoesToStdoutAndTalkToStderr) {
  TestConsole t;
  t.console.data("1,2\n");
  t.console.talk("hello");
  t.console.note("odd");
  t.console.error({Error::Kind::usage, "wrong", "", ""});
  EXPECT_TRUE(t.console.finish());
  EXPECT_EQ(t.out.text(), "1,2\n");
  EXPECT_EQ(t.err.text(), "hello\nnote: odd\nerror: wrong\n");
}

TEST(Console, AFullDiskIsAnError) {
  std::FILE* full = std::fopen("/dev/full", "w");
  if (full == nullptr) GTEST_SKIP() << "no /dev/full";
  testing::Capture err;
  Console console(full, {}, err.stream());
  console.data("lost\n");
  const auto finished = console.finish();
  std::fclose(full);
  ASSERT_FALSE(finished);
  EXPECT_EQ(finished.error().kind, Error::Kind::io);
  EXPECT_THAT(finished.error().what, HasSubstr("No space left"));
}

TEST(StatusLine, IsSilentWithoutATerminal) {
  testing::Capture stream;
  {
    StatusLine status(stream.stream(), {});
    status.show("1/3");
    status.write("a line\n");
  }
  EXPECT_EQ(stream.text(), "a line\n");
}

TEST(StatusLine, RewritesOneLineAndLetsOthersPassAbove) {
  testing::Capture stream;
  {
    StatusLine status(stream.stream(), [] { return std::size_t{12}; });
    status.show("1/3 gemm:f32:NN:8x8x8");
    status.write("failed\n");
  }
  EXPECT_EQ(stream.text(),
            "\r1/3 gemm:f…\x1b[K"  // never as wide as the terminal
            "\r\x1b[K"
            "failed\n"             // gives way to the line
            "\r1/3 gemm:f…\x1b[K"  // and comes back
            "\r\x1b[K");           // and is gone at the end
}

TEST(RunProgress, WritesOneLineForEachCaseWithoutATerminal) {
  TestConsole t;
  double clock = 100;
  RunProgress progress(t.console, [&] { return clock; });
  const auto rows = testing::fixed_rows();
  progress.run_started("results/x", 9, 0);
  progress.case_started("gemm:f32:NN:512x512x512", "openblas", 1);
  progress.case_finished(rows[0], 1, 9);
  progress.case_started("x", "acme", 1);
  progress.case_finished(rows[5], 2, 9);
  EXPECT_EQ(t.err.text(),
            "results/x: 9 rows\n"
            "1/9 OK openblas gemm:f32:NN:512x512x512 98.8 GFLOP/s\n"
            "2/9 PRECISION acme gemm:f32:NN:512x512x512: error grade 4310 passes the limit of 400: tf32 or f16 "
            "multiplication where strict f32 was asked for\n");
  EXPECT_THAT(t.out.text(), IsEmpty());
}

TEST(RunProgress, ShowsTheTimeLeftOnATerminalAndKeepsOnlyFailures) {
  TestConsole t({}, [] { return std::size_t{200}; });
  double clock = 100;
  RunProgress progress(t.console, [&] { return clock; });
  const auto rows = testing::fixed_rows();
  progress.run_started("results/x", 10, 4);
  progress.case_started("first", "openblas", 1);
  EXPECT_THAT(t.err.text(), Not(HasSubstr("left")));  // nothing is known yet
  clock += 2;
  progress.case_finished(rows[0], 5, 10);
  progress.case_started("second", "openblas", 2);
  EXPECT_THAT(t.err.text(), HasSubstr("6/10, 10 s left, last 98.8 GFLOP/s: openblas second, launch 2"));
  EXPECT_THAT(t.err.text(), Not(HasSubstr("OK openblas")));
  progress.case_finished(rows[8], 6, 10);
  EXPECT_THAT(t.err.text(), HasSubstr("6/10 CRASHED acme conv_fwd"));
  t.console.status().clear();
}

}  // namespace
}  // namespace chipfit::cli
