// Convolutions whose transforms have inexact constants: honest ones pass by the second exact round, cheats do not get
// it.
#include <gtest/gtest.h>

#include "kernels/oracle/elementwise.hpp"
#include "kernels/oracle/reference.hpp"
#include "winograd.hpp"

namespace chipfit::oracle {
namespace {

constexpr const char* kLayer = "conv_fwd:f32:nhwc:n2c16h14w14:k16r3s3:p1x1";

Report first(Trial& t, std::uint64_t secret = 1) {
  return check_exact(t.claim(), {secret, 5}, 1);
}
Report second(Trial& t, std::uint64_t secret = 1) {
  return check_exact(t.claim(), {secret, 6}, 1, Rounding::nearest);
}

/// Adds rounding noise of grade `e`, that of f32 arithmetic for the problem's own data, to every `every`th output.
void add_noise(Trial& t, double e, std::int64_t every = 1) {
  double squares = 0;
  for (std::int64_t i = 0; i < t.outputs(); ++i) squares += t.get(i) * t.get(i);
  const double sigma = e * 0x1p-24 * std::sqrt(squares / static_cast<double>(t.outputs()));
  std::mt19937_64 random(1);
  std::normal_distribution<double> normal(0, sigma);
  for (std::int64_t i = 0; i < t.outputs(); i += every) t.set(i, t.get(i) + normal(random));
}

Trial honest(const char* id, Data data, std::uint64_t seed = 1) {
  Trial t = make_trial(id, data, seed);
  compute_by_winograd(t, kWinograd4);
  return t;
}

class HonestTransform : public testing::TestWithParam<const char*> {};

TEST_P(HonestTransform, PassesTheSecondRoundTheGradeAndTheElementwiseCheck) {
  for (const bool larger_tile : {false, true}) {
    const auto trial = [&](Data data) {
      Trial t = make_trial(GetParam(), data, 3);
      larger_tile ? compute_by_winograd(t, kWinograd6) : compute_by_winograd(t, kWinograd4);
      return t;
    };
    Trial t = trial(Data::exact);
    EXPECT_EQ(first(t).finding, Finding::incorrect);
    EXPECT_TRUE(first(t).dense_fractions) << first(t).reason;
    t = trial(Data::exact_with_headroom);
    EXPECT_EQ(second(t).finding, Finding::ok) << second(t).reason;
    double farthest = 0;
    for (std::int64_t i = 0; i < t.outputs(); ++i) {
      farthest = std::max(farthest, std::fabs(t.get(i) - std::nearbyint(t.get(i))));
    }
    EXPECT_LT(farthest, 0.125);  // half of what is allowed
    t = trial(Data::uniform);
    EXPECT_EQ(check_grade(t.claim(), {1, 2}, 1).finding, Finding::ok) << check_grade(t.claim(), {1, 2}, 1).reason;
    EXPECT_EQ(check_elementwise(t.claim(), {1, 2}, 1).finding, Finding::ok);
  }
}

INSTANTIATE_TEST_SUITE_P(Layers, HonestTransform,
                         testing::Values("conv_fwd:f32:nhwc:n1c1h4w4:k1r3s3",
                                         "conv_fwd:f32:nchw:n1c1h40w40:k1r3s3:p2x2",
                                         "conv_fwd:f32:nchw:n2c3h30w30:k8r3s3:p1x1", kLayer,
                                         "conv_fwd:f32:nhwc:n1c64h28w28:k16r3s3:p1x1",
                                         "conv_fwd:f32:nchw:n1c512h14w14:k8r3s3:p1x1",
                                         "conv_fwd:f32:nchw:n1c512h14w14:k8r3s3:p1x1:relaxed"));

TEST(SecondRound, FindsOneElementWrongByOneWhateverTheSecret) {
  Trial t = honest(kLayer, Data::exact_with_headroom);
  for (std::uint64_t i = 0; i < 40; ++i) {
    const auto at = static_cast<std::int64_t>(i * 2'654'435'761u % static_cast<std::uint64_t>(t.outputs()));
    const double was = t.get(at);
    for (const double by : {1.0, -1.0, 7.0, 4096.0}) {
      t.set(at, was + by);
      EXPECT_EQ(second(t, i).finding, Finding::incorrect) << at;
    }
    t.set(at, was);
  }
}

TEST(SecondRound, RefusesWhatIsFarFromIntegersTooLargeOrNoNumber) {
  Trial t = honest(kLayer, Data::exact_with_headroom);
  const double was = std::nearbyint(t.get(99));
  for (const double x : {was + 0.3, was - 0.49, 0x1p23}) {
    t.set(99, x);
    EXPECT_EQ(second(t).finding, Finding::incorrect) << x;
    EXPECT_NE(second(t).reason.find("of 6272 outputs"), std::string::npos) << second(t).reason;
  }
  t.set(99, std::nan(""));
  EXPECT_EQ(second(t).finding, Finding::not_finite);
}

TEST(SecondRound, SaysThatItRounded) {
  Trial t = honest(kLayer, Data::exact_with_headroom);
  EXPECT_EQ(second(t).method, "exact-nearest");
  EXPECT_EQ(first(t).method, "exact");
}

TEST(SecondRound, PassesAnyRoundingOfTheF32FamilyAndNoneOfTheNext) {
  for (const char* id :
       {kLayer, "conv_bwd_weights:f32:nchw:n4c4h12w12:k8r3s3:p1x1", "conv_bwd_data:f64:nhwc:n2c8h10w10:k8r3s3"}) {
    const double unit = dtypes(*parse_case_id(id)).out == Dtype::f64 ? 0x1p-29 : 1;
    Trial t = make_trial(id, Data::exact_with_headroom);
    compute(t);
    add_noise(t, 400 * unit);
    EXPECT_EQ(second(t).finding, Finding::ok) << id << second(t).reason;
    compute(t);
    add_noise(t, 2e4 * unit);
    EXPECT_EQ(second(t).finding, Finding::incorrect) << id;
  }
}

TEST(SecondRound, IsNotOfferedToPrecisionsBelowTheDeclaredHiddenInDenseNoise) {
  // Without the noise they are integers, and wrong.
  for (const Arithmetic& lesser : {Arithmetic{.input_bits = 8}, Arithmetic{.input_bits = 11},
                                   Arithmetic{.accumulator = Dtype::f16}, Arithmetic{.accumulator = Dtype::bf16}}) {
    for (const char* id :
         {"conv_fwd:f32:nhwc:n2c4h8w8:k8r3s3:p1x1", "conv_bwd_weights:f32:nchw:n2c4h8w8:k8r3s3:p1x1"}) {
      Trial t = make_trial(id, Data::exact);
      compute(t, lesser);
      if (lesser.accumulator == Dtype::f16) {  // sums beyond f16 are infinite in the round as it is
        for (std::int64_t i = 0; i < t.outputs(); ++i) {
          if (!std::isfinite(t.get(i))) t.set(i, 65504);
        }
      }
      add_noise(t, 100);
      EXPECT_EQ(first(t).finding, Finding::incorrect) << id;
      EXPECT_FALSE(first(t).dense_fractions) << id << " " << lesser.input_bits;
      if (lesser.accumulator != Dtype::f64) continue;
      Trial timed = make_trial(id, Data::uniform);
      compute(timed, lesser);
      add_noise(timed, 100);
      EXPECT_EQ(check_grade(timed.claim(), {1, 2}, 1).finding, Finding::precision) << id;
    }
  }
}

TEST(SecondRound, IsNotOfferedToFaultsHiddenInDenseNoiseOrFindsThem) {
  const auto faults = {+[](Trial& t) { t.set(1234, 0); }, +[](Trial& t) { t.set(1234, t.get(1235)); },
                       +[](Trial& t) { t.set(1234, t.get(1234) * 1.1); },
                       +[](Trial& t) {
                         for (std::int64_t i = 0; i < t.outputs() / 2; ++i) t.set(i, t.get(i + t.outputs() / 2));
                       },
                       +[](Trial& t) {
                         for (std::int64_t i = 0; i < t.outputs(); i += 16) t.set(i, t.get(i) * 0.97);
                       }};
  for (const auto fault : faults) {
    Trial one = make_trial(kLayer, Data::exact), two = make_trial(kLayer, Data::exact_with_headroom);
    for (Trial* t : {&one, &two}) {
      reference(t->problem, t->a[0].data(), t->b[0].data(), t->out.data(), 1);
      fault(*t);
      add_noise(*t, 50);
    }
    EXPECT_EQ(first(one).finding, Finding::incorrect);
    EXPECT_FALSE(first(one).dense_fractions && second(two).finding == Finding::ok);
  }
}

TEST(SecondRound, IsOfferedToDenseFractionsOfConvolutionsOnly) {
  Trial t = honest(kLayer, Data::exact);
  EXPECT_TRUE(first(t).dense_fractions);
  // Fractions in an eighth of the outputs: an image of eight, a tile, a filter.
  reference(t.problem, t.a[0].data(), t.b[0].data(), t.out.data(), 1);
  add_noise(t, 50, 8);
  EXPECT_EQ(first(t).finding, Finding::incorrect);
  EXPECT_FALSE(first(t).dense_fractions);
  // A product of matrices has integer transforms at most.
  t = make_trial("gemm:f32:NN:30x30x64", Data::exact);
  compute(t);
  add_noise(t, 50);
  EXPECT_EQ(first(t).finding, Finding::incorrect);
  EXPECT_FALSE(first(t).dense_fractions);
  EXPECT_EQ(second(t).finding, Finding::incorrect);
  // One NaN or one impossible value outweighs all fractions.
  t = honest(kLayer, Data::exact);
  t.set(5, 0x1p25);
  EXPECT_FALSE(first(t).dense_fractions);
  t.set(5, std::nan(""));
  EXPECT_FALSE(first(t).dense_fractions);
}

TEST(PlanWithHeadroom, KeepsTheRootMeanSquareOfSumsAt2To10) {
  const auto size = [](const char* id, double terms) {
    const Problem problem = *parse_case_id(id);
    const ExactPlan plan = exact_plan(problem, Headroom::for_transforms);
    const auto power = [](ExactRange r) {
      const auto m = static_cast<double>(r.magnitude);
      return r.density * (m + 1) * (2 * m + 1) / 6;
    };
    return std::sqrt(power(plan.in[0]) * power(plan.in[1]) * terms * static_cast<double>(products_per_output(problem)));
  };
  for (const char* id :
       {"conv_fwd:f32:nhwc:n1c1h8w8:k1r1s1", "conv_fwd:f32:nhwc:n1c1h8w8:k1r3s3", "conv_fwd:f32:nhwc:n1c512h8w8:k1r3s3",
        "conv_bwd_weights:f32:nhwc:n32c3h224w224:k1r3s3:p1x1", "conv_bwd_data:f32:nchw:n1c8h8w8:k2048r3s3:p1x1"}) {
    EXPECT_LE(size(id, 1), 1024) << id;
    EXPECT_GE(size(id, 1), 512) << id;
  }
  EXPECT_LE(size("conv_fwd:f32:nhwc:n1c64h8w8:k1r3s3:acc", 16), 1024);
  EXPECT_LE(size("conv_fwd:f64:nhwc:n1c64h8w8:k1r3s3", 1), 0x1p39);
  EXPECT_GE(size("conv_fwd:f64:nhwc:n1c64h8w8:k1r3s3", 1), 0x1p37);
}

TEST(PlanWithHeadroom, IsThePlanItselfWhereNoTransformIsInexact) {
  for (const char* id :
       {"gemm:f32:NN:8x8x64", "conv_fwd:bf16:nhwc:n1c8h8w8:k8r3s3", "conv_fwd:i8:nhwc:n1c8h8w8:k8r3s3"}) {
    const Problem problem = *parse_case_id(id);
    EXPECT_FALSE(has_inexact_transforms(problem)) << id;
    EXPECT_EQ(exact_plan(problem, Headroom::for_transforms).in[0].magnitude, exact_plan(problem).in[0].magnitude) << id;
  }
}

}  // namespace
}  // namespace chipfit::oracle
