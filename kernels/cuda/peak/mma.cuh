#pragma once
#include "kernels/cuda/peak/loop.hpp"
#include "kernels/cuda/peak/random_bits.cuh"

namespace chipfit::cuda_peak {

/// Loop around one mma.sync instruction. `Instruction` names its fragments (32-bit registers a and b of random
/// operands, sums c) and issues it:
///   using Sum = float; static constexpr int a = 4, b = 2, c = 4; static constexpr double flop = 2.0 * 16 * 8 * 16;
///   static constexpr Operand operand = Operand::bf16;
///   static __device__ void issue(Sum (&c)[4], const std::uint32_t (&a)[4], const std::uint32_t (&b)[2]);
constexpr int kMmaThreads = 256;
constexpr int kMmaTiles = 8;  // independent tiles of a warp: they hide the latency of one instruction

template <class Instruction>
__global__ void __launch_bounds__(kMmaThreads) mma_loop(int iterations, std::uint32_t* sink) {
  const std::uint32_t thread = blockIdx.x * kMmaThreads + threadIdx.x;
  std::uint32_t a[Instruction::a], b[kMmaTiles][Instruction::b];
  typename Instruction::Sum c[kMmaTiles][Instruction::c];
  for (int i = 0; i < Instruction::a; ++i) a[i] = random_operands<Instruction::operand>(64 * thread + i);
  for (int t = 0; t < kMmaTiles; ++t) {
    for (int i = 0; i < Instruction::b; ++i)
      b[t][i] = random_operands<Instruction::operand>(64 * thread + 8 + Instruction::b * t + i);
    for (int i = 0; i < Instruction::c; ++i) c[t][i] = 0;
  }
  for (int n = 0; n < iterations; ++n)
#pragma unroll
    for (int t = 0; t < kMmaTiles; ++t) Instruction::issue(c[t], a, b[t]);
  typename Instruction::Sum total = 0;
  for (int t = 0; t < kMmaTiles; ++t)
    for (int i = 0; i < Instruction::c; ++i) total += c[t][i];
  if (total == typename Instruction::Sum(123456789)) *sink = thread;
}

template <class Instruction>
void launch_mma(int blocks, int iterations, std::uint32_t* sink, cudaStream_t stream) {
  mma_loop<Instruction><<<blocks, kMmaThreads, 0, stream>>>(iterations, sink);
}

/// Of one block and one iteration.
template <class Instruction>
constexpr double mma_flop() {
  return Instruction::flop * kMmaTiles * (kMmaThreads / kWarp);
}

}  // namespace chipfit::cuda_peak
