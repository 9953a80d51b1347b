#pragma once

/// Compiles the always-inlined function template or function `body` for several instruction sets and picks the best
/// that the processor has at the call. Unlike function clones it needs no loader support, so that it also works under
/// every sanitizer, and the sets can hold what the loops here need (64-bit multiplication, fused multiply-add).
///
///   CHIPFIT_MULTIVERSION(void, scale, (float* x, std::int64_t n), (x, n))   // defines scale(), calls scale_body()
#define CHIPFIT_ALWAYS_INLINE inline __attribute__((always_inline))

#if defined(__x86_64__)
namespace chipfit {
enum class InstructionSet { baseline, avx2, avx512 };
inline InstructionSet instruction_set() {
  static const InstructionSet best = [] {
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw") &&
        __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("fma")) {
      return InstructionSet::avx512;
    }
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return InstructionSet::avx2;
    return InstructionSet::baseline;
  }();
  return best;
}
}  // namespace chipfit

#define CHIPFIT_MULTIVERSION(result, name, parameters, arguments)                                                 \
  static result name##_baseline parameters {                                                                      \
    return name##_body arguments;                                                                                 \
  }                                                                                                               \
  __attribute__((target("avx2,fma"))) static result name##_avx2 parameters {                                      \
    return name##_body arguments;                                                                                 \
  }                                                                                                               \
  __attribute__((target("avx2,fma,avx512f,avx512dq,avx512bw,avx512vl"))) static result name##_avx512 parameters { \
    return name##_body arguments;                                                                                 \
  }                                                                                                               \
  result name parameters {                                                                                        \
    switch (::chipfit::instruction_set()) {                                                                       \
      case ::chipfit::InstructionSet::avx512:                                                                     \
        return name##_avx512 arguments;                                                                           \
      case ::chipfit::InstructionSet::avx2:                                                                       \
        return name##_avx2 arguments;                                                                             \
      case ::chipfit::InstructionSet::baseline:                                                                   \
        break;                                                                                                    \
    }                                                                                                             \
    return name##_baseline arguments;                                                                             \
  }
#else
#define CHIPFIT_MULTIVERSION(result, name, parameters, arguments) \
  result name parameters {                                        \
    return name##_body arguments;                                 \
  }
#endif
