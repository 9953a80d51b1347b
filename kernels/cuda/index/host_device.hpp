#pragma once
// Arithmetic that kernels and host code share: C++17, no CUDA type, compiled by any compiler.
#if defined(__CUDACC__)
#define CHIPFIT_HD __host__ __device__ __forceinline__
#define CHIPFIT_UNROLL _Pragma("unroll")
#define CHIPFIT_NO_UNROLL _Pragma("unroll 1")
#else
#define CHIPFIT_HD inline
#define CHIPFIT_UNROLL
#define CHIPFIT_NO_UNROLL
#endif
