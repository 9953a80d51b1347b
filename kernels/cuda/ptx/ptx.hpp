#pragma once
// The instructions that the kernels are written in, under one set of names: PTX when compiled by nvcc, their functional
// model (kernels/cuda/emulate) when compiled by a host compiler. A kernel that includes this header and no CUDA header
// runs on both. Shared memory is addressed by byte offsets from the start of the block's dynamic allocation, which is
// aligned to 1024 bytes.
#if defined(__CUDACC__)
#define CHIPFIT_DEVICE __device__ __forceinline__
#include "kernels/cuda/ptx/device.cuh"
#include "kernels/cuda/ptx/hopper.cuh"
#else
#define CHIPFIT_DEVICE inline
#include "kernels/cuda/emulate/ptx.hpp"
#endif
