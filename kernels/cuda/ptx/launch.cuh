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

/// The same with the blocks in clusters of `cluster`, which divides their number.
template <class Kernel>
const char* launch_clusters(const typename Kernel::Arguments& args, std::int64_t blocks, int cluster, Step step,
                            void* stream) {
  if (step == Step::configure || cluster == 1) return launch_blocks<Kernel>(args, blocks, step, stream);
  cudaLaunchAttribute attribute{};
  attribute.id = cudaLaunchAttributeClusterDimension;
  attribute.val.clusterDim.x = static_cast<unsigned>(cluster);
  attribute.val.clusterDim.y = attribute.val.clusterDim.z = 1;
  cudaLaunchConfig_t config{};
  config.gridDim = static_cast<unsigned>(blocks);
  config.blockDim = Kernel::kThreads;
  config.dynamicSmemBytes = Kernel::shared_bytes;
  config.stream = static_cast<cudaStream_t>(stream);
  config.attrs = &attribute;
  config.numAttrs = 1;
  return text_of(cudaLaunchKernelEx(&config, run_kernel<Kernel>, args));
}

}  // namespace chipfit::cuda
