#include "kernels/cpu/peak_loops.hpp"

#if defined(__x86_64__)
#include <immintrin.h>

#include "kernels/cpu/peak_loop_macro.hpp"

namespace chipfit::cpu::loops {
namespace {

typedef std::uint32_t Uint32x8 __attribute__((vector_size(32)));

}  // namespace

#define CHIPFIT_STEP(i) x##i = _mm256_fnmadd_ps(x##i, s, s);
CHIPFIT_PEAK_LOOP(avx2_f32, __attribute__((target("avx2,fma"))), CHIPFIT_12, __m256, float,
                  const Vector s = Vector{} + seed)
#undef CHIPFIT_STEP

#define CHIPFIT_STEP(i) x##i = _mm256_fnmadd_pd(x##i, s, s);
CHIPFIT_PEAK_LOOP(avx2_f64, __attribute__((target("avx2,fma"))), CHIPFIT_12, __m256d, double,
                  const Vector s = Vector{} + static_cast<double>(seed))
#undef CHIPFIT_STEP

// The product does not depend on the accumulator: the empty asm keeps it from being computed once for all.
#define CHIPFIT_STEP(i)              \
  asm volatile("" : "+x"(changing)); \
  x##i += (Vector)_mm256_madd_epi16(_mm256_maddubs_epi16((__m256i)changing, (__m256i)ones), (__m256i)ones16);
CHIPFIT_PEAK_LOOP(avx2_i8, __attribute__((target("avx2"))), CHIPFIT_12, Uint32x8, std::uint32_t,
                  static_cast<void>(seed);
                  const Uint32x8 ones = Uint32x8{} + 0x01010101, ones16 = Uint32x8{} + 0x00010001;
                  Uint32x8 changing = ones)
#undef CHIPFIT_STEP

#define CHIPFIT_STEP(i) x##i = (Vector)_mm256_dpbusd_avx_epi32((__m256i)x##i, (__m256i)ones, (__m256i)ones);
CHIPFIT_PEAK_LOOP(avx_vnni, __attribute__((target("avx2,avxvnni"))), CHIPFIT_12, Uint32x8, std::uint32_t,
                  static_cast<void>(seed);
                  const Uint32x8 ones = Uint32x8{} + 0x01010101)
#undef CHIPFIT_STEP

}  // namespace chipfit::cpu::loops
#endif
