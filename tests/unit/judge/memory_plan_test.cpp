#include "harness/judge/memory_plan.hpp"

#include <gtest/gtest.h>

#include "kernels/problem/case_id.hpp"

namespace chipfit::judge {
namespace {

constexpr std::uint64_t gib = 1u << 30;
constexpr std::uint64_t mib = 1u << 20;

Problem problem(const char* id) {
  return *parse_case_id(id);
}

MemoryLimits host(std::uint64_t available) {
  return {.host_available = available, .device_available = 0, .view_alignment = 64, .last_level_cache = 32 * mib};
}

TEST(MemoryPlan, TooBigIsAnErrorWithTheSizes) {
  const auto plan = plan_memory(problem("gemm:f32:NN:65536x65536x65536"), host(24 * gib));
  ASSERT_FALSE(plan);
  EXPECT_EQ(plan.error().kind, Error::Kind::unavailable);
  EXPECT_NE(plan.error().what.find("24.00 GiB"), std::string::npos) << plan.error().what;
}

TEST(MemoryPlan, DeviceMemoryCountsByItself) {
  MemoryLimits limits = host(24 * gib);
  limits.device_available = 64 * mib;
  const auto plan = plan_memory(problem("gemm:f32:NN:4096x4096x4096"), limits);
  ASSERT_FALSE(plan);
  EXPECT_NE(plan.error().what.find("on the device"), std::string::npos) << plan.error().what;
}

TEST(MemoryPlan, PoolsAreTwiceTheOperandAndTwiceTheCache) {
  const auto small = plan_memory(problem("gemm:f32:NN:64x64x64"), host(24 * gib));
  ASSERT_TRUE(small);
  EXPECT_GE(small->pool[0] + small->pool[1], 64 * mib);
  const auto large = plan_memory(problem("gemm:f32:NN:4096x4096x4096"), host(24 * gib));
  ASSERT_TRUE(large);
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(large->operand[static_cast<std::size_t>(i)], 64 * mib);
    EXPECT_GE(large->pool[static_cast<std::size_t>(i)], 128 * mib);
  }
}

TEST(MemoryPlan, TheCacheIsTheOneOfTheDeviceThatComputes) {
  chipfit_device_info device{};
  device.kind = CHIPFIT_CPU;
  EXPECT_EQ(cache_to_defeat(device, 32 * mib), 32 * mib);
  device.kind = CHIPFIT_GPU;
  EXPECT_EQ(cache_to_defeat(device, 512 * mib), 64 * mib) << "the host's cache says nothing of a GPU's";
  device.last_level_cache_kib = 60 << 10;
  EXPECT_EQ(cache_to_defeat(device, 512 * mib), 60 * mib);
}

TEST(MemoryPlan, PoolsShrinkBeforeACaseIsTooBig) {
  // Full pools of 8192³ take 2.5 GiB on each side; this host has less.
  const auto full = plan_memory(problem("gemm:f32:NN:8192x8192x8192"), host(24 * gib));
  const auto tight = plan_memory(problem("gemm:f32:NN:8192x8192x8192"), host(3 * gib + 512 * mib));
  ASSERT_TRUE(full);
  ASSERT_TRUE(tight) << tight.error().what;
  EXPECT_LT(tight->pool[0], full->pool[0]);
  EXPECT_GE(tight->pool[0], tight->operand[0]);
}

TEST(MemoryPlan, TheJudgeStaysWithinTwiceTheCasePlusAQuarterGibibyte) {
  for (const char* id : {"gemm:f32:NN:64x64x64", "gemm:f32:NN:4096x4096x4096", "gemm:f32:NN:8192x8192x32",
                         "gemm:i8:NN:4096x4096x16", "conv_bwd_weights:f32:nhwc:n32c64h56w56:k256r1s1"}) {
    const auto plan = plan_memory(problem(id), host(64 * gib));
    ASSERT_TRUE(plan) << id;
    EXPECT_LE(plan->judge_bytes(), 2 * (plan->operand[0] + plan->operand[1] + plan->output) + 256 * mib) << id;
  }
}

TEST(MemoryPlan, WithoutViewsInputsComeInSeveralBuffers) {
  MemoryLimits limits = host(24 * gib);
  limits.view_alignment = 0;
  const auto plan = plan_memory(problem("gemm:f32:NN:1024x1024x1024"), limits);
  ASSERT_TRUE(plan);
  EXPECT_GT(plan->buffers[0], 1);
  EXPECT_GE(plan->ring, 3);
}

TEST(MemoryPlan, EveryOutputHasItsGuard) {
  const auto plan = plan_memory(problem("gemm:f32:NN:1x1x1"), host(24 * gib));
  ASSERT_TRUE(plan);
  EXPECT_EQ(plan->output, 4u);
  EXPECT_GE(plan->slot, plan->output + guard_bytes);
}

}  // namespace
}  // namespace chipfit::judge
