#include "kernels/cuda/choose.hpp"

#include <gtest/gtest.h>

#include "kernels/problem/case_id.hpp"

namespace chipfit::cuda {
namespace {

constexpr Capability hopper{9, 0, 132}, ampere{8, 0, 108}, blackwell{10, 0, 148};

std::string name(const char* id, const Capability& device) {
  const Result<Plan> plan = choose(parse_case_id(id).value(), device);
  return plan ? plan->name : plan.error().what;
}

TEST(Choose, SaysWhyThereIsNoKernel) {
  EXPECT_EQ(name("gemm:f32:NN:8x8x8", {7, 5, 40}), "the kernels need compute capability 8.0");
  EXPECT_EQ(name("gemm:f32:NN:3000000000x1x1", hopper), "an extent passes 2^31");
  EXPECT_EQ(name("conv_fwd:i8:nhwc:n70000c1h200w200:k1r1s1", hopper), "an extent passes 2^31");
}

TEST(Choose, StrictF32IsNeverGivenToTheTensorCores) {
  for (const Capability& device : {hopper, ampere, blackwell}) {
    EXPECT_EQ(name("gemm:f32:NT:4096x4096x4096", device), "fma f32 128x128x16");
    EXPECT_EQ(name("conv_fwd:f32:nhwc:n32c64h56w56:k64r3s3:p1x1", device), "fma implicit f32 128x128x16");
  }
}

TEST(Choose, HopperKernelsWhereTheCopyEngineTakesTheOperands) {
  EXPECT_EQ(name("gemm:bf16:NN:8192x8192x8192", hopper), "wgmma bf16 128x256x64");
  EXPECT_EQ(name("gemm:f32:NT:8192x8192x8192:tf32", hopper), "wgmma tf32 128x256x32");
  EXPECT_EQ(name("gemm:f32:NN:8192x8192x8192:tf32", hopper), "mma.sync tf32 128x128x16");
  EXPECT_EQ(name("gemm:bf16:NT:8192x8192x8191", hopper), "mma.sync bf16 128x128x32");
  EXPECT_EQ(name("conv_fwd:f16:nhwc:n32c64h56w56:k64r3s3:p1x1", hopper), "wgmma im2col f16 128x128x64");
  EXPECT_EQ(name("conv_fwd:f16:nhwc:n32c3h224w224:k64r7s7:p3x3:s2x2", hopper), "mma.sync implicit f16 128x128x32");
  EXPECT_EQ(name("gemm:f64:NN:4096x4096x4096", hopper), "dmma m16n8k16 f64 128x128x16");
}

TEST(Choose, Fp8IsForHopperAndForOperandsThatWgmmaTakes) {
  EXPECT_EQ(name("gemm:e4m3:NT:4096x4096x4096", hopper), "wgmma e4m3 128x128x128, sums promoted every 128 of k");
  EXPECT_EQ(name("gemm:e4m3:NN:4096x4096x4096", hopper),
            "wgmma e4m3 128x128x128, sums promoted every 128 of k, laid out anew");
  EXPECT_EQ(name("gemm:e4m3:NT:4096x4096x4096", ampere), "fp8 is computed by wgmma of compute capability 9.0 alone");
  EXPECT_EQ(name("gemm:e5m2:NT:4096x4096x4096", hopper), "wgmma e5m2 128x128x128, sums promoted every 128 of k");
  EXPECT_EQ(name("gemm:e4m3+e5m2-f32-bf16:NT:256x256x256", hopper),
            "wgmma e4m3·e5m2 128x128x128, sums promoted every 128 of k");
}

TEST(Choose, CodeForHopperIsForHopperAlone) {
  for (const Capability& device : {ampere, blackwell}) {
    EXPECT_EQ(name("gemm:bf16:NN:8192x8192x8192", device), "mma.sync bf16 128x128x32");
    EXPECT_EQ(name("gemm:f64:NN:4096x4096x4096", device), "mma.sync f64 128x128x16");
  }
}

TEST(Choose, SplitsSumsOnlyWhereMultiprocessorsWouldBeIdle) {
  // 16 tiles of 64×256 on 132 multiprocessors, 64 slices of k: 8 parts of 8.
  const Result<Plan> skinny = choose(parse_case_id("gemm:bf16:NT:16x4096x4096").value(), hopper);
  ASSERT_TRUE(skinny);
  EXPECT_EQ(skinny->name, "wgmma bf16 64x256x64, split 8");
  EXPECT_EQ(skinny->workspace_bytes, 8 * 16 * 4096 * 4);
  EXPECT_EQ(skinny->schedule.total(), 128);
  EXPECT_EQ(choose(parse_case_id("gemm:bf16:NT:4096x4096x4096").value(), hopper)->workspace_bytes, 0);
}

TEST(Choose, OffersEveryKernelOnceForTheDeviceToTry) {
  std::vector<std::string> names;
  const auto plans = candidates(parse_case_id("gemm:bf16:NT:4096x4096x4096").value(), hopper);
  ASSERT_TRUE(plans);
  for (const Plan& plan : *plans) names.push_back(plan.name);
  EXPECT_EQ(names, (std::vector<std::string>{"wgmma bf16 128x256x64", "wgmma bf16 128x256x64 pairs",
                                             "wgmma bf16 128x128x64 ping-pong", "wgmma bf16 128x128x64",
                                             "mma.sync bf16 128x128x32"}));
  EXPECT_EQ(candidates(parse_case_id("gemm:f64:NN:64x64x64").value(), hopper)->size(), 2u);
  // Split and not.
  EXPECT_EQ(candidates(parse_case_id("gemm:f32:NN:64x64x4096").value(), ampere)->size(), 2u);
}

TEST(Choose, GradientsGoThroughTheCopyEngineToo) {
  EXPECT_EQ(name("conv_bwd_data:bf16:nhwc:n32c64h56w56:k64r3s3:p1x1", hopper), "wgmma im2col of dY bf16 128x128x64");
  EXPECT_EQ(name("conv_bwd_data:bf16:nhwc:n32c64h56w56:k64r3s3:p1x1:s2x2", hopper),
            "mma.sync implicit bf16 128x128x32");
  EXPECT_EQ(name("conv_bwd_weights:f16:nhwc:n32c256h14w14:k256r3s3:p1x1", hopper),
            "wgmma im2col transposed f16 128x128x64, split 3");
}

TEST(Choose, StencilsOfOneChannelAreDepthwiseAndProducts) {
  const auto plans = candidates(parse_case_id("conv_fwd:f64:nchw:n1c1h4096w4096:k1r3s3:p1x1").value(), hopper);
  ASSERT_TRUE(plans);
  ASSERT_EQ(plans->size(), 2u);
  EXPECT_EQ((*plans)[0].name, "depthwise f64");
  EXPECT_EQ((*plans)[1].name, "mma.sync implicit f64 128x128x16");
  EXPECT_TRUE((*plans)[0].copies.empty());
}

TEST(Choose, DepthwiseTakesFourChannelsAtOnceWhereTheyAreAligned) {
  const auto channels = [](const char* id) { return choose(parse_case_id(id).value(), hopper)->channels_per_thread; };
  EXPECT_EQ(channels("conv_fwd:bf16:nhwc:n1c32h8w8:k32r3s3:g32"), 4);
  EXPECT_EQ(channels("conv_fwd:bf16:nhwc:n1c30h8w8:k30r3s3:g30"), 1);
  EXPECT_EQ(channels("conv_fwd:bf16:nhwc:n1c32h8w8:k64r3s3:g32"), 1);
  EXPECT_EQ(name("conv_fwd:f32:nhwc:n1c32h8w8:k32r3s3:g32:tf32", hopper), "depthwise f32");
}

}  // namespace
}  // namespace chipfit::cuda
