#include "kernels/cpu/cpu_features.hpp"

#if defined(__x86_64__)
#include <cpuid.h>
#elif defined(__aarch64__)
#include <asm/hwcap.h>
#include <sys/auxv.h>
#endif

namespace chipfit::cpu {
namespace {

#if defined(__x86_64__)
// __builtin_cpu_supports also asks the operating system, but clang 14 does not know all names. The instruction takes
// microseconds under a hypervisor: it is asked once.
bool has_f16c() {
  static const bool has = [] {
    unsigned a = 0, b = 0, c = 0, d = 0;
    return __get_cpuid(1, &a, &b, &c, &d) != 0 && (c & 1u << 29) != 0;
  }();
  return has;
}
bool has_avx_vnni() {
  static const bool has = [] {
    unsigned a = 0, b = 0, c = 0, d = 0;
    return __get_cpuid_count(7, 1, &a, &b, &c, &d) != 0 && (a & 1u << 4) != 0;
  }();
  return has;
}
#endif

}  // namespace

bool cpu_has(CpuFeature feature) {
  switch (feature) {
    case CpuFeature::none:
      return true;
#if defined(__x86_64__)
    case CpuFeature::avx2:
      return __builtin_cpu_supports("avx2");
    case CpuFeature::avx2_fma:
      return cpu_has(CpuFeature::avx2) && __builtin_cpu_supports("fma") && has_f16c();
    case CpuFeature::avx_vnni:
      return cpu_has(CpuFeature::avx2) && has_avx_vnni();
    case CpuFeature::avx512f:
      return __builtin_cpu_supports("avx512f");
    case CpuFeature::avx512:
      return cpu_has(CpuFeature::avx512f) && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
             __builtin_cpu_supports("avx512vl") && cpu_has(CpuFeature::avx2_fma);
    case CpuFeature::avx512_bf16:
      return cpu_has(CpuFeature::avx512) && __builtin_cpu_supports("avx512bf16");
    case CpuFeature::avx512_vnni:
      return cpu_has(CpuFeature::avx512) && __builtin_cpu_supports("avx512vnni");
#elif defined(__aarch64__)
    case CpuFeature::arm_dotprod:
      return (::getauxval(AT_HWCAP) & HWCAP_ASIMDDP) != 0;
    case CpuFeature::arm_i8mm:
      return cpu_has(CpuFeature::arm_dotprod) && (::getauxval(AT_HWCAP2) & HWCAP2_I8MM) != 0;
    case CpuFeature::arm_bf16:
      return cpu_has(CpuFeature::arm_dotprod) && (::getauxval(AT_HWCAP2) & HWCAP2_BF16) != 0;
#endif
    default:
      return false;
  }
}

}  // namespace chipfit::cpu
