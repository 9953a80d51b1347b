// Multiply-adds of the ordinary cores: f32 and f64.
#include "kernels/cuda/peak/loop.hpp"
#include "kernels/cuda/peak/random_bits.cuh"

namespace chipfit::cuda_peak {
namespace {

constexpr int kThreads = 256;
constexpr int kChains = 8;  // independent sums of a thread: they hide the latency of one multiply-add
constexpr int kUnrolled = 16;

template <class Real>
__global__ void __launch_bounds__(kThreads) fma_loop(int iterations, std::uint32_t* sink) {
  const std::uint32_t thread = blockIdx.x * kThreads + threadIdx.x;
  Real sums[kChains];
  for (int i = 0; i < kChains; ++i)
    sums[i] = static_cast<Real>(__uint_as_float(random_operands<Operand::f32>(8 * thread + i)));
  // |factor| < 1 keeps the sums in range for any number of iterations.
  const Real factor = static_cast<Real>(__uint_as_float(random_operands<Operand::f32>(thread ^ 0x5bd1e995)));
  const Real addend = static_cast<Real>(__uint_as_float(random_operands<Operand::f32>(thread + 77)));
  for (int n = 0; n < iterations; ++n)
#pragma unroll
    for (int u = 0; u < kUnrolled; ++u)
#pragma unroll
      for (int i = 0; i < kChains; ++i) sums[i] = sums[i] * factor + addend;
  Real total = 0;
  for (int i = 0; i < kChains; ++i) total += sums[i];
  if (total == Real(1e30)) *sink = thread;
}

template <class Real>
void launch(int blocks, int iterations, std::uint32_t* sink, cudaStream_t stream) {
  fma_loop<Real><<<blocks, kThreads, 0, stream>>>(iterations, sink);
}

constexpr double kFlop = 2.0 * kThreads * kChains * kUnrolled;

}  // namespace

const Loop* fma_loops() {
  static const Loop loops[] = {{"f32", "f32", "strict", "fma", 50, kAnyCapability, kThreads, kFlop, launch<float>},
                               {"f64", "f64", "strict", "fma", 50, kAnyCapability, kThreads, kFlop, launch<double>},
                               {}};
  return loops;
}

}  // namespace chipfit::cuda_peak
