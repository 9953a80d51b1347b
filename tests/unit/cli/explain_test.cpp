#include "harness/cli/explain.hpp"

#include <gmock/gmock.h>

#include "harness/results/row.hpp"

namespace chipfit::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

std::string text_of(const std::string& word) {
  const auto explanations = explain(word);
  if (!explanations) return "error: " + explanations.error().what + " | " + explanations.error().hint;
  std::string text;
  for (const auto& explanation : *explanations) {
    text += explanation.kind + " " + explanation.word + "\n";
    for (const auto& line : explanation.lines) text += line.label + ": " + line.text + "\n";
  }
  return text;
}

TEST(Explain, AnUnknownWordGetsASuggestion) {
  EXPECT_THAT(text_of("NOT_WRITEN"), HasSubstr("did you mean 'NOT_WRITTEN'?"));
  EXPECT_THAT(text_of("zzzzzzzz"), HasSubstr("for example"));
  EXPECT_THAT(text_of("gemm:f32:NN:0x8x8"), HasSubstr("error: "));
}

TEST(Explain, KnowsEveryVerdictConditionAndColumn) {
  for (const auto& verdict : all_verdicts()) {
    EXPECT_THAT(text_of(std::string(verdict.name)), HasSubstr(std::string(verdict.meaning_zh)));
  }
  for (int i = 0; i <= static_cast<int>(Condition::busy_after_sync); ++i) {
    const auto condition = static_cast<Condition>(i);
    EXPECT_FALSE(meaning(condition).en.empty());
    EXPECT_FALSE(meaning(condition).zh.empty());
    EXPECT_THAT(text_of(std::string(name(condition))), HasSubstr("condition"));
  }
  for (const auto& column : results::all_columns()) {
    EXPECT_THAT(text_of(std::string(column.name)), HasSubstr(std::string(column.meaning_en)));
  }
}

TEST(Explain, CaseDoesNotMatter) {
  EXPECT_THAT(text_of("not_written"), HasSubstr("verdict NOT_WRITTEN"));
}

TEST(Explain, AGemmByItsNumbers) {
  const auto text = text_of("gemm:f32:TN:512x256x1024:b2");
  EXPECT_THAT(text, HasSubstr("A (stored transposed): 2 × 1024 × 512, f32, 4.00 MiB"));
  EXPECT_THAT(text, HasSubstr("B: 2 × 1024 × 256, f32, 2.00 MiB"));
  EXPECT_THAT(text, HasSubstr("C: 2 × 512 × 256, f32, 1.00 MiB"));
  EXPECT_THAT(text, HasSubstr("537 MFLOP (536,870,912 FLOP, 2·M·N·K·batch)"));
  EXPECT_THAT(text, HasSubstr("traffic: 7.00 MiB"));
  EXPECT_THAT(text, HasSubstr("intensity: 73.1 FLOP/byte"));
}

TEST(Explain, AConvolutionByItsNumbers) {
  const auto text = text_of("conv_bwd_data:f32:nhwc:n2c64h8w8:k32r3s3:p1x1");
  EXPECT_THAT(text, HasSubstr("dY NPQK: 2 × 8 × 8 × 32"));
  EXPECT_THAT(text, HasSubstr("W KRSC: 32 × 3 × 3 × 64"));
  EXPECT_THAT(text, HasSubstr("dX NHWC: 2 × 8 × 8 × 64"));
  EXPECT_THAT(text, HasSubstr("(4,718,592 FLOP"));
  EXPECT_THAT(text, HasSubstr("without the taps that fall on padding"));
}

TEST(Explain, ASuiteByItsSize) {
  EXPECT_THAT(text_of("quick"), HasSubstr("chipfit run --suite quick"));
}

}  // namespace
}  // namespace chipfit::cli
