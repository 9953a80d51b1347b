#include "kernels/problem/problem.hpp"

#include <gtest/gtest.h>

namespace chipfit {
namespace {

const DtypeCombo kBf16Wide{Dtype::bf16, Dtype::bf16, Dtype::f32, Dtype::f32};

TEST(Operands, OfAGemm) {
  const Problem problem = GemmProblem{.m = 3, .n = 5, .k = 7, .batch = 2, .dtypes = kBf16Wide};
  const Operands all = operands(problem);
  EXPECT_EQ(all.in[0].elements, 2 * 3 * 7);
  EXPECT_EQ(all.in[1].elements, 2 * 7 * 5);
  EXPECT_EQ(all.out.elements, 2 * 3 * 5);
  EXPECT_EQ(all.in[0].bytes(), 84);
  EXPECT_EQ(all.out.dtype, Dtype::f32);
  EXPECT_EQ(all.out.bytes(), 120);
}

TEST(Operands, FollowTheDirectionOfAConvolution) {
  // X 2×6×9×9, W 4×3×3×3 (two groups), Y 2×4×5×5.
  ConvProblem c{.n = 2,
                .c = 6,
                .h = 9,
                .w = 9,
                .k = 4,
                .r = 3,
                .s = 3,
                .pad_h = 1,
                .pad_w = 1,
                .stride_h = 2,
                .stride_w = 2,
                .groups = 2};
  const std::int64_t x = 2 * 6 * 81, w = 4 * 3 * 9, y = 2 * 4 * 25;
  const auto elements = [&](ConvDirection direction) {
    c.direction = direction;
    const Operands all = operands(c);
    return std::array{all.in[0].elements, all.in[1].elements, all.out.elements};
  };
  EXPECT_EQ(elements(ConvDirection::fwd), (std::array{x, w, y}));
  EXPECT_EQ(elements(ConvDirection::bwd_data), (std::array{y, w, x}));
  EXPECT_EQ(elements(ConvDirection::bwd_weights), (std::array{x, y, w}));
}

TEST(Operands, TheOutputTypeGoesToTheOutputInEveryDirection) {
  ConvProblem c{.dtypes = kBf16Wide};
  for (const auto direction : {ConvDirection::fwd, ConvDirection::bwd_data, ConvDirection::bwd_weights}) {
    c.direction = direction;
    EXPECT_EQ(operands(c).in[0].dtype, Dtype::bf16);
    EXPECT_EQ(operands(c).in[1].dtype, Dtype::bf16);
    EXPECT_EQ(operands(c).out.dtype, Dtype::f32);
  }
}

TEST(Traffic, ReadsTheOutputTooWhenAccumulating) {
  const Problem problem = GemmProblem{.m = 3, .n = 5, .k = 7};
  EXPECT_EQ(traffic_bytes(problem), 4 * (21 + 35 + 15));
  EXPECT_EQ(traffic_bytes(with_accumulate(problem, Accumulate::add)), 4 * (21 + 35 + 2 * 15));
}

TEST(Problem, AnswersForBothKinds) {
  const Problem gemm = GemmProblem{.m = 2, .n = 2, .k = 2, .math = Math::tf32};
  const Problem conv =
      ConvProblem{.direction = ConvDirection::bwd_data, .h = 3, .w = 3, .r = 3, .s = 3, .pad_h = 1, .pad_w = 1};
  EXPECT_EQ(flop(gemm), 16);
  EXPECT_EQ(flop_in_image(gemm), 16);
  EXPECT_EQ(flop(conv), 2 * 81);
  EXPECT_EQ(flop_in_image(conv), 2 * 49);
  EXPECT_EQ(math(gemm), Math::tf32);
  EXPECT_EQ(math(conv), Math::strict);
  EXPECT_EQ(accumulate(gemm), Accumulate::overwrite);
  EXPECT_EQ(accumulate(with_accumulate(conv, Accumulate::add)), Accumulate::add);
  EXPECT_EQ(dtypes(conv), default_combo(Dtype::f32).value());
  EXPECT_EQ(op_name(gemm), "gemm");
  EXPECT_EQ(op_name(conv), "conv_bwd_data");
  EXPECT_TRUE(validate(gemm));
  EXPECT_FALSE(validate(Problem(GemmProblem{})));
}

}  // namespace
}  // namespace chipfit
