#include "kernels/cpu/peak_loops.hpp"

#include <algorithm>
#include <array>

#include "kernels/cpu/cpu_features.hpp"

namespace chipfit::cpu {
namespace {

template <CpuFeature feature>
bool has() {
  return cpu_has(feature);
}

using namespace loops;

constexpr std::array kLoops {
#if defined(__x86_64__)
  PeakLoop{Dtype::f64, "avx512f fma f64", has<CpuFeature::avx512f>, many, 8, 1, avx512_f64},
      PeakLoop{Dtype::f32, "avx512f fma f32", has<CpuFeature::avx512f>, many, 16, 1, avx512_f32},
      PeakLoop{Dtype::bf16, "avx512_bf16 vdpbf16ps", has<CpuFeature::avx512_bf16>, many, 16, 2, avx512_bf16},
      PeakLoop{Dtype::i8, "avx512_vnni vpdpbusd", has<CpuFeature::avx512_vnni>, many, 16, 4, avx512_vnni},
      PeakLoop{Dtype::i8, "avx_vnni vpdpbusd", has<CpuFeature::avx_vnni>, few, 8, 4, avx_vnni},
      PeakLoop{Dtype::f64, "avx2 fma f64", has<CpuFeature::avx2_fma>, few, 4, 1, avx2_f64},
      PeakLoop{Dtype::f32, "avx2 fma f32", has<CpuFeature::avx2_fma>, few, 8, 1, avx2_f32},
      PeakLoop{Dtype::i8, "avx2 vpmaddubsw", has<CpuFeature::avx2>, few, 8, 4, avx2_i8},
      PeakLoop{Dtype::f64, "sse2 mul+add f64", has<CpuFeature::none>, portable, 2, 1, portable_f64},
      PeakLoop{Dtype::f32, "sse2 mul+add f32", has<CpuFeature::none>, portable, 4, 1, portable_f32},
      PeakLoop{Dtype::i8, "sse2 pmaddwd (i8 converted)", has<CpuFeature::none>, portable, 4, 2, portable_i8},
#else
#if defined(__aarch64__)
  PeakLoop{Dtype::bf16, "neon bfmmla", has<CpuFeature::arm_bf16>, many, 4, 4, arm_bfmmla},
      PeakLoop{Dtype::i8, "neon smmla", has<CpuFeature::arm_i8mm>, many, 4, 8, arm_smmla},
      PeakLoop{Dtype::i8, "neon sdot", has<CpuFeature::arm_dotprod>, many, 4, 4, arm_sdot},
#endif
      PeakLoop{Dtype::f64, "vector mul+add f64", has<CpuFeature::none>, portable, 2, 1, portable_f64},
      PeakLoop{Dtype::f32, "vector mul+add f32", has<CpuFeature::none>, portable, 4, 1, portable_f32},
      PeakLoop{Dtype::i8, "vector mul+add i32 (i8 converted)", has<CpuFeature::none>, portable, 4, 1, portable_i8},
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
