#include "kernels/problem/case_id.hpp"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

namespace chipfit {
namespace {

// "column: message" and, in brackets, the hint.
std::string fault_of(std::string_view id) {
  const auto parsed = parse_case_id(id);
  if (parsed) return "ok: " + case_id(*parsed);
  EXPECT_EQ(parsed.error().kind, Error::Kind::usage);
  const std::string hint = parsed.error().hint.empty() ? "" : " [" + parsed.error().hint + "]";
  return parsed.error().where + ": " + parsed.error().what + hint;
}

TEST(CaseIdErrors, SayWhereAndWhatWasExpected) {
  const std::string example = "an id looks like gemm:f32:NN:512x512x512 or conv_fwd:f32:nhwc:n8c64h56w56:k64r3s3:p1x1";
  EXPECT_EQ(fault_of(""),
            "column 1: expected gemm, conv_fwd, conv_bwd_data or conv_bwd_weights, found nothing [" + example + "]");
  EXPECT_EQ(fault_of("gem:f32:NN:1x1x1"),
            "column 1: expected gemm, conv_fwd, conv_bwd_data or conv_bwd_weights, found 'gem' [did you mean 'gemm'?]");
  EXPECT_EQ(fault_of("conv_bwd_weight:f32"),
            "column 1: expected gemm, conv_fwd, conv_bwd_data or conv_bwd_weights, found 'conv_bwd_weight' "
            "[did you mean 'conv_bwd_weights'?]");
  EXPECT_EQ(fault_of("gemm:f33:NN:1x1x1"), "column 6: 'f33' is not an element type [did you mean 'f32'?]");
  EXPECT_EQ(fault_of("gemm"),
            "column 5: expected element types, found nothing "
            "[known: f64, f32, f16, bf16, e4m3, e5m2, i8, u8, i32]");
  EXPECT_EQ(fault_of("gemm:f32:NX:1x1x1"), "column 10: expected NN, NT, TN or TT, found 'NX'");
  EXPECT_EQ(fault_of("gemm:f32:NN:1x1"), "column 16: expected <M>x<N>x<K>, found nothing");
  EXPECT_EQ(fault_of("gemm:f32:NN:1x-1x1"), "column 15: expected <M>x<N>x<K>, found '-1x1'");
  EXPECT_EQ(fault_of("gemm:f32:NN:1x1x1y"), "column 18: expected <M>x<N>x<K>, found 'y'");
  EXPECT_EQ(fault_of("gemm:f32:NN:1x1x99999999999999999999"),
            "column 17: expected <M>x<N>x<K>, found '99999999999999999999' [the number does not fit 64 bits]");
  EXPECT_EQ(fault_of("gemm:f32:NN:1x1x1:tf23"),
            "column 19: expected b<batch>, a math mode, acc or the end, in this order, found 'tf23' "
            "[did you mean 'tf32'?]");
  EXPECT_EQ(fault_of("gemm:f32:NN:1x1x1:acc:tf32"), "column 23: expected the end, found 'tf32'");
  EXPECT_EQ(fault_of("gemm:f32:NN:1x1x1:tf32:tf32"), "column 24: expected acc or the end, found 'tf32'");
  EXPECT_EQ(fault_of("gemm:f32:NN:1x1x1:"),
            "column 19: expected b<batch>, a math mode, acc or the end, in this order, "
            "found nothing [known: strict, relaxed, tf32, f16, bf16]");
  EXPECT_EQ(fault_of("conv_fwd:f32:nhcw:n1c1h1w1:k1r1s1"),
            "column 14: expected nchw or nhwc, found 'nhcw' [did you mean 'nchw'?]");
  EXPECT_EQ(fault_of("conv_fwd:f32:nhwc:n1h1c1w1:k1r1s1"), "column 21: expected n<N>c<C>h<H>w<W>, found 'h1c1w1'");
  EXPECT_EQ(fault_of("conv_fwd:f32:nhwc:n1c1h1w1"), "column 27: expected k<K>r<R>s<S>, found nothing");
  EXPECT_EQ(fault_of("conv_fwd:f32:nhwc:n1c1h1w1:k1r1s1:p1"), "column 37: expected p<rows>x<columns>, found nothing");
  EXPECT_EQ(fault_of("conv_fwd:f32:nhwc:n1c3h5w5:k3r3s3:g3:p1x1").substr(0, 22), "column 38: expected p<");
}

TEST(CaseIdErrors, PointAtThePartThatBreaksARule) {
  EXPECT_EQ(fault_of("gemm:f32:NN:0x1x1"), "column 13: m must be at least 1, not 0 [extents start at 1]");
  EXPECT_EQ(fault_of("gemm:f32:NN:1x1x1:b0"), "column 19: batch must be at least 1, not 0 [extents start at 1]");
  EXPECT_EQ(fault_of("gemm:f16:NN:1x1x1:tf32"),
            "column 19: math mode tf32 applies to f32 operands, not to f16 [leave the math mode out: strict]");
  EXPECT_EQ(fault_of("conv_fwd:f32:nhwc:n1c3h5w5:k3r3s3:p1x1:s1x0"),
            "column 40: stride 0 is not a stride [strides start at 1]");
  EXPECT_EQ(fault_of("conv_fwd:f32:nhwc:n1c64h5w5:k3r3s3:g3"),
            "column 36: groups 3 does not divide channels 64 [channels and filters must be multiples of groups]");
  EXPECT_EQ(fault_of("gemm:f32:NN:9223372036854775807x1x1"),
            "column 13: the problem has 2^63 operations or more [choose smaller extents]");
}

TEST(CaseIdErrors, QuoteOnlyTheBeginningOfAnythingLong) {
  const std::string fault = fault_of("gemm:f32:" + std::string(100000, 'N'));
  EXPECT_EQ(fault, "column 10: expected NN, NT, TN or TT, found '" + std::string(32, 'N') + "…'");
  EXPECT_EQ(fault_of(std::string(1 << 20, ':')).substr(0, 9), "column 1:");
}

TEST(CaseId, IsTheDocumentedName) {
  EXPECT_EQ(case_id(GemmProblem{.m = 512, .n = 256, .k = 128}), "gemm:f32:NN:512x256x128");
  EXPECT_EQ(case_id(GemmProblem{.m = 1,
                                .n = 2,
                                .k = 3,
                                .batch = 4,
                                .trans_a = Transpose::yes,
                                .math = Math::tf32,
                                .accumulate = Accumulate::add}),
            "gemm:f32:TN:1x2x3:b4:tf32:acc");
  EXPECT_EQ(case_id(GemmProblem{.m = 1,
                                .n = 2,
                                .k = 3,
                                .trans_b = Transpose::yes,
                                .dtypes = {Dtype::bf16, Dtype::bf16, Dtype::f32, Dtype::f32}}),
            "gemm:bf16-f32-f32:NT:1x2x3");
  ConvProblem c{.n = 32, .c = 64, .h = 56, .w = 57, .k = 128, .r = 3, .s = 5};
  EXPECT_EQ(case_id(c), "conv_fwd:f32:nhwc:n32c64h56w57:k128r3s5");
  c.direction = ConvDirection::bwd_weights;
  c.layout = Layout::nchw;
  c.pad_h = 1, c.pad_w = 2, c.stride_h = 1, c.stride_w = 2, c.dil_h = 3, c.dil_w = 1, c.groups = 8;
  c.math = Math::bf16;
  EXPECT_EQ(case_id(c), "conv_bwd_weights:f32:nchw:n32c64h56w57:k128r3s5:p1x2:s1x2:d3x1:g8:bf16");
}

TEST(CaseId, PartsAtTheirDefaultsMayBeWritten) {
  EXPECT_EQ(fault_of("gemm:f32:NN:1x2x3:b1:strict"), "ok: gemm:f32:NN:1x2x3");
  EXPECT_EQ(fault_of("gemm:f32-f32-f32:NN:1x2x3"), "ok: gemm:f32:NN:1x2x3");
  EXPECT_EQ(fault_of("gemm:f32:NN:1x2x3:bf16"), "ok: gemm:f32:NN:1x2x3:bf16");  // a math mode, not a batch
  EXPECT_EQ(fault_of("conv_fwd:f32:nhwc:n1c1h1w1:k1r1s1:p0x0:s1x1:d1x1:g1:strict"),
            "ok: conv_fwd:f32:nhwc:n1c1h1w1:k1r1s1");
}

TEST(CaseId, RoundTripsForEveryProblem) {
  std::mt19937_64 random(3);
  const auto between = [&](std::int64_t low, std::int64_t high) {
    return low + static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(high - low + 1));
  };
  const auto types = [&](auto& problem) {
    problem.dtypes = all_combos()[random() % all_combos().size()];
    if (problem.dtypes.a == Dtype::f32) problem.math = Math(between(1, 5));
    problem.accumulate = Accumulate(between(0, 1));
  };
  for (int trial = 0; trial < 5000; ++trial) {
    Problem problem;
    if (trial % 2 == 0) {
      GemmProblem g{.m = between(1, 70000),
                    .n = between(1, 9),
                    .k = between(1, 70000),
                    .batch = between(1, 3),
                    .trans_a = Transpose(between(0, 1)),
                    .trans_b = Transpose(between(0, 1))};
      types(g);
      problem = g;
    } else {
      const std::int64_t groups = between(1, 3);
      ConvProblem c{.direction = ConvDirection(between(2, 4)),
                    .n = between(1, 64),
                    .c = groups * between(1, 9),
                    .h = between(9, 99),
                    .w = between(9, 99),
                    .k = groups * between(1, 9),
                    .r = between(1, 3),
                    .s = between(1, 3),
                    .pad_h = between(0, 2),
                    .pad_w = between(0, 2),
                    .stride_h = between(1, 2),
                    .stride_w = between(1, 2),
                    .dil_h = between(1, 2),
                    .dil_w = between(1, 2),
                    .groups = groups,
                    .layout = Layout(between(1, 2))};
      types(c);
      problem = c;
    }
    const auto parsed = parse_case_id(case_id(problem));
    ASSERT_TRUE(parsed) << case_id(problem) << " " << parsed.error().what;
    ASSERT_EQ(*parsed, problem) << case_id(problem);
  }
}

// Every id that is one edit away from a good one is read without harm, and what is accepted is stable.
TEST(CaseId, OneEditNeverBreaksTheParser) {
  const std::vector<std::string> good{
      "gemm:bf16-f32-f32:TN:12x34x56:b7:acc",
      "conv_bwd_data:f32:nchw:n1c4h9w9:k4r3s3:p1x1:s2x2:d1x2:g2:tf32:acc",
  };
  const std::string alphabet = std::string("0129xnNT:;-+abcf_ \xFF") + '\0';
  for (const std::string& id : good) {
    EXPECT_EQ(fault_of(id), "ok: " + id);
    for (std::size_t at = 0; at <= id.size(); ++at) {
      for (const char letter : alphabet) {
        std::string inserted = id, replaced = id.substr(0, at), removed = id;
        inserted.insert(at, 1, letter);
        if (at < id.size()) {
          replaced = id;
          replaced[at] = letter;
          removed.erase(at, 1);
        }
        for (const std::string& edited : {inserted, replaced, removed}) {
          const auto parsed = parse_case_id(edited);
          if (!parsed) continue;
          EXPECT_TRUE(validate(*parsed));
          EXPECT_EQ(parse_case_id(case_id(*parsed)).value(), *parsed) << edited;
        }
      }
    }
  }
}

}  // namespace
}  // namespace chipfit
