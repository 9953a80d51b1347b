#include "kernels/cpu/peak_loop_macro.hpp"
#include "kernels/cpu/peak_loops.hpp"

#if defined(__x86_64__)
#include <emmintrin.h>
#endif

// What every processor of the architecture has: SSE2 on x86-64; NEON on Arm, where x·a + b becomes one fmla.
namespace chipfit::cpu::loops {
namespace {

typedef float Float4 __attribute__((vector_size(16)));
typedef double Double2 __attribute__((vector_size(16)));
typedef std::uint32_t Uint32x4 __attribute__((vector_size(16)));

}  // namespace

#if defined(__aarch64__)
#define CHIPFIT_REPEAT CHIPFIT_24
#else
#define CHIPFIT_REPEAT CHIPFIT_12
#endif

#define CHIPFIT_STEP(i) x##i = x##i * minus_s + s;
CHIPFIT_PEAK_LOOP(portable_f32, , CHIPFIT_REPEAT, Float4, float, const Vector s = Vector{} + seed, minus_s = -s)
CHIPFIT_PEAK_LOOP(portable_f64, , CHIPFIT_REPEAT, Double2, double,
                  const Vector s = Vector{} + static_cast<double>(seed), minus_s = -s)
#undef CHIPFIT_STEP

#if defined(__x86_64__)
#define CHIPFIT_STEP(i)              \
  asm volatile("" : "+x"(changing)); \
  x##i += (Vector)_mm_madd_epi16((__m128i)changing, (__m128i)ones);
CHIPFIT_PEAK_LOOP(portable_i8, , CHIPFIT_REPEAT, Uint32x4, std::uint32_t, static_cast<void>(seed);
                  const Uint32x4 ones = Uint32x4{} + 0x00010001; Uint32x4 changing = ones)
#else
#if defined(__aarch64__)
#define CHIPFIT_REGISTER "+w"
#else
#define CHIPFIT_REGISTER "+m"  // not every architecture has vector registers
#endif
#define CHIPFIT_STEP(i)                                                  \
  asm volatile("" : CHIPFIT_REGISTER(changing), CHIPFIT_REGISTER(ones)); \
  x##i += changing * ones;
CHIPFIT_PEAK_LOOP(portable_i8, , CHIPFIT_REPEAT, Uint32x4, std::uint32_t, static_cast<void>(seed);
                  Uint32x4 ones = Uint32x4{} + 1, changing = ones)
#endif
#undef CHIPFIT_STEP

}  // namespace chipfit::cpu::loops
