#include "harness/cli/table.hpp"

#include <gmock/gmock.h>

#include <sstream>

#include "harness/cli/text.hpp"

namespace chipfit::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

Table sample() {
  return {{{.title = "case", .shortest = 8},
           {.title = "verdict"},
           {.title = "median", .align = Align::right},
           {.title = "CI", .align = Align::right, .leave_out = 1},
           {.title = "grade", .leave_out = 2}},
          {{{}, "openblas on 某某处理器"},
           {{{"gemm:f32:NN:512x512x512"}, {"OK", Tone::good}, {"1.234 ms"}, {"±0.4 %"}, {"f32"}}, ""},
           {{{"gemm:f32:NN:8x8x8"}, {"CRASHED", Tone::bad}}, ""}}};
}

std::size_t widest(const std::string& text) {
  std::istringstream lines(text);
  std::size_t width = 0;
  for (std::string line; std::getline(lines, line);) width = std::max(width, display_width(line));
  return width;
}

TEST(Table, WithoutAWidthNothingIsShortened) {
  EXPECT_EQ(render(sample(), std::nullopt, Colour::off),
            "case                     verdict    median      CI  grade\n"
            "openblas on 某某处理器\n"
            "gemm:f32:NN:512x512x512  OK       1.234 ms  ±0.4 %  f32\n"
            "gemm:f32:NN:8x8x8        CRASHED\n");
}

TEST(Table, NeverPassesTheWidth) {
  for (std::size_t width = 1; width < 80; ++width) {
    EXPECT_LE(widest(render(sample(), width, Colour::off)), width) << "asked for " << width;
  }
}

TEST(Table, ShortensFirstAndThenLeavesColumnsOutInTheirOrder) {
  const auto at_45 = render(sample(), 45, Colour::off);
  EXPECT_THAT(at_45, HasSubstr("…"));
  EXPECT_THAT(at_45, HasSubstr("CI"));
  const auto at_38 = render(sample(), 38, Colour::off);
  EXPECT_THAT(at_38, Not(HasSubstr("CI")));
  EXPECT_THAT(at_38, HasSubstr("grade"));
  const auto at_28 = render(sample(), 28, Colour::off);
  EXPECT_THAT(at_28, Not(HasSubstr("grade")));
  EXPECT_THAT(at_28, HasSubstr("1.234 ms"));
}

TEST(Table, ColourChangesNoWidth) {
  auto coloured = render(sample(), 60, Colour::on);
  EXPECT_THAT(coloured, HasSubstr("\x1b[32mOK\x1b[0m"));
  for (std::size_t at; (at = coloured.find('\x1b')) != std::string::npos;) {
    coloured.erase(at, coloured.find('m', at) - at + 1);
  }
  EXPECT_EQ(coloured, render(sample(), 60, Colour::off));
}

TEST(Table, NoLineEndsInASpace) {
  EXPECT_THAT(render(sample(), std::nullopt, Colour::off), Not(HasSubstr(" \n")));
}

TEST(Table, AnEmptyTableIsItsTitles) {
  EXPECT_EQ(render({{{.title = "a"}, {.title = "b"}}, {}}, 80, Colour::off), "a  b\n");
}

}  // namespace
}  // namespace chipfit::cli
