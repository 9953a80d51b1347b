#include "kernels/oracle/elementwise.hpp"

#include <gtest/gtest.h>

#include <set>

#include "honest.hpp"
#include "kernels/oracle/positions.hpp"

namespace chipfit::oracle {
namespace {

Elementwise seen(Trial& t, std::uint64_t secret = 1) {
  return check_elementwise(t.claim(), {secret, 3}, 2);
}

TEST(Elementwise, OneWrongOutputIsBeyondItsBoundAndNamed) {
  for (const char* id : {"gemm:f32:NN:8x8x40", "gemm:f64:TN:8x8x40", "gemm:f16:NT:8x8x40", "gemm:bf16:TT:8x8x40",
                         "conv_fwd:f64:nchw:n1c3h6w6:k2r3s3"}) {
    Trial t = make_trial(id, Data::uniform);
    compute(t);
    ASSERT_EQ(seen(t).finding, Finding::ok) << id << seen(t).reason;
    t.set(19, t.get(19) + 0.25);
    const Elementwise result = seen(t);
    EXPECT_EQ(result.finding, Finding::precision) << id;
    EXPECT_GT(result.of_bound, 1) << id;
    EXPECT_NE(result.reason.find("output 19 ("), std::string::npos) << result.reason;
  }
}

// Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed., (3.5): γ_n = n·u/(1 − n·u), here of 2n roundings.
TEST(Elementwise, TheBoundOfAShortSumIsThatOfHigham) {
  Trial t = make_trial("gemm:f32:NN:1x1x4", Data::uniform);
  for (int j = 0; j < 4; ++j) {
    store(Dtype::f32, t.a[0].data(), j, 1);
    store(Dtype::f32, t.b[0].data(), j, 1);
  }
  t.set(0, 4.25);
  // Four products, and their sum's way into the result.
  const double u = 0x1p-24, gamma = 2 * 5 * u / (1 - 2 * 5 * u);
  EXPECT_NEAR(seen(t).of_bound, 0.25 / (4 * u + 4 * gamma), 1);
}

TEST(Elementwise, TheReasonHoldsPositionValueExpectationErrorAndBound) {
  Trial t = make_trial("gemm:f32:NN:4x5x1", Data::uniform);
  compute(t);
  t.set(13, t.get(13) + 3);
  const std::string reason = seen(t).reason;
  EXPECT_EQ(reason.find("output 13 (row 2, column 3) is "), 0u) << reason;
  EXPECT_NE(reason.find("its error 3 is beyond "), std::string::npos) << reason;
  EXPECT_NE(reason.find("1 of 20 outputs"), std::string::npos) << reason;
}

TEST(Elementwise, NanAndInfinityAreNotFinite) {
  for (const double bad : {std::nan(""), HUGE_VAL}) {
    Trial t = make_trial("gemm:f32:NN:8x8x8", Data::uniform);
    compute(t);
    t.set(63, bad);
    EXPECT_EQ(seen(t).finding, Finding::not_finite);
  }
}

TEST(Elementwise, IntegersAreExactOrIncorrect) {
  for (const char* id :
       {"gemm:i8:NN:8x8x300", "conv_bwd_weights:i8:nhwc:n2c2h6w6:k3r3s3:p1x1", "gemm:i8:NN:4x4x64:acc"}) {
    Trial t = make_trial(id, Data::uniform);
    compute(t);
    Elementwise result = seen(t);
    EXPECT_EQ(result.finding, Finding::ok) << id << result.reason;
    EXPECT_EQ(result.err_backward, 0);
    EXPECT_FALSE(result.acc_bits_implied);
    t.set(7, t.get(7) + 1);
    result = seen(t);
    EXPECT_EQ(result.finding, Finding::incorrect) << id;
    EXPECT_GT(result.err_backward, 0);
  }
}

TEST(Elementwise, WhatAnI32SumWrapsIsEqualModulo2To32) {
  Trial t = make_trial("gemm:i8:NN:1x1x1:acc", Data::uniform);
  const std::int8_t a = 127, b = 127;
  const std::int32_t c0 = 2'147'483'647, wrapped = -2'147'483'647 - 1 + 127 * 127 - 1;
  std::memcpy(t.a[0].data(), &a, 1);
  std::memcpy(t.b[0].data(), &b, 1);
  std::memcpy(t.c0.data(), &c0, 4);
  std::memcpy(t.out.data(), &wrapped, 4);
  EXPECT_EQ(seen(t).finding, Finding::ok) << seen(t).reason;
}

TEST(Elementwise, BackwardErrorIsTheErrorOverTheSumOfMagnitudes) {
  // 2·1 − 2·0.5 = 1, magnitudes 3; with c0 = −1: 0, magnitudes 4.
  const float a[] = {2, -2}, b[] = {1, 0.5f};
  const Inputs term{a, b};
  const Problem problem = *parse_case_id("gemm:f32:NN:1x1x2");
  float out = 1;
  EXPECT_EQ(check_elementwise({problem, {&term, 1}, nullptr, &out}, {1, 2}, 1).err_backward, 0);
  out = 1 + 0x1p-20f;
  EXPECT_NEAR(check_elementwise({problem, {&term, 1}, nullptr, &out}, {1, 2}, 1).err_backward, 0x1p-20 / 3, 1e-12);
  const float c0 = -1;
  out = 0x1p-20f;
  const Problem adds = with_accumulate(problem, Accumulate::add);
  EXPECT_NEAR(check_elementwise({adds, {&term, 1}, &c0, &out}, {1, 2}, 1).err_backward, 0x1p-20 / 4, 1e-12);
}

TEST(Elementwise, BackwardErrorOfANarrowOutputIsAtMostItsRoundoff) {
  for (const char* id : {"gemm:bf16:NN:16x16x1", "gemm:bf16:NN:16x16x64", "gemm:f16:NN:16x16x64"}) {
    Trial t = make_trial(id, Data::uniform);
    compute(t);
    const double u = info(dtypes(t.problem).out).unit_roundoff;
    EXPECT_LE(seen(t).err_backward, 1.01 * u) << id;
    EXPECT_GE(seen(t).err_backward, u / 20) << id;
  }
}

TEST(Elementwise, TinyResultsOfANarrowTypePass) {
  // Products below 2^-14 have fewer than eleven bits in f16.
  Trial t = make_trial("gemm:f16:NN:30x30x1", Data::uniform);
  for (std::int64_t i = 0; i < 30; ++i) store(Dtype::f16, t.a[0].data(), i, std::ldexp(0.7, -static_cast<int>(i)));
  compute(t);
  EXPECT_EQ(seen(t).finding, Finding::ok) << seen(t).reason;
}

TEST(Elementwise, InputRoundingPassesWhereTheMathModeAllowsIt) {
  const auto truncated = [](double x, int bits) {
    int exponent = 0;
    const double fraction = std::frexp(x, &exponent);
    return std::ldexp(std::trunc(std::ldexp(fraction, bits)), exponent - bits);
  };
  const struct {
    const char* id;
    int bits;
    Finding finding;
  } cases[] = {{"gemm:f32:NN:30x30x1:tf32", 11, Finding::ok},   {"gemm:f32:NN:30x30x4:tf32", 11, Finding::ok},
               {"gemm:f32:NN:30x30x1:bf16", 8, Finding::ok},    {"gemm:f32:NN:30x30x1:relaxed", 8, Finding::ok},
               {"gemm:f32:NN:30x30x1", 11, Finding::precision}, {"gemm:f32:NN:30x30x1:tf32", 8, Finding::precision}};
  for (const auto& each : cases) {
    Trial t = make_trial(each.id, Data::uniform), lesser = t;
    for (auto* data : {&lesser.a[0], &lesser.b[0]}) {
      for (std::int64_t i = 0; i < static_cast<std::int64_t>(data->size() / 4); ++i) {
        store(Dtype::f32, data->data(), i, truncated(load(Dtype::f32, data->data(), i), each.bits));
      }
    }
    compute(lesser);
    t.out = lesser.out;
    EXPECT_EQ(seen(t).finding, each.finding) << each.id << " in " << each.bits << " bits: " << seen(t).of_bound;
  }
}

struct Accumulator {
  const char* id;
  Arithmetic arithmetic;
  double bits, tolerance;
};
class ImpliedBits : public testing::TestWithParam<Accumulator> {};

TEST_P(ImpliedBits, AreThoseOfTheArithmetic) {
  Trial t = make_trial(GetParam().id, Data::uniform);
  compute(t, GetParam().arithmetic);
  const auto bits = seen(t).acc_bits_implied;
  ASSERT_TRUE(bits) << GetParam().id;
  EXPECT_NEAR(*bits, GetParam().bits, GetParam().tolerance) << GetParam().id;
}

INSTANTIATE_TEST_SUITE_P(
    Arithmetics, ImpliedBits,
    testing::Values(Accumulator{"gemm:f32:NN:32x32x512", {}, 24, 0.5},
                    Accumulator{"gemm:f32:TT:32x32x512", {.order = Order::permuted}, 24, 0.5},
                    Accumulator{"gemm:f32:NN:32x32x512", {.order = Order::pairwise}, 24, 0},
                    Accumulator{"gemm:f32:NN:32x32x512", {.order = Order::blocked}, 24, 0},
                    Accumulator{"gemm:f32:NN:32x32x1", {}, 24, 0.3}, Accumulator{"gemm:f64:NT:32x32x256", {}, 53, 0.5},
                    Accumulator{"gemm:f64:NN:32x32x256", {.accumulator = Dtype::f32}, 24, 0.5},
                    Accumulator{"gemm:f32:NN:32x32x512", {.input_bits = 11}, 11, 0},
                    Accumulator{"gemm:f32:NN:32x32x8", {.input_bits = 11}, 11, 0},
                    Accumulator{"gemm:f32:NN:32x32x512", {.input_bits = 8}, 8, 0},
                    // Seen on 87 positions, of which 64 are asked about inputs.
                    Accumulator{"gemm:f32:NN:1200x1200x8", {.input_bits = 11}, 11, 0},
                    Accumulator{"gemm:f32:NN:32x32x512:tf32", {.input_bits = 11}, 24, 0.5},
                    Accumulator{"gemm:f32:NN:32x32x512:relaxed", {.input_bits = 8}, 24, 0.5},
                    Accumulator{"gemm:f32:NN:32x32x512:tf32", {.input_bits = 8}, 8, 0},
                    Accumulator{"gemm:f32:NN:32x32x256", {.accumulator = Dtype::bf16}, 8, 0.7},
                    Accumulator{"gemm:bf16-f32-f32:NN:32x32x256", {.accumulator = Dtype::bf16}, 8, 0.7},
                    Accumulator{"gemm:f16-f32-f32:NN:32x32x256", {.accumulator = Dtype::f16}, 11, 0.7},
                    Accumulator{"gemm:bf16:NN:32x32x256", {.accumulator = Dtype::bf16}, 8, 0.7},
                    Accumulator{"gemm:f16:NN:32x32x2048", {.accumulator = Dtype::f16}, 11, 0.7},
                    Accumulator{"conv_fwd:f32:nhwc:n2c8h8w8:k8r3s3:p1x1", {}, 24, 0.5},
                    Accumulator{"conv_bwd_data:f32:nchw:n2c8h8w8:k8r3s3:p1x1", {.input_bits = 11}, 11, 0},
                    Accumulator{"conv_bwd_weights:f32:nhwc:n2c8h8w8:k8r3s3:p1x1", {.accumulator = Dtype::bf16}, 8, 0.7},
                    Accumulator{"gemm:f32:NN:32x32x512:acc", {}, 24, 0.5}));

TEST(Elementwise, FourteenBitsAreSeenInMatrixUnitsThatTruncateTo14BitsAfter32Products) {
  Trial t = make_trial("gemm:bf16-f32-f32:NN:24x24x1024", Data::uniform);
  for (std::int64_t i = 0; i < t.outputs(); ++i) {
    double sum = 0, step = 0;
    std::int64_t products = 0;
    for_each_product(std::get<GemmProblem>(t.problem), i, [&](std::int64_t ia, std::int64_t ib) {
      step += load(Dtype::bf16, t.a[0].data(), ia) * load(Dtype::bf16, t.b[0].data(), ib);
      if (++products % 32 != 0) return;
      int exponent = 0;
      const double fraction = std::frexp(sum + step, &exponent);
      sum = std::ldexp(std::trunc(std::ldexp(fraction, 14)), exponent - 14);
      step = 0;
    });
    t.set(i, sum);
  }
  // Whatever the positions are: one sum alone may be off by several bits.
  for (std::uint64_t secret = 1; secret <= 8; ++secret) {
    ASSERT_TRUE(seen(t, secret).acc_bits_implied);
    EXPECT_NEAR(*seen(t, secret).acc_bits_implied, 13.5, 0.25) << secret;
  }
}

TEST(Elementwise, NothingIsImpliedWhereNothingCanBeSeen) {
  for (const char* id : {"gemm:bf16:NN:32x32x256", "gemm:f16:NN:32x32x64", "gemm:bf16:NN:32x32x16:acc",
                         "gemm:f32:NN:3x3x64", "gemm:bf16-f32-f32:NN:32x32x1", "gemm:i8:NN:32x32x64"}) {
    Trial t = make_trial(id, Data::uniform);
    compute(t);
    EXPECT_FALSE(seen(t).acc_bits_implied) << id << " " << *seen(t).acc_bits_implied;
  }
}

TEST(ElementwisePositions, FallWithTheLengthOfTheSum) {
  const auto positions = [](const char* id) { return elementwise_positions(*parse_case_id(id), 1); };
  EXPECT_EQ(positions("gemm:f32:NN:4096x4096x4096"), 1000);
  EXPECT_EQ(positions("gemm:f32:NN:4096x4096x16384"), 256);
  EXPECT_EQ(positions("gemm:f32:NN:2048x2048x2048"), 256);
  EXPECT_EQ(positions("gemm:f32:NN:512x512x512"), 64);
  EXPECT_EQ(positions("gemm:f32:NN:512x512x100000"), 16);
  EXPECT_EQ(positions("gemm:f32:NN:512x512x16777216"), 4);
  EXPECT_EQ(positions("gemm:f32:NN:3x4x100"), 12);
}

TEST(SecretPositions, OfAGemmHoldCornersTileEdgesAndEveryPart) {
  const Problem problem = *parse_case_id("gemm:f32:NN:1000x1200x64:b2");
  std::set<std::int64_t> seen, quarters;
  int tile_edges = 0, total = 0;
  for (std::uint64_t secret = 0; secret < 20; ++secret) {
    const auto positions = secret_positions(problem, 900, {secret, 1});
    EXPECT_EQ(positions.size(), 900u);
    for (const std::int64_t at : positions) {
      ASSERT_GE(at, 0);
      ASSERT_LT(at, 2'400'000);
      const std::int64_t row = at / 1200 % 1000, column = at % 1200;
      seen.insert(at);
      quarters.insert((at / 1'200'000 * 2 + row / 500) * 2 + column / 600);
      tile_edges += row % 8 == 0 || row % 8 == 7 ? 1 : 0;
      ++total;
    }
  }
  EXPECT_EQ(quarters.size(), 8u);
  for (const std::int64_t corner : {0, 1199, 1'198'800, 1'199'999, 2'399'999})
    EXPECT_EQ(seen.count(corner), 1u) << corner;
  EXPECT_GT(tile_edges, total / 2);  // a quarter of the stratified half by chance, and all of the others
}

TEST(SecretPositions, OfAConvolutionLieHalfOnBorders) {
  const Problem problem = *parse_case_id("conv_fwd:f32:nchw:n2c3h40w40:k5r3s3:p1x1");
  const auto positions = secret_positions(problem, 1000, {1, 1});
  const auto border = std::count_if(positions.begin(), positions.end(), [](std::int64_t at) {
    const std::int64_t row = at / 40 % 40, column = at % 40;
    return row == 0 || row == 39 || column == 0 || column == 39;
  });
  EXPECT_NEAR(static_cast<double>(border), 550, 50);
  EXPECT_NE(positions, secret_positions(problem, 1000, {1, 2}));
  EXPECT_EQ(describe_position(problem, positions[0]).find("n 0, k 0, row "), 0u);
}

}  // namespace
}  // namespace chipfit::oracle
