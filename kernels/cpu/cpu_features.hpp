#pragma once
#include <cstdint>

namespace chipfit::cpu {

/// Groups of instructions that one piece of code needs.
enum class CpuFeature : std::uint8_t {
  none,  ///< what the compiler's baseline has
  avx2,
  avx2_fma,  ///< with FMA and conversion of binary16: every x86-64-v3 processor
  avx_vnni,  ///< 256-bit vpdpbusd
  avx512f,
  avx512,       ///< F, BW, DQ and VL, with avx2_fma: every x86-64-v4 processor
  avx512_bf16,  ///< with avx512
  avx512_vnni,  ///< with avx512
  arm_dotprod,
  arm_i8mm,  ///< with dotprod
  arm_bf16,  ///< with dotprod
};

/// Whether this processor has them and its operating system saves their registers. False for features of another
/// architecture.
bool cpu_has(CpuFeature);

}  // namespace chipfit::cpu
