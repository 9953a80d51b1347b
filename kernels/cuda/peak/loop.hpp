#pragma once
#include <cuda_runtime_api.h>

#include <cstdint>

namespace chipfit::cuda_peak {

/// One loop of independent multiply-adds. C++17, shared by the .cu files and the host.
struct Loop {
  const char *input, *accumulator, *math, *method;
  int from_capability, to_capability;  ///< where its instructions exist, both included
  int threads;                         ///< of a block
  double flop;                         ///< of one block and one iteration
  /// Runs `iterations` in each of `blocks` blocks. `sink` is written only when a result is impossible, so that nothing
  /// is optimised away.
  void (*launch)(int blocks, int iterations, std::uint32_t* sink, cudaStream_t);
};

constexpr int kAnyCapability = 1000;
constexpr int kWarp = 32;

/// Loops of each file, ended by one without a name.
const Loop* fma_loops();
const Loop* mma_loops();
const Loop* mma_fp8_loops();
const Loop* mma_f64_loops();
const Loop* wgmma_loops();

}  // namespace chipfit::cuda_peak
