#pragma once
// wgmma: d (64×kN, in registers) = a·b + (add ? d : 0), 32 bytes of k; a and b are descriptors of shared memory
// (kernels/cuda/index/wgmma_descriptor.hpp). One function per type and kN in {128, 256}.
#include <cstdint>

namespace chipfit::cuda::ptx {

#define CHIPFIT_D4(c, i) c(d[i]), c(d[i + 1]), c(d[i + 2]), c(d[i + 3])
#define CHIPFIT_D16(c, i) CHIPFIT_D4(c, i), CHIPFIT_D4(c, i + 4), CHIPFIT_D4(c, i + 8), CHIPFIT_D4(c, i + 12)
#define CHIPFIT_D64(c, i) CHIPFIT_D16(c, i), CHIPFIT_D16(c, i + 16), CHIPFIT_D16(c, i + 32), CHIPFIT_D16(c, i + 48)
#define CHIPFIT_REGISTERS_64                                                         \
  "{%0, %1, %2, %3, %4, %5, %6, %7, %8, %9, %10, %11, %12, %13, %14, %15, "          \
  "%16, %17, %18, %19, %20, %21, %22, %23, %24, %25, %26, %27, %28, %29, %30, %31, " \
  "%32, %33, %34, %35, %36, %37, %38, %39, %40, %41, %42, %43, %44, %45, %46, %47, " \
  "%48, %49, %50, %51, %52, %53, %54, %55, %56, %57, %58, %59, %60, %61, %62, %63}, "
#define CHIPFIT_REGISTERS_128                                                                    \
  "{%0, %1, %2, %3, %4, %5, %6, %7, %8, %9, %10, %11, %12, %13, %14, %15, "                      \
  "%16, %17, %18, %19, %20, %21, %22, %23, %24, %25, %26, %27, %28, %29, %30, %31, "             \
  "%32, %33, %34, %35, %36, %37, %38, %39, %40, %41, %42, %43, %44, %45, %46, %47, "             \
  "%48, %49, %50, %51, %52, %53, %54, %55, %56, %57, %58, %59, %60, %61, %62, %63, "             \
  "%64, %65, %66, %67, %68, %69, %70, %71, %72, %73, %74, %75, %76, %77, %78, %79, "             \
  "%80, %81, %82, %83, %84, %85, %86, %87, %88, %89, %90, %91, %92, %93, %94, %95, "             \
  "%96, %97, %98, %99, %100, %101, %102, %103, %104, %105, %106, %107, %108, %109, %110, %111, " \
  "%112, %113, %114, %115, %116, %117, %118, %119, %120, %121, %122, %123, %124, %125, %126, %127}, "

// `tail` holds what follows the descriptors and the predicate: scales and transposes.
#define CHIPFIT_WGMMA_128(constraint, k_and_types, tail, ...)                                                 \
  asm volatile(                                                                                               \
      "{\n.reg .pred add;\nsetp.ne.b32 add, %66, 0;\n"                                                        \
      "wgmma.mma_async.sync.aligned.m64n128" k_and_types " " CHIPFIT_REGISTERS_64 "%64, %65, add" tail ";\n}" \
      : CHIPFIT_D64(constraint, 0)                                                                            \
      : "l"(a), "l"(b), "r"(add)__VA_ARGS__)
#define CHIPFIT_WGMMA_256(constraint, k_and_types, tail, ...)                                                    \
  asm volatile(                                                                                                  \
      "{\n.reg .pred add;\nsetp.ne.b32 add, %130, 0;\n"                                                          \
      "wgmma.mma_async.sync.aligned.m64n256" k_and_types " " CHIPFIT_REGISTERS_128 "%128, %129, add" tail ";\n}" \
      : CHIPFIT_D64(constraint, 0), CHIPFIT_D64(constraint, 64)                                                  \
      : "l"(a), "l"(b), "r"(add)__VA_ARGS__)

#define CHIPFIT_WGMMA_TRANSPOSING(name, k_and_types)                                                \
  template <int kN, bool kMnA, bool kMnB>                                                           \
  CHIPFIT_DEVICE void name(float(&d)[kN / 2], std::uint64_t a, std::uint64_t b, int add) {          \
    static_assert(kN == 128 || kN == 256, "no such tile");                                          \
    if constexpr (kN == 128)                                                                        \
      CHIPFIT_WGMMA_128("+f", k_and_types, ", 1, 1, %67, %68", , "n"(int{kMnA}), "n"(int{kMnB}));   \
    else                                                                                            \
      CHIPFIT_WGMMA_256("+f", k_and_types, ", 1, 1, %131, %132", , "n"(int{kMnA}), "n"(int{kMnB})); \
  }
CHIPFIT_WGMMA_TRANSPOSING(wgmma_bf16, "k16.f32.bf16.bf16")
CHIPFIT_WGMMA_TRANSPOSING(wgmma_f16, "k16.f32.f16.f16")

#define CHIPFIT_WGMMA_K_MAJOR(name, sum, constraint, k_and_types, tail)                  \
  template <int kN>                                                                      \
  CHIPFIT_DEVICE void name(sum(&d)[kN / 2], std::uint64_t a, std::uint64_t b, int add) { \
    static_assert(kN == 128 || kN == 256, "no such tile");                               \
    if constexpr (kN == 128)                                                             \
      CHIPFIT_WGMMA_128(constraint, k_and_types, tail);                                  \
    else                                                                                 \
      CHIPFIT_WGMMA_256(constraint, k_and_types, tail);                                  \
  }
CHIPFIT_WGMMA_K_MAJOR(wgmma_tf32, float, "+f", "k8.f32.tf32.tf32", ", 1, 1")
CHIPFIT_WGMMA_K_MAJOR(wgmma_e4m3, float, "+f", "k32.f32.e4m3.e4m3", ", 1, 1")
CHIPFIT_WGMMA_K_MAJOR(wgmma_e5m2, float, "+f", "k32.f32.e5m2.e5m2", ", 1, 1")
CHIPFIT_WGMMA_K_MAJOR(wgmma_e4m3_e5m2, float, "+f", "k32.f32.e4m3.e5m2", ", 1, 1")
CHIPFIT_WGMMA_K_MAJOR(wgmma_e5m2_e4m3, float, "+f", "k32.f32.e5m2.e4m3", ", 1, 1")
CHIPFIT_WGMMA_K_MAJOR(wgmma_i8, std::int32_t, "+r", "k32.s32.s8.s8", "")

#undef CHIPFIT_WGMMA_TRANSPOSING
#undef CHIPFIT_WGMMA_K_MAJOR
#undef CHIPFIT_WGMMA_128
#undef CHIPFIT_WGMMA_256
#undef CHIPFIT_REGISTERS_64
#undef CHIPFIT_REGISTERS_128
#undef CHIPFIT_D4
#undef CHIPFIT_D16
#undef CHIPFIT_D64

}  // namespace chipfit::cuda::ptx
