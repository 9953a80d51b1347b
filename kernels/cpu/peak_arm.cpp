#include "kernels/cpu/peak_loops.hpp"

#if defined(__aarch64__)
#include <arm_neon.h>

#include "kernels/cpu/peak_loop_macro.hpp"

// This file alone is compiled for Armv8.2 with dotprod, i8mm and bf16; keep everything but the loops out of it.
namespace chipfit::cpu::loops {
namespace {

// The empty asm hides the constant: GCC 12 writes a vector of bf16 ones as `fmov .8h, #1.0`, which is a one of the
// other 16-bit type and not part of this architecture.
inline bfloat16x8_t bf16_vector(std::uint16_t bits) {
  uint16x8_t all = vdupq_n_u16(bits);
  asm("" : "+w"(all));
  return vreinterpretq_bf16_u16(all);
}

}  // namespace

// 2×4 by 4×2 bf16 into 2×2 f32.
#define CHIPFIT_STEP(i) x##i = vbfmmlaq_f32(x##i, ones, seeds);
CHIPFIT_PEAK_LOOP(arm_bfmmla, , CHIPFIT_24, float32x4_t, float, const bfloat16x8_t ones = bf16_vector(0x3F80);
                  std::uint32_t bits; std::memcpy(&bits, &seed, sizeof bits);
                  const bfloat16x8_t seeds = bf16_vector(static_cast<std::uint16_t>(bits >> 16)))
#undef CHIPFIT_STEP

// 2×8 by 8×2 i8 into 2×2 i32.
#define CHIPFIT_STEP(i) x##i = vreinterpretq_u32_s32(vmmlaq_s32(vreinterpretq_s32_u32(x##i), ones, ones));
CHIPFIT_PEAK_LOOP(arm_smmla, , CHIPFIT_24, uint32x4_t, std::uint32_t, static_cast<void>(seed);
                  const int8x16_t ones = vdupq_n_s8(1))
#undef CHIPFIT_STEP

#define CHIPFIT_STEP(i) x##i = vreinterpretq_u32_s32(vdotq_s32(vreinterpretq_s32_u32(x##i), ones, ones));
CHIPFIT_PEAK_LOOP(arm_sdot, , CHIPFIT_24, uint32x4_t, std::uint32_t, static_cast<void>(seed);
                  const int8x16_t ones = vdupq_n_s8(1))
#undef CHIPFIT_STEP

}  // namespace chipfit::cpu::loops
#endif
