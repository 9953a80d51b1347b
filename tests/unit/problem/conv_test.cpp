#include "kernels/problem/conv.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <limits>
#include <random>
#include <string>

#include "kernels/problem/fault.hpp"

namespace chipfit {
namespace {

constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();

// 8 images of 64×56×56, 64 filters of 3×3, pad 1.
ConvProblem sound() {
  return {.n = 8, .c = 64, .h = 56, .w = 56, .k = 64, .r = 3, .s = 3, .pad_h = 1, .pad_w = 1};
}

std::string fault_after(const std::function<void(ConvProblem&)>& change) {
  ConvProblem problem = sound();
  change(problem);
  const auto fault = find_fault(problem);
  const auto result = validate(problem);
  EXPECT_EQ(fault.has_value(), !result);
  if (!fault) return "ok";
  EXPECT_EQ(result.error().what, fault->what);
  EXPECT_NE(fault->hint, "");
  return std::string(fault->field) + ": " + fault->what;
}

TEST(ConvValidate, NamesTheFirstRuleThatIsBroken) {
  using C = ConvProblem;
  EXPECT_EQ(fault_after([](C&) {}), "ok");
  EXPECT_EQ(fault_after([](C& c) { c.n = 0; }), "conv_n: n must be at least 1, not 0");
  EXPECT_EQ(fault_after([](C& c) { c.s = -1; }), "conv_s: s must be at least 1, not -1");
  EXPECT_EQ(fault_after([](C& c) { c.groups = 0; }), "groups: groups must be at least 1, not 0");
  EXPECT_EQ(fault_after([](C& c) { c.groups = 3; }), "groups: groups 3 does not divide channels 64");
  EXPECT_EQ(fault_after([](C& c) { c.groups = 64, c.k = 96; }), "groups: groups 64 does not divide filters 96");
  EXPECT_EQ(fault_after([](C& c) { c.stride_h = 0; }), "stride_h: stride 0 is not a stride");
  EXPECT_EQ(fault_after([](C& c) { c.stride_w = -2; }), "stride_w: stride -2 is not a stride");
  EXPECT_EQ(fault_after([](C& c) { c.dil_w = 0; }), "dil_w: dilation 0 is not a dilation");
  EXPECT_EQ(fault_after([](C& c) { c.pad_h = -1; }), "pad_h: padding -1 is not a padding");
  EXPECT_EQ(fault_after([](C& c) { c.h = 2, c.r = 5, c.dil_h = 2; }),
            "conv_h: the filter reaches over 9 points (r 5, dilation 2), but the padded input has 4 (h 2)");
  EXPECT_EQ(fault_after([](C& c) { c.h = 1; }), "ok");  // 3 padded points for 3 taps
  EXPECT_EQ(fault_after([](C& c) { c.math = Math::bf16; }), "ok");
  EXPECT_EQ(fault_after([](C& c) { c.math = Math::bf16, c.dtypes = default_combo(Dtype::i8).value(); }),
            "math: math mode bf16 applies to f32 operands, not to i8");
  EXPECT_EQ(fault_after([](C& c) { c.dtypes.acc = Dtype::f64; }),
            "dtypes: f32-f64-f32 is not a defined combination of element types");
  EXPECT_EQ(fault_after([](C& c) { c.direction = ConvDirection{77}; }), "directions: unknown direction");
}

TEST(ConvValidate, RefusesWhatDoesNotFit64Bits) {
  using C = ConvProblem;
  EXPECT_EQ(fault_after([](C& c) { c.n = kMax; }), "conv_n: the problem has 2^63 operations or more");
  EXPECT_EQ(fault_after([](C& c) { c.dil_h = kMax; }), "dil_h: the dilated filter reaches over 2^63 points or more");
  EXPECT_EQ(fault_after([](C& c) { c.pad_w = kMax; }), "pad_w: the padded input has 2^63 points or more on one axis");
  EXPECT_EQ(fault_after([](C& c) { c.h = kMax, c.pad_h = 0, c.stride_h = kMax; }),
            "conv_n: the operands have 2^63 bytes or more");  // one row of outputs from an endless image
  EXPECT_EQ(fault_after([](C& c) { c.n = c.c = c.h = c.w = c.k = c.r = c.s = kMax, c.pad_h = c.pad_w = 0; }),
            "conv_n: the problem has 2^63 operations or more");
  EXPECT_EQ(fault_after([](C& c) { c.r = kMax, c.h = kMax, c.pad_h = 0; }),
            "conv_n: the problem has 2^63 operations or more");
}

TEST(ConvExtent, IsTheFormulaOfTheHeader) {
  const auto p = [](std::int64_t h, std::int64_t r, std::int64_t pad, std::int64_t stride, std::int64_t dil) {
    return ConvProblem{.h = h, .w = 1, .r = r, .pad_h = pad, .stride_h = stride, .dil_h = dil}.p();
  };
  EXPECT_EQ(p(224, 7, 3, 2, 1), 112);
  EXPECT_EQ(p(161, 5, 0, 2, 1), 79);
  EXPECT_EQ(p(56, 3, 1, 1, 1), 56);
  EXPECT_EQ(p(33, 3, 12, 1, 12), 33);
  EXPECT_EQ(p(7, 1, 3, 2, 1), 7);  // a 1×1 filter that also lands on padding, as DeepBench has it
  EXPECT_EQ((ConvProblem{.h = 9, .w = 700, .r = 1, .s = 20, .stride_w = 2}.q()), 341);
}

TEST(ConvExtent, IsZeroForWhatIsNoConvolution) {
  EXPECT_EQ((ConvProblem{.h = 2, .r = 3}.p()), 0);
  EXPECT_EQ((ConvProblem{.h = 5, .stride_h = 0}.p()), 0);
  EXPECT_EQ((ConvProblem{.h = 5, .pad_h = kMax}.p()), 0);
  EXPECT_EQ((ConvProblem{.h = 5, .r = 3, .dil_h = kMax}.p()), 0);
}

TEST(ConvFlop, CountsPaddingTapsBecauseTheRateIsNominal) {
  const ConvProblem p{.n = 1, .c = 512, .h = 7, .w = 7, .k = 512, .r = 3, .s = 3, .pad_h = 1, .pad_w = 1};
  EXPECT_EQ(flop(p), 2ll * 512 * 512 * 9 * 7 * 7);
  // Along an axis 19 of the 21 pairs of an output and a tap lie in the image.
  EXPECT_EQ(flop_in_image(p), 2ll * 512 * 512 * 19 * 19);
}

TEST(ConvFlop, IsTheSameInAllDirectionsAndCountsGroups) {
  ConvProblem p = sound();
  const std::int64_t dense = flop(p);
  for (const auto direction : {ConvDirection::fwd, ConvDirection::bwd_data, ConvDirection::bwd_weights}) {
    p.direction = direction;
    EXPECT_EQ(flop(p), dense);
  }
  p.groups = 16;
  EXPECT_EQ(flop(p), dense / 16);
}

TEST(ConvFlopInImage, AgreesWithCountingEveryTap) {
  std::mt19937_64 random(11);
  const auto between = [&](std::int64_t low, std::int64_t high) {
    return low + static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(high - low + 1));
  };
  int checked = 0;
  while (checked < 3000) {
    ConvProblem c{.n = 1,
                  .c = 2,
                  .h = between(1, 12),
                  .w = between(1, 12),
                  .k = 1,
                  .r = between(1, 9),
                  .s = between(1, 9),
                  .pad_h = between(0, 9),
                  .pad_w = between(0, 9),
                  .stride_h = between(1, 4),
                  .stride_w = between(1, 4),
                  .dil_h = between(1, 4),
                  .dil_w = between(1, 4)};
    if (!validate(c)) continue;
    ++checked;
    std::int64_t taps = 0;
    for (std::int64_t p = 0; p < c.p(); ++p) {
      for (std::int64_t q = 0; q < c.q(); ++q) {
        for (std::int64_t r = 0; r < c.r; ++r) {
          for (std::int64_t s = 0; s < c.s; ++s) {
            const std::int64_t y = p * c.stride_h - c.pad_h + r * c.dil_h;
            const std::int64_t x = q * c.stride_w - c.pad_w + s * c.dil_w;
            taps += y >= 0 && y < c.h && x >= 0 && x < c.w ? 1 : 0;
          }
        }
      }
    }
    ASSERT_EQ(flop_in_image(c), 2 * 2 * taps);
    ASSERT_LE(flop_in_image(c), flop(c));
  }
}

// An axis of 2^55 points: walking it would take years.
TEST(ConvFlopInImage, DoesNotWalkTheLongerOfOutputAndFilter) {
  const std::int64_t big = std::int64_t{1} << 55;
  const ConvProblem image{.h = big, .r = 3, .pad_h = 1};
  ASSERT_TRUE(validate(image));
  EXPECT_EQ(flop_in_image(image), 2 * (3 * big - 2));
  const ConvProblem filter{.h = big, .r = big, .pad_h = 1};
  ASSERT_TRUE(validate(filter));
  EXPECT_EQ(flop_in_image(filter), 2 * (big - 1 + big + big - 1));
}

TEST(ConvNames, ErrorsSuggest) {
  EXPECT_EQ(parse_direction("bwd_data").value(), ConvDirection::bwd_data);
  EXPECT_EQ(parse_direction("bwd_date").error().hint, "did you mean 'bwd_data'?");
  EXPECT_EQ(parse_direction("backward").error().hint, "known: fwd, bwd_data, bwd_weights");
  EXPECT_EQ(parse_layout("nhwc").value(), Layout::nhwc);
  EXPECT_EQ(parse_layout("NCHW").error().what, "'NCHW' is not a layout");
  EXPECT_EQ(parse_layout("NCHW").error().hint, "did you mean 'nchw'?");
}

}  // namespace
}  // namespace chipfit
