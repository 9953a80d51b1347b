#include "harness/wire/abi.hpp"

#include <gtest/gtest.h>

#include <set>

#include "harness/wire/messages.hpp"
#include "harness/wire/progress.hpp"

namespace chipfit::wire {
namespace {

TEST(ToAbi, GemmFillsEveryFieldAndZeroesTheReserve) {
  const GemmProblem p{.m = 3,
                      .n = 5,
                      .k = 7,
                      .batch = 2,
                      .trans_a = Transpose::no,
                      .trans_b = Transpose::yes,
                      .dtypes = {Dtype::bf16, Dtype::bf16, Dtype::f32, Dtype::bf16},
                      .math = Math::strict,
                      .accumulate = Accumulate::add};
  const auto abi = to_abi(p);
  EXPECT_EQ(abi.struct_size, 256u);
  EXPECT_EQ(abi.op, CHIPFIT_GEMM);
  EXPECT_EQ(abi.dtype_a, CHIPFIT_BF16);
  EXPECT_EQ(abi.dtype_b, CHIPFIT_BF16);
  EXPECT_EQ(abi.dtype_acc, CHIPFIT_F32);
  EXPECT_EQ(abi.dtype_out, CHIPFIT_BF16);
  EXPECT_EQ(abi.math, CHIPFIT_STRICT);
  EXPECT_EQ(abi.accumulate, 1u);
  EXPECT_EQ(abi.layout, CHIPFIT_ROW_MAJOR);
  EXPECT_EQ(abi.since_minor, 0u);
  EXPECT_EQ(abi.shape.gemm.m, 3);
  EXPECT_EQ(abi.shape.gemm.n, 5);
  EXPECT_EQ(abi.shape.gemm.k, 7);
  EXPECT_EQ(abi.shape.gemm.batch, 2);
  EXPECT_EQ(abi.shape.gemm.trans_a, 0u);
  EXPECT_EQ(abi.shape.gemm.trans_b, 1u);
  for (std::size_t i = sizeof(chipfit_gemm_shape) / 8; i < 24; ++i) EXPECT_EQ(abi.shape.words[i], 0u) << i;
  for (const auto word : abi.reserved) EXPECT_EQ(word, 0u);
}

TEST(ToAbi, ConvolutionFillsInTheOutputExtents) {
  ConvProblem p;
  p.direction = ConvDirection::bwd_weights;
  p.n = 2, p.c = 6, p.h = 10, p.w = 11, p.k = 9, p.r = 3, p.s = 2;
  p.pad_h = 1, p.pad_w = 0, p.stride_h = 2, p.stride_w = 3, p.dil_h = 1, p.dil_w = 2, p.groups = 3;
  p.layout = Layout::nchw;
  const auto abi = to_abi(p);
  EXPECT_EQ(abi.op, CHIPFIT_CONV_BWD_WEIGHTS);
  EXPECT_EQ(abi.layout, CHIPFIT_NCHW);
  const auto& conv = abi.shape.conv;
  EXPECT_EQ(conv.p, 5) << "(10 + 2 - 2 - 1) / 2 + 1";
  EXPECT_EQ(conv.q, 3) << "(11 - 2 - 1) / 3 + 1";
  EXPECT_EQ((std::array{conv.n, conv.c, conv.h, conv.w, conv.k, conv.r, conv.s}),
            (std::array<std::int64_t, 7>{2, 6, 10, 11, 9, 3, 2}));
  EXPECT_EQ((std::array{conv.pad_h, conv.pad_w, conv.stride_h, conv.stride_w, conv.dil_h, conv.dil_w, conv.groups}),
            (std::array<std::int64_t, 7>{1, 0, 2, 3, 1, 2, 3}));
}

TEST(Names, StatusesOutsideTheSixAreNotOne) {
  EXPECT_TRUE(is_status(CHIPFIT_INTERNAL));
  EXPECT_FALSE(is_status(6));
  EXPECT_FALSE(is_status(bad_request));
  EXPECT_EQ(name(CHIPFIT_OUT_OF_MEMORY), "OUT_OF_MEMORY");
}

TEST(Names, EveryStepAndCallHasOneOfItsOwn) {
  EXPECT_EQ(step_names[static_cast<std::size_t>(Step::enqueue)], "enqueue");
  EXPECT_EQ(step_names[static_cast<std::size_t>(Step::algorithm)], "algorithm");
  EXPECT_EQ(std::set(step_names.begin(), step_names.end()).size(), step_names.size());
  std::set<std::string_view> calls;
  for (auto call = std::uint32_t{1}; call <= static_cast<std::uint32_t>(Call::counter); ++call) {
    calls.insert(name(static_cast<Call>(call)));
  }
  EXPECT_EQ(calls.size(), static_cast<std::size_t>(Call::counter));
}

}  // namespace
}  // namespace chipfit::wire
