#pragma once
// Instructions of compute capability 8.0, as functions. PTX ISA 9.0; each function is one instruction.
#include <cuda_bf16.h>
#include <cuda_fp16.h>

#include <cstdint>

namespace chipfit::cuda::ptx {

CHIPFIT_DEVICE int thread() {
  return static_cast<int>(threadIdx.x);
}
CHIPFIT_DEVICE std::uint32_t block() {
  return blockIdx.x;
}
CHIPFIT_DEVICE std::uint32_t blocks() {
  return gridDim.x;
}
CHIPFIT_DEVICE void sync_threads() {
  __syncthreads();
}

CHIPFIT_DEVICE unsigned char* shared() {
  extern __shared__ __align__(1024) unsigned char chipfit_shared[];
  return chipfit_shared;
}
CHIPFIT_DEVICE std::uint32_t shared_address(int offset) {
  return static_cast<std::uint32_t>(__cvta_generic_to_shared(shared())) + static_cast<std::uint32_t>(offset);
}
template <class T>
CHIPFIT_DEVICE T load_shared(int offset) {
  return *reinterpret_cast<const T*>(shared() + offset);
}
template <class T>
CHIPFIT_DEVICE void store_shared(int offset, const T& value) {
  *reinterpret_cast<T*>(shared() + offset) = value;
}

/// Copies kBytes (4, 8, 16) from global memory; zeros where `from` is not valid. `from` must be readable memory's
/// address in any case. Visible after copy_async_wait and a barrier.
template <int kBytes>
CHIPFIT_DEVICE void copy_async(int offset, const void* from, bool valid) {
  const int source_bytes = valid ? kBytes : 0;
  const std::uint32_t to = shared_address(offset);
  if constexpr (kBytes == 16)
    asm volatile("cp.async.cg.shared.global [%0], [%1], 16, %2;" ::"r"(to), "l"(from), "r"(source_bytes) : "memory");
  else
    asm volatile("cp.async.ca.shared.global [%0], [%1], %2, %3;" ::"r"(to), "l"(from), "n"(kBytes), "r"(source_bytes)
                 : "memory");
}
CHIPFIT_DEVICE void copy_async_commit() {
  asm volatile("cp.async.commit_group;" ::: "memory");
}
/// Waits until at most kPending of the latest groups of this thread are unfinished.
template <int kPending>
CHIPFIT_DEVICE void copy_async_wait() {
  asm volatile("cp.async.wait_group %0;" ::"n"(kPending) : "memory");
}

CHIPFIT_DEVICE void ldmatrix(std::uint32_t (&r)[4], int offset) {
  asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0, %1, %2, %3}, [%4];"
               : "=r"(r[0]), "=r"(r[1]), "=r"(r[2]), "=r"(r[3])
               : "r"(shared_address(offset))
               : "memory");
}
CHIPFIT_DEVICE void ldmatrix_transposed(std::uint32_t (&r)[4], int offset) {
  asm volatile("ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16 {%0, %1, %2, %3}, [%4];"
               : "=r"(r[0]), "=r"(r[1]), "=r"(r[2]), "=r"(r[3])
               : "r"(shared_address(offset))
               : "memory");
}

/// f32 bits rounded to tf32: to nearest, ties away from zero.
CHIPFIT_DEVICE std::uint32_t round_to_tf32(std::uint32_t bits) {
  std::uint32_t rounded;
  asm("cvt.rna.tf32.f32 %0, %1;" : "=r"(rounded) : "f"(__uint_as_float(bits)));
  return rounded;
}

// d += a · b. Fragments as in kernels/cuda/index/fragments.hpp.
#define CHIPFIT_MMA_F32(name, shape_and_types)                                                                \
  CHIPFIT_DEVICE void name(float(&d)[4], const std::uint32_t(&a)[4], std::uint32_t b0, std::uint32_t b1) {    \
    asm volatile("mma.sync.aligned." shape_and_types " {%0,%1,%2,%3}, {%4,%5,%6,%7}, {%8,%9}, {%0,%1,%2,%3};" \
                 : "+f"(d[0]), "+f"(d[1]), "+f"(d[2]), "+f"(d[3])                                             \
                 : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b0), "r"(b1));                             \
  }
CHIPFIT_MMA_F32(mma_bf16, "m16n8k16.row.col.f32.bf16.bf16.f32")
CHIPFIT_MMA_F32(mma_f16, "m16n8k16.row.col.f32.f16.f16.f32")
CHIPFIT_MMA_F32(mma_tf32, "m16n8k8.row.col.f32.tf32.tf32.f32")
#undef CHIPFIT_MMA_F32
/// Sums wrap modulo 2^32.
CHIPFIT_DEVICE void mma_i8(std::int32_t (&d)[4], const std::uint32_t (&a)[4], std::uint32_t b0, std::uint32_t b1) {
  asm volatile("mma.sync.aligned.m16n8k32.row.col.s32.s8.s8.s32 {%0,%1,%2,%3}, {%4,%5,%6,%7}, {%8,%9}, {%0,%1,%2,%3};"
               : "+r"(d[0]), "+r"(d[1]), "+r"(d[2]), "+r"(d[3])
               : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b0), "r"(b1));
}
CHIPFIT_DEVICE void mma_f64_m8n8k4(double (&d)[2], double a, double b) {
  asm volatile("mma.sync.aligned.m8n8k4.row.col.f64.f64.f64.f64 {%0,%1}, {%2}, {%3}, {%0,%1};"
               : "+d"(d[0]), "+d"(d[1])
               : "d"(a), "d"(b));
}
/// Compute capability 9.0.
CHIPFIT_DEVICE void mma_f64_m16n8k16(double (&d)[4], const double (&a)[8], const double (&b)[4]) {
  asm volatile(
      "mma.sync.aligned.m16n8k16.row.col.f64.f64.f64.f64 {%0,%1,%2,%3}, {%4,%5,%6,%7,%8,%9,%10,%11}, "
      "{%12,%13,%14,%15}, {%0,%1,%2,%3};"
      : "+d"(d[0]), "+d"(d[1]), "+d"(d[2]), "+d"(d[3])
      : "d"(a[0]), "d"(a[1]), "d"(a[2]), "d"(a[3]), "d"(a[4]), "d"(a[5]), "d"(a[6]), "d"(a[7]), "d"(b[0]), "d"(b[1]),
        "d"(b[2]), "d"(b[3]));
}

CHIPFIT_DEVICE float from_bf16(std::uint16_t bits) {
  return __uint_as_float(std::uint32_t{bits} << 16);
}
CHIPFIT_DEVICE std::uint16_t to_bf16(float x) {
  return __bfloat16_as_ushort(__float2bfloat16_rn(x));
}
CHIPFIT_DEVICE float from_f16(std::uint16_t bits) {
  return __half2float(__ushort_as_half(bits));
}
CHIPFIT_DEVICE std::uint16_t to_f16(float x) {
  return __half_as_ushort(__float2half_rn(x));
}

}  // namespace chipfit::cuda::ptx
