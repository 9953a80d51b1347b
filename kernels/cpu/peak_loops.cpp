#include "kernels/cpu/peak_loops.hpp"

#include <algorithm>
#include <array>

#if defined(__x86_64__)
#include <cpuid.h>
#elif defined(__aarch64__)
#include <asm/hwcap.h>
#include <sys/auxv.h>
#endif

namespace chipfit::cpu {
namespace {

bool everywhere() {
  return true;
}

#if defined(__x86_64__)
// __builtin_cpu_supports also asks the operating system whether it saves the registers.
bool has_avx512f() {
  return __builtin_cpu_supports("avx512f");
}
bool has_avx512_bf16() {
  return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bf16");
}
bool has_avx512_vnni() {
  return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vnni");
}
bool has_avx2() {
  return __builtin_cpu_supports("avx2");
}
bool has_fma() {
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
}
bool has_avx_vnni() {
  // CPUID.(7,1):EAX[4]; clang 14 does not know the name.
  unsigned a = 0, b = 0, c = 0, d = 0;
  return has_avx2() && __get_cpuid_count(7, 1, &a, &b, &c, &d) != 0 && (a & 1u << 4) != 0;
}
#elif defined(__aarch64__)
bool has_dotprod() {
  return (::getauxval(AT_HWCAP) & HWCAP_ASIMDDP) != 0;
}
// The file's code may use dotprod anywhere, hence the second condition.
bool has_i8mm() {
  return has_dotprod() && (::getauxval(AT_HWCAP2) & HWCAP2_I8MM) != 0;
}
bool has_bf16() {
  return has_dotprod() && (::getauxval(AT_HWCAP2) & HWCAP2_BF16) != 0;
}
#endif

using namespace loops;

constexpr std::array kLoops {
#if defined(__x86_64__)
  PeakLoop{Dtype::f64, "avx512f fma f64", has_avx512f, many, 8, 1, avx512_f64},
      PeakLoop{Dtype::f32, "avx512f fma f32", has_avx512f, many, 16, 1, avx512_f32},
      PeakLoop{Dtype::bf16, "avx512_bf16 vdpbf16ps", has_avx512_bf16, many, 16, 2, avx512_bf16},
      PeakLoop{Dtype::i8, "avx512_vnni vpdpbusd", has_avx512_vnni, many, 16, 4, avx512_vnni},
      PeakLoop{Dtype::i8, "avx_vnni vpdpbusd", has_avx_vnni, few, 8, 4, avx_vnni},
      PeakLoop{Dtype::f64, "avx2 fma f64", has_fma, few, 4, 1, avx2_f64},
      PeakLoop{Dtype::f32, "avx2 fma f32", has_fma, few, 8, 1, avx2_f32},
      PeakLoop{Dtype::i8, "avx2 vpmaddubsw", has_avx2, few, 8, 4, avx2_i8},
      PeakLoop{Dtype::f64, "sse2 mul+add f64", everywhere, portable, 2, 1, portable_f64},
      PeakLoop{Dtype::f32, "sse2 mul+add f32", everywhere, portable, 4, 1, portable_f32},
      PeakLoop{Dtype::i8, "sse2 pmaddwd (i8 converted)", everywhere, portable, 4, 2, portable_i8},
#else
#if defined(__aarch64__)
  PeakLoop{Dtype::bf16, "neon bfmmla", has_bf16, many, 4, 4, arm_bfmmla},
      PeakLoop{Dtype::i8, "neon smmla", has_i8mm, many, 4, 8, arm_smmla},
      PeakLoop{Dtype::i8, "neon sdot", has_dotprod, many, 4, 4, arm_sdot},
#endif
      PeakLoop{Dtype::f64, "vector mul+add f64", everywhere, portable, 2, 1, portable_f64},
      PeakLoop{Dtype::f32, "vector mul+add f32", everywhere, portable, 4, 1, portable_f32},
      PeakLoop{Dtype::i8, "vector mul+add i32 (i8 converted)", everywhere, portable, 4, 1, portable_i8},
#endif
};

const PeakLoop* first_of(Dtype type) {
  const auto* found =
      std::ranges::find_if(kLoops, [&](const PeakLoop& loop) { return loop.input == type && loop.supported(); });
  return found == kLoops.end() ? nullptr : found;
}

}  // namespace

std::span<const PeakLoop> peak_loops() {
  return kLoops;
}

const PeakLoop* widest_loop(Dtype input) {
  const PeakLoop* loop = first_of(input);
  return loop == nullptr ? first_of(info(input).computed_as) : loop;
}

}  // namespace chipfit::cpu
