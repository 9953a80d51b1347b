// Operands in another layout: which copies a problem needs, and the kernel that makes them on the functional model.
#include "kernels/cuda/relayout.hpp"

#include <gtest/gtest.h>

#include <numeric>

#include "kernels/cuda/choose.hpp"
#include "kernels/cuda/emulate/block.hpp"
#include "kernels/cuda/relayout/kernels.hpp"
#include "kernels/oracle/reference.hpp"
#include "kernels/problem/case_id.hpp"
#include "trial.hpp"

namespace chipfit::cuda {
namespace {

std::optional<Relaid> relaid_of(const char* id) {
  return relaid(parse_case_id(id).value());
}

void run(RelayoutArguments args, int element_bytes, const void* from, void* to) {
  args.from_data = from, args.to_data = to;
  emulate::Block block;
  const auto on = [&]<class Word>(Word) {
    using Kernel = RelayoutKernel<Word>;
    block.run({3, Kernel::kThreads, Kernel::shared_bytes, 11}, [&] { Kernel::run(args); });
  };
  switch (element_bytes) {
    case 1:
      return on(std::uint8_t{});
    case 2:
      return on(std::uint16_t{});
    case 4:
      return on(std::uint32_t{});
    default:
      return on(std::uint64_t{});
  }
}

TEST(Relayout, WhatEveryKernelTakesAlreadyIsLeftAlone) {
  EXPECT_FALSE(relaid_of("gemm:bf16:NT:8x8x64"));
  EXPECT_FALSE(relaid_of("conv_fwd:bf16:nhwc:n1c8h8w8:k3r3s3"));
  EXPECT_FALSE(relaid_of("conv_fwd:f32:nhwc:n1c3h8w8:k3r3s3")) << "four bytes are copied one by one anyway";
}

TEST(Relayout, ProductsGetRowsOfWholeChunksAlongK) {
  const auto there = relaid_of("gemm:e4m3:NN:5x6x33");
  ASSERT_TRUE(there);
  EXPECT_EQ(case_id(there->problem), "gemm:e4m3:NT:5x6x48");
  ASSERT_EQ(there->copies.size(), 2u);
  EXPECT_FALSE(there->copies[0].there.transposed);
  EXPECT_TRUE(there->copies[1].there.transposed);
  EXPECT_EQ(there->copies[1].bytes, 6 * 48);
}

TEST(Relayout, ConvolutionsBecomeNhwcWithChannelsFilledUp) {
  EXPECT_EQ(case_id(relaid_of("conv_fwd:bf16:nchw:n2c3h9w9:k5r3s3")->problem), "conv_fwd:bf16:nhwc:n2c8h9w9:k5r3s3");
  EXPECT_EQ(case_id(relaid_of("conv_bwd_data:i8:nhwc:n2c3h9w9:k5r3s3")->problem),
            "conv_bwd_data:i8:nhwc:n2c16h9w9:k16r3s3");
  EXPECT_EQ(case_id(relaid_of("conv_fwd:bf16:nchw:n2c6h9w9:k4r3s3:g2")->problem),
            "conv_fwd:bf16:nhwc:n2c6h9w9:k4r3s3:g2");
  const auto one_channel = relaid_of("conv_fwd:f64:nchw:n2c1h9w9:k1r3s3");
  ASSERT_TRUE(one_channel);
  EXPECT_TRUE(one_channel->copies.empty()) << "one channel: NCHW is NHWC";
}

/// The problem by the reference on the copies, and back, is the problem by the reference.
void expect_the_same_result(const std::string& id) {
  SCOPED_TRACE(id);
  Trial t(id);
  const std::optional<Relaid> there = relaid(t.problem);
  ASSERT_TRUE(there);
  const void* in[2] = {t.in0, t.in1};
  void* out = t.out;
  std::vector<std::vector<std::uint64_t>> copies;
  const OperandCopy* back = nullptr;
  for (const OperandCopy& copy : there->copies) {
    copies.emplace_back(static_cast<std::size_t>(copy.bytes) / 8 + 1, 0x5b5b5b5b5b5b5b5b);
    void* to = copies.back().data();
    const bool is_out = copy.which == OperandCopy::Which::out;
    if (!is_out || accumulate(t.problem) == Accumulate::add)
      run(copy.there, copy.element_bytes, is_out ? out : in[static_cast<int>(copy.which)], to);
    if (is_out)
      out = to, back = &copy;
    else
      in[static_cast<int>(copy.which)] = to;
  }
  oracle::reference(there->problem, in[0], in[1], out, 1);
  if (back) run(back->back, back->element_bytes, out, t.out);
  t.expect_reference();
}

TEST(Relayout, GivesTheSameResult) {
  for (const char* id :
       {"gemm:e4m3:NN:37x70x45", "gemm:f32:TN:40x33x50:b2:tf32", "gemm:i8:TT:35x6x100", "gemm:bf16:NT:9x40x35:acc"})
    expect_the_same_result(id);
  for (const char* direction : {"conv_fwd", "conv_bwd_data", "conv_bwd_weights"})
    for (const char* shape : {":bf16:nchw:n2c3h9w11:k5r3s2:p1x2:s2x1", ":bf16:nhwc:n2c3h9w7:k5r3s3:p1x1:acc",
                              ":f32:nchw:n2c6h5w7:k4r2s3:g2:acc", ":f64:nchw:n1c1h40w8:k3r3s3:p1x1",
                              ":i8:nchw:n3c20h1w1:k9r1s1", ":f16:nchw:n2c5h6w6:k5r3s3:g5"})
      expect_the_same_result(std::string(direction) + shape);
}

TEST(Relayout, CopiesLieBehindTheKernelsOwnWorkspace) {
  const auto plans = candidates(parse_case_id("gemm:e4m3:NN:64x256x4096").value(), {9, 0, 132});
  ASSERT_TRUE(plans);
  const Plan& plan = plans->front();
  ASSERT_GT(plan.schedule.splits, 1);
  ASSERT_EQ(plan.copies.size(), 1u);
  EXPECT_EQ(plan.copies[0].workspace_at, plan.schedule.splits * 64 * 256 * 4);
  EXPECT_EQ(plan.workspace_bytes, plan.copies[0].workspace_at + 256 * 4096);
}

}  // namespace
}  // namespace chipfit::cuda
