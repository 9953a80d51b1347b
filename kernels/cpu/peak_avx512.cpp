#include "kernels/cpu/peak_loops.hpp"

#if defined(__x86_64__)
#include <immintrin.h>

#include <bit>

#include "kernels/cpu/peak_loop_macro.hpp"

namespace chipfit::cpu::loops {
namespace {

typedef std::uint32_t Uint32x16 __attribute__((vector_size(64)));

}  // namespace

#define CHIPFIT_STEP(i) x##i = _mm512_fnmadd_ps(x##i, s, s);
CHIPFIT_PEAK_LOOP(avx512_f32, __attribute__((target("avx512f"))), CHIPFIT_24, __m512, float,
                  const Vector s = Vector{} + seed)
#undef CHIPFIT_STEP

#define CHIPFIT_STEP(i) x##i = _mm512_fnmadd_pd(x##i, s, s);
CHIPFIT_PEAK_LOOP(avx512_f64, __attribute__((target("avx512f"))), CHIPFIT_24, __m512d, double,
                  const Vector s = Vector{} + static_cast<double>(seed))
#undef CHIPFIT_STEP

// A bf16 is the upper half of a float: pairs (1, 1) and (seed, seed).
#define CHIPFIT_STEP(i) x##i = _mm512_dpbf16_ps(x##i, (__m512bh)ones, (__m512bh)seeds);
CHIPFIT_PEAK_LOOP(avx512_bf16, __attribute__((target("avx512f,avx512bf16"))), CHIPFIT_24, __m512, float,
                  const auto half = std::bit_cast<std::uint32_t>(seed) >> 16;
                  const Uint32x16 ones = Uint32x16{} + 0x3F803F80, seeds = Uint32x16{} + (half << 16 | half))
#undef CHIPFIT_STEP

#define CHIPFIT_STEP(i) x##i = (Vector)_mm512_dpbusd_epi32((__m512i)x##i, (__m512i)ones, (__m512i)ones);
CHIPFIT_PEAK_LOOP(avx512_vnni, __attribute__((target("avx512f,avx512vnni"))), CHIPFIT_24, Uint32x16, std::uint32_t,
                  static_cast<void>(seed);
                  const Uint32x16 ones = Uint32x16{} + 0x01010101)
#undef CHIPFIT_STEP

}  // namespace chipfit::cpu::loops
#endif
