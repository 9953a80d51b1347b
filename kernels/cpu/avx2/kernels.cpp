// 6 × 2 registers of accumulators, two of B and one of A: 15 of the 16 registers, and twelve multiply-adds in flight.
#include "kernels/cpu/avx2/kernels.hpp"

#include <immintrin.h>

#include "kernels/cpu/generic_pack.hpp"
#include "kernels/cpu/generic_tile.hpp"

namespace chipfit::cpu::avx2 {
namespace {

using F32 = FloatUnit<float, 32, 6, 2>;
using F64 = FloatUnit<double, 32, 6, 2>;

/// Integers are packed as pairs of i16: vpmaddwd multiplies and adds them without loss.
struct I16Pairs {
  using Panel = std::int16_t;
  using Accumulator = std::int32_t;
  using Vector = VectorOf<std::int32_t, 32>::type;
  using Factor = Vector;
  static constexpr int rows = 6, vectors = 2, group = 2;
  static Factor broadcast(const void* from) {
    std::int32_t pair;
    std::memcpy(&pair, from, sizeof pair);
    return in_every_lane<Vector>(pair);
  }
  static Vector multiply_add(Vector sum, Factor a, Factor b) {
    return sum +
           reinterpret_cast<Vector>(_mm256_madd_epi16(reinterpret_cast<__m256i>(a), reinterpret_cast<__m256i>(b)));
  }
};

template <class Unit, class A, class B>
constexpr MicroKernel kernel(std::string_view name) {
  return generic_kernel<Unit, A, B>("avx2", name, CpuFeature::avx2_fma, generic_tile_of<Unit>);
}

}  // namespace

constinit const MicroKernel f64 = kernel<F64, double, double>("fma");
constinit const MicroKernel f32 = kernel<F32, float, float>("fma");
constinit const MicroKernel f16 = kernel<F32, F16, F16>("fma_f32");
constinit const MicroKernel bf16 = kernel<F32, Bf16, Bf16>("fma_f32");
constinit const MicroKernel e4m3 = kernel<F32, E4m3, E4m3>("fma_f32");
constinit const MicroKernel e5m2 = kernel<F32, E5m2, E5m2>("fma_f32");
constinit const MicroKernel e4m3_e5m2 = kernel<F32, E4m3, E5m2>("fma_f32");
constinit const MicroKernel e5m2_e4m3 = kernel<F32, E5m2, E4m3>("fma_f32");
constinit const MicroKernel i8 = kernel<I16Pairs, std::int8_t, std::int8_t>("vpmaddwd");
constinit const MicroKernel u8_i8 = kernel<I16Pairs, std::uint8_t, std::int8_t>("vpmaddwd");

}  // namespace chipfit::cpu::avx2
