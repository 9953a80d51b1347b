#include "harness/cli/text.hpp"

#include <gmock/gmock.h>

#include <random>

#include "kernels/base/utf8.hpp"

namespace chipfit::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(Text, WidthsAreTerminalColumns) {
  EXPECT_EQ(display_width(""), 0u);
  EXPECT_EQ(display_width("abc"), 3u);
  EXPECT_EQ(display_width("µs ±…"), 5u);
  EXPECT_EQ(display_width("算力"), 4u);
  EXPECT_EQ(display_width("，（）"), 6u);
  EXPECT_EQ(display_width("e\u0301"), 1u);  // a combining accent
  EXPECT_EQ(display_width("🚀"), 2u);
  EXPECT_EQ(display_width("\xff\xfe"), 2u);  // broken bytes count one each
}

TEST(Text, APluginCannotSteerTheTerminal) {
  EXPECT_EQ(printable("\x1b[2Jcleared\r\n"), " [2Jcleared  ");
  EXPECT_EQ(printable("a\tb"), "a b");
  EXPECT_EQ(printable("bad \xff byte"), "bad ? byte");
  EXPECT_EQ(printable("cut \xe7\xae"), "cut ??");
  EXPECT_EQ(printable("right\u202eleft"), "right?left");
  EXPECT_EQ(printable("\u009b31m"), "?31m");  // CSI as one C1 character
  EXPECT_EQ(printable("算力 °C"), "算力 °C");
}

TEST(Text, PrintableIsAlwaysUtf8WithoutControls) {
  std::mt19937 random(7);
  for (int trial = 0; trial < 5000; ++trial) {
    std::string text;
    for (int i = 0; i < 12; ++i) text += static_cast<char>(random());
    const auto shown = printable(text);
    EXPECT_EQ(find_invalid_utf8(shown), std::string_view::npos);
    for (const char c : shown) EXPECT_FALSE(static_cast<unsigned char>(c) < 0x20);
    display_width(text);
    for (std::size_t width = 0; width < 14; ++width) {
      EXPECT_LE(display_width(shorten_middle(shown, width)), width);
      EXPECT_LE(display_width(shorten_end(shown, width)), width);
    }
  }
}

TEST(Text, ShortensInTheMiddleAndKeepsBothEnds) {
  EXPECT_EQ(shorten_middle("gemm:f32:NN:8x8x8", 17), "gemm:f32:NN:8x8x8");
  EXPECT_EQ(shorten_middle("conv_fwd:f32:nchw:n1c3h224w224:k64r7s7", 20), "conv_fw…w224:k64r7s7");
  EXPECT_EQ(shorten_middle("abc", 1), "…");
  EXPECT_EQ(shorten_middle("abc", 0), "");
  EXPECT_LE(display_width(shorten_middle("国家人工智能芯片适配基地", 8)), 8u);
  EXPECT_EQ(shorten_end("abcdef", 4), "abc…");
  EXPECT_EQ(shorten_end("算力算力", 4), "算…");  // a wide character is never cut in two
}

TEST(Text, PadsByColumns) {
  EXPECT_EQ(pad_right("算", 4), "算  ");
  EXPECT_EQ(pad_left("算", 4), "  算");
  EXPECT_EQ(pad_left("long", 2), "long");
}

TEST(Text, WrapsAtWords) {
  EXPECT_THAT(wrapped("one two three", 7), ElementsAre("one two", "three"));
  EXPECT_THAT(wrapped("a verylongword b", 4), ElementsAre("a", "verylongword", "b"));
  EXPECT_THAT(wrapped("  spaced   out ", 20), ElementsAre("spaced out"));
  EXPECT_THAT(wrapped("", 20), IsEmpty());
}

TEST(Text, ShellWordsSurviveTheShell) {
  EXPECT_EQ(shell_word("plain-1.0/x=y"), "plain-1.0/x=y");
  EXPECT_EQ(shell_word("gemm:f32:NN:8x8x8"), "'gemm:f32:NN:8x8x8'");
  EXPECT_EQ(shell_word(""), "''");
  EXPECT_EQ(shell_word("it's"), "'it'\\''s'");
  EXPECT_EQ(shell_word("$(rm x)"), "'$(rm x)'");
  EXPECT_EQ(shell_line({"a", "b c"}), "a 'b c'");
}

}  // namespace
}  // namespace chipfit::cli
