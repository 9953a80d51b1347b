// Planted faults: each names the check that must catch it.
#include <gtest/gtest.h>

#include "honest.hpp"

namespace chipfit::oracle {
namespace {

const char* const kGemms[] = {"gemm:f32:NN:64x48x200",
                              "gemm:f64:TN:48x64x200",
                              "gemm:bf16:NT:64x64x200",
                              "gemm:f16:TT:50x60x200",
                              "gemm:f16-f32-f32:NN:64x64x200",
                              "gemm:i8:NN:64x48x200",
                              "gemm:u8:TN:64x48x200",
                              "gemm:e4m3-f32-f32:NT:64x48x200",
                              "gemm:e5m2:NN:64x48x200",
                              "gemm:e4m3+e5m2-f32-bf16:TT:64x48x200",
                              "gemm:e5m2+e4m3-f32-f32:NN:64x48x200"};
const char* const kConvs[] = {
    "conv_fwd:f32:nhwc:n4c8h10w10:k16r3s3:p1x1", "conv_fwd:bf16:nchw:n4c8h10w10:k16r3s3:p1x1:g2",
    "conv_fwd:f64:nchw:n4c8h10w10:k8r3s3:s2x2", "conv_fwd:i8:nhwc:n4c8h10w10:k16r3s3:p1x1",
    "conv_bwd_data:f32:nchw:n4c8h10w10:k16r3s3:p1x1", "conv_bwd_data:f16:nhwc:n4c8h10w10:k16r3s3:p1x1:s2x2",
    "conv_bwd_weights:f32:nhwc:n4c8h10w10:k16r3s3:p1x1", "conv_bwd_weights:bf16-f32-f32:nchw:n4c8h10w10:k16r3s3:p1x1",
    "conv_bwd_weights:f64:nchw:n4c8h10w10:k16r3s3:p1x1:g2", "conv_fwd:u8:nchw:n4c8h10w10:k16r3s3:p1x1",
    "conv_fwd:e4m3:nhwc:n4c8h10w10:k16r3s3:p1x1", "conv_bwd_data:e4m3+e5m2-f32-f32:nhwc:n4c8h10w10:k16r3s3:p1x1",
    "conv_bwd_weights:e5m2+e4m3-f32-f32:nchw:n4c8h10w10:k16r3s3:p1x1",
    // Little or no contraction.
    "conv_fwd:f32:nhwc:n1c16h12w12:k16r3s3:p1x1:g16", "conv_bwd_data:f32:nchw:n1c16h12w12:k16r3s3:p1x1:g16",
    "conv_bwd_weights:f32:nhwc:n2c8h12w12:k8r3s3:p1x1:g8"};

std::vector<std::string> everything() {
  std::vector<std::string> all(std::begin(kGemms), std::end(kGemms));
  all.insert(all.end(), std::begin(kConvs), std::end(kConvs));
  return all;
}

class Fault : public testing::TestWithParam<std::string> {
 protected:
  Trial honest(Data data, int terms = 1) {
    Trial t = make_trial(GetParam(), data, 11, terms);
    compute(t);
    return t;
  }
  static Finding exact(Trial& t, std::uint64_t secret = 1) { return check_exact(t.claim(), {secret, 2}, 1).finding; }
  static Finding graded(Trial& t, std::uint64_t secret = 1) { return check_grade(t.claim(), {secret, 2}, 1).finding; }
  static bool narrow(const Trial& t) { return info(dtypes(t.problem).out).bytes == 2; }
};

TEST_P(Fault, NoFaultIsNoFinding) {
  Trial t = honest(Data::exact);
  EXPECT_EQ(exact(t), Finding::ok) << check_exact(t.claim(), {1, 2}, 1).reason;
  t = honest(Data::uniform);
  EXPECT_EQ(graded(t), Finding::ok) << check_grade(t.claim(), {1, 2}, 1).reason;
}

TEST_P(Fault, OneElementOffByOneIsCaughtByTheExactCheckWhateverTheSecret) {
  Trial t = honest(Data::exact);
  for (std::uint64_t i = 0; i < 40; ++i) {
    const auto at = static_cast<std::int64_t>(i * 2'654'435'761u % static_cast<std::uint64_t>(t.outputs()));
    const double was = t.get(at);
    t.set(at, was + 1);
    EXPECT_EQ(exact(t, i), Finding::incorrect) << at;
    t.set(at, was);
  }
}

TEST_P(Fault, OneElementOffByAThousandthIsCaughtByTheExactCheck) {
  Trial t = honest(Data::exact);
  if (narrow(t) || info(dtypes(t.problem).out).is_integer) return;  // less than one step of the type
  std::int64_t at = 0;
  while (t.get(at) == 0) ++at;
  t.set(at, t.get(at) * 1.001);
  EXPECT_EQ(exact(t), Finding::incorrect);
}

TEST_P(Fault, OneElementZeroedIsCaughtByBoth) {
  Trial t = honest(Data::exact);
  std::int64_t at = t.outputs() / 3;
  while (t.get(at) == 0) ++at;
  t.set(at, 0);
  EXPECT_EQ(exact(t), Finding::incorrect);
  t = honest(Data::uniform);
  at = t.outputs() / 3;
  while (std::fabs(t.get(at)) < 2) ++at;
  t.set(at, 0);
  EXPECT_EQ(graded(t), info(dtypes(t.problem).out).is_integer ? Finding::incorrect : Finding::sparse_error)
      << check_grade(t.claim(), {1, 2}, 1).e;
}

TEST_P(Fault, ASwappedPairIsCaughtByTheExactCheckAndForWideOutputsByBoth) {
  for (const Data data : {Data::exact, Data::uniform}) {
    Trial t = honest(data);
    if (data == Data::uniform && narrow(t)) return;  // may drown in the rounding of the outputs
    std::int64_t i = t.outputs() / 2, j = i + 1;
    while (std::fabs(t.get(i) - t.get(j)) < 2) ++j;
    const double x = t.get(i);
    t.set(i, t.get(j));
    t.set(j, x);
    EXPECT_NE(data == Data::exact ? exact(t) : graded(t), Finding::ok);
  }
}

TEST_P(Fault, AWrongTileIsCaughtByBoth) {
  for (const Data data : {Data::exact, Data::uniform}) {
    Trial t = honest(data);
    for (std::int64_t i = 0; i < t.outputs() / 16; ++i) t.set(i, t.get(i) + (data == Data::exact ? 2 : 1));
    EXPECT_NE(data == Data::exact ? exact(t) : graded(t), Finding::ok);
  }
}

TEST_P(Fault, ASkippedTailOfTheSumIsCaughtByBoth) {
  for (const Data data : {Data::exact, Data::uniform}) {
    Trial t = make_trial(GetParam(), data, 11);
    compute(t, {.skip_from = 15.0 / 16});
    EXPECT_NE(data == Data::exact ? exact(t) : graded(t), Finding::ok);
  }
}

TEST_P(Fault, AStaleViewIsIncorrectInBoth) {
  for (const Data data : {Data::exact, Data::uniform}) {
    Trial t = honest(data);
    Trial other = make_trial(GetParam(), data, 12);
    other.out = t.out;
    EXPECT_EQ(data == Data::exact ? exact(other) : graded(other), Finding::incorrect);
  }
}

TEST_P(Fault, ZerosAndAConstantAreIncorrectInBoth) {
  for (const Data data : {Data::exact, Data::uniform}) {
    for (const double constant : {0.0, 3.0}) {
      Trial t = make_trial(GetParam(), data, 11);
      for (std::int64_t i = 0; i < t.outputs(); ++i) t.set(i, constant);
      EXPECT_EQ(data == Data::exact ? exact(t) : graded(t), Finding::incorrect);
    }
  }
}

TEST_P(Fault, NanAndInfinityAreNotFiniteInBoth) {
  for (const Data data : {Data::exact, Data::uniform}) {
    for (const double bad : {std::nan(""), HUGE_VAL}) {
      Trial t = honest(data);
      if (info(dtypes(t.problem).out).is_integer) return;
      t.set(t.outputs() - 1, bad);
      EXPECT_EQ(data == Data::exact ? exact(t) : graded(t), Finding::not_finite);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Problems, Fault, testing::ValuesIn(everything()));

class WrongBorder : public testing::TestWithParam<const char*> {};

TEST_P(WrongBorder, IsCaughtByBoth) {
  // Outputs of one corner take the value of another corner, of the filter's first tap in bwd_weights one too much.
  for (const Data data : {Data::exact, Data::uniform}) {
    Trial t = make_trial(GetParam(), data, 5);
    compute(t);
    const auto& p = std::get<ConvProblem>(t.problem);
    const bool weights = p.direction == ConvDirection::bwd_weights, forward = p.direction == ConvDirection::fwd;
    const std::int64_t outer = weights ? p.k : p.n, channels = weights ? p.c : forward ? p.k : p.c;
    const std::int64_t rows = weights ? p.r : forward ? p.p() : p.h, columns = weights ? p.s : forward ? p.q() : p.w;
    const Strides s = strides(p.layout, channels, rows, columns);
    for (std::int64_t n = 0; n < outer; ++n) {
      for (std::int64_t c = 0; c < channels; ++c) {
        const std::int64_t at = s.at(n, c, 0, columns - 1);
        t.set(at, weights ? t.get(at) + 1 : t.get(s.at(n, c, 0, 0)));
      }
    }
    const Finding finding =
        data == Data::exact ? check_exact(t.claim(), {1, 2}, 1).finding : check_grade(t.claim(), {1, 2}, 1).finding;
    EXPECT_NE(finding, Finding::ok);
  }
}

INSTANTIATE_TEST_SUITE_P(Directions, WrongBorder,
                         testing::Values("conv_fwd:f32:nhwc:n4c8h10w10:k16r3s3:p1x1",
                                         "conv_fwd:bf16:nchw:n4c8h10w10:k16r3s3:p1x1",
                                         "conv_bwd_data:f32:nchw:n4c8h10w10:k16r3s3:p1x1",
                                         "conv_bwd_weights:f32:nhwc:n4c8h10w10:k16r3s3:p1x1"));

TEST(MissingBatch, IsCaughtByBoth) {
  for (const char* id : {"gemm:f32:NN:20x24x50:b8", "gemm:bf16:TN:24x20x50:b8", "conv_fwd:f32:nchw:n8c4h8w8:k8r3s3",
                         "conv_bwd_data:f32:nhwc:n8c4h8w8:k8r3s3"}) {
    for (const Data data : {Data::exact, Data::uniform}) {
      Trial t = make_trial(id, data, 5);
      compute(t);
      const std::int64_t each = t.outputs() / 8;
      for (std::int64_t i = 5 * each; i < 6 * each; ++i) t.set(i, t.get(i - each));
      const Finding finding =
          data == Data::exact ? check_exact(t.claim(), {1, 2}, 1).finding : check_grade(t.claim(), {1, 2}, 1).finding;
      EXPECT_NE(finding, Finding::ok) << id;
    }
  }
}

TEST(MissingTerm, OneOfManyAccumulatedProductsSkippedOrDoubledIsCaught) {
  for (const char* id : {"gemm:f32:NN:32x32x64:acc", "gemm:bf16:NN:32x32x64:acc", "gemm:i8:NN:32x32x64:acc",
                         "gemm:u8:NN:32x32x64:acc", "gemm:e4m3:NN:32x32x64:acc", "gemm:e5m2-f32-f32:NN:32x32x64:acc",
                         "conv_fwd:f32:nhwc:n2c4h6w6:k8r3s3:p1x1:acc"}) {
    Trial t = make_trial(id, Data::uniform, 5, 16);
    compute(t);
    EXPECT_EQ(check_grade(t.claim(), {1, 2}, 1).finding, Finding::ok) << id;
    Trial skipped = t;
    skipped.a.pop_back();
    skipped.b.pop_back();
    compute(skipped);
    t.out = skipped.out;
    EXPECT_NE(check_grade(t.claim(), {1, 2}, 1).finding, Finding::ok) << id;
  }
}

struct Lesser {
  const char* id;
  Arithmetic arithmetic;
  std::string_view family;
};
class LessPrecision : public testing::TestWithParam<Lesser> {};

TEST_P(LessPrecision, IsNamedByTheGrade) {
  Trial t = make_trial(GetParam().id, Data::uniform, 5);
  compute(t, GetParam().arithmetic);
  const Report report = check_grade(t.claim(), {1, 2}, 1);
  EXPECT_EQ(report.finding, Finding::precision) << GetParam().id << ": " << report.reason << " E " << report.e;
  EXPECT_EQ(report.family, GetParam().family) << report.e;
}

INSTANTIATE_TEST_SUITE_P(
    Faults, LessPrecision,
    testing::Values(Lesser{"gemm:f32:NN:64x64x256", {.input_bits = 8}, "bf16"},
                    Lesser{"gemm:f32:NT:64x64x256", {.input_bits = 11}, "tf32/f16"},
                    Lesser{"gemm:f32:NN:1x200x256", {.input_bits = 11}, "tf32/f16"},
                    Lesser{"gemm:f32:NN:200x200x1", {.input_bits = 11}, "tf32/f16"},
                    Lesser{"gemm:f32:NN:64x64x256:tf32", {.input_bits = 8}, "bf16"},
                    Lesser{"gemm:f32:TN:64x64x256", {.accumulator = Dtype::f16}, "bf16"},
                    Lesser{"gemm:f16-f32-f32:NN:64x64x256", {.accumulator = Dtype::f16}, "bf16"},
                    Lesser{"gemm:f16:NN:64x64x256", {.accumulator = Dtype::f16}, "bf16"},
                    Lesser{"gemm:bf16:NN:64x64x256", {.accumulator = Dtype::bf16}, "fp8"},
                    Lesser{"gemm:e4m3-f32-f32:NN:64x64x256", {.accumulator = Dtype::f16}, "bf16"},
                    Lesser{"gemm:e4m3-f32-f32:NN:64x64x256", {.input_bits = 3}, "fp8"},
                    Lesser{"gemm:e4m3:NN:64x64x256", {.input_bits = 3}, "fp8"},
                    Lesser{"gemm:e4m3:NN:64x64x4000", {.output_bits = 4}, "fp8"},
                    Lesser{"gemm:e5m2+e4m3-f32-f32:NN:64x64x256", {.output_bits = 8}, "bf16"},
                    Lesser{"gemm:f64:NN:64x64x256", {.accumulator = Dtype::f32}, "f32"},
                    Lesser{"conv_fwd:f32:nhwc:n4c8h10w10:k16r3s3:p1x1", {.input_bits = 8}, "bf16"},
                    Lesser{"conv_bwd_data:f32:nhwc:n4c8h10w10:k16r3s3:p1x1", {.input_bits = 11}, "tf32/f16"},
                    Lesser{"conv_bwd_weights:f32:nhwc:n4c8h10w10:k16r3s3:p1x1", {.input_bits = 11}, "tf32/f16"},
                    Lesser{"conv_fwd:f32:nhwc:n1c16h12w12:k16r3s3:p1x1:g16", {.input_bits = 11}, "tf32/f16"},
                    Lesser{"conv_fwd:f64:nchw:n4c8h10w10:k16r3s3:p1x1", {.accumulator = Dtype::f32}, "f32"}));

/// One output of K products 127·127 (u8: 255·127), with c0 in it.
Trial all_largest(const std::string& id, std::int32_t c0) {
  Trial t = make_trial(id, Data::uniform);
  const DtypeCombo& types = dtypes(t.problem);
  const Operands all = operands(t.problem);
  for (std::int64_t i = 0; i < all.in[0].elements; ++i) store(types.a, t.a[0].data(), i, 1e9);
  for (std::int64_t i = 0; i < all.in[1].elements; ++i) store(types.b, t.b[0].data(), i, 1e9);
  if (!t.c0.empty()) store(types.out, t.c0.data(), 0, c0);
  return t;
}

TEST(IntegerOverflow, WrapsModulo2To32AndASaturatedSumIsIncorrect) {
  const struct {
    const char* id;
    std::int32_t c0;
    double sum;
  } cases[] = {{"gemm:i8:NN:1x1x140000", 0, 127.0 * 127 * 140'000},
               {"gemm:u8:NN:1x1x70000", 0, 255.0 * 127 * 70'000},
               {"gemm:i8:NN:1x1x10:acc", 2'147'483'600, 2'147'483'600 + 127.0 * 127 * 10},
               {"conv_fwd:u8:nhwc:n1c10h1w1:k1r1s1:acc", 2'147'483'600, 2'147'483'600 + 255.0 * 127 * 10}};
  for (const auto& each : cases) {
    Trial t = all_largest(each.id, each.c0);
    ASSERT_GE(each.sum, 0x1p31);
    compute(t);
    EXPECT_EQ(t.get(0), each.sum - 0x1p32) << each.id;
    EXPECT_EQ(check_grade(t.claim(), {1, 2}, 1).finding, Finding::ok) << each.id;
    t.set(0, 2'147'483'647);
    EXPECT_EQ(check_grade(t.claim(), {1, 2}, 1).finding, Finding::incorrect) << each.id;
    t.set(0, each.sum - 0x1p32 + 1);
    EXPECT_EQ(check_grade(t.claim(), {1, 2}, 1).finding, Finding::incorrect) << each.id;
  }
}

TEST(RelaxedMath, AcceptsItsFamilyAndRefusesTheNext) {
  const struct {
    const char* id;
    int bits;
    Finding finding;
  } cases[] = {
      {"gemm:f32:NN:64x64x256:relaxed", 8, Finding::ok}, {"gemm:f32:NN:64x64x256:relaxed", 4, Finding::precision},
      {"gemm:f32:NN:64x64x256:tf32", 11, Finding::ok},   {"gemm:f32:NN:64x64x256:tf32", 8, Finding::precision},
      {"gemm:f32:NN:64x64x256:bf16", 8, Finding::ok},    {"gemm:f32:NN:64x64x256:f16", 11, Finding::ok}};
  for (const auto& each : cases) {
    Trial t = make_trial(each.id, Data::uniform, 5);
    compute(t, {.input_bits = each.bits});
    EXPECT_EQ(check_grade(t.claim(), {1, 2}, 1).finding, each.finding) << each.id << " " << each.bits;
  }
}

TEST(ExactCheck, SeesLostBitsOfStrictOperands) {
  for (const char* id : {"gemm:f32:NN:32x32x128", "gemm:f64:NN:32x32x128", "gemm:f16-f32-f32:NN:32x32x128"}) {
    Trial t = make_trial(id, Data::exact, 5);
    compute(t, {.input_bits = 8});
    EXPECT_EQ(check_exact(t.claim(), {1, 2}, 1).finding, Finding::incorrect) << id;
  }
}

TEST(ExactCheck, RefusesWhatIsNoIntegerOrTooLarge) {
  Trial t = make_trial("gemm:f32:NN:8x8x8", Data::exact, 5);
  compute(t);
  t.set(3, t.get(3) + 0.25);
  EXPECT_EQ(check_exact(t.claim(), {1, 2}, 1).finding, Finding::incorrect);
  t.set(3, 1e30);
  EXPECT_EQ(check_exact(t.claim(), {1, 2}, 1).finding, Finding::incorrect);
}

TEST(OneRoundedTile, IsSparse) {
  Trial t = make_trial("gemm:f32:NN:256x200x64", Data::uniform, 5);
  compute(t);
  for (std::int64_t i = 40; i < 48; ++i) {
    for (std::int64_t j = 80; j < 88; ++j) t.set(i * 200 + j, keep_bits(t.get(i * 200 + j), 8));
  }
  EXPECT_EQ(check_grade(t.claim(), {1, 2}, 1).finding, Finding::sparse_error);
}

}  // namespace
}  // namespace chipfit::oracle
