#pragma once
#include <cuda_runtime.h>

#include "kernels/cuda/launchers.hpp"

namespace chipfit::cuda {

inline const char* text_of(cudaError_t error) {
  return error == cudaSuccess ? nullptr : cudaGetErrorString(error);
}

template <class Kernel>
__global__ void __launch_bounds__(Kernel::kThreads, Kernel::kBlocksPerSm)
    run_kernel(const __grid_constant__ typename Kernel::Arguments args) {
  Kernel::run(args);
}

/// One launch of `Kernel` on `blocks` blocks.
template <class Kernel>
const char* launch_blocks(const typename Kernel::Arguments& args, std::int64_t blocks, Step step, void* stream) {
  if (step == Step::configure)
    return text_of(
        cudaFuncSetAttribute(run_kernel<Kernel>, cudaFuncAttributeMaxDynamicSharedMemorySize, Kernel::shared_bytes));
  run_kernel<Kernel>
      <<<static_cast<unsigned>(blocks), Kernel::kThreads, Kernel::shared_bytes, static_cast<cudaStream_t>(stream)>>>(
          args);
  return text_of(cudaGetLastError());
}

}  // namespace chipfit::cuda
