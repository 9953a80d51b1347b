// Vectors of 128 bits, which the compiler makes of whatever the processor has: SSE2, NEON, or no vectors at all.
#include "kernels/cpu/portable/kernels.hpp"

#include "kernels/cpu/generic_pack.hpp"
#include "kernels/cpu/generic_tile.hpp"

namespace chipfit::cpu::portable {
namespace {

// As many accumulators as leave registers for B and A: of 32 on Arm, of 16 elsewhere.
#if defined(__aarch64__)
constexpr int kTileRows = 8, kTileVectors = 3;
#else
constexpr int kTileRows = 6, kTileVectors = 2;
#endif

using F32 = FloatUnit<float, 16, kTileRows, kTileVectors>;
using F64 = FloatUnit<double, 16, kTileRows, kTileVectors>;

/// Integers are packed as pairs of i16 in the two halves of a word.
struct I16Pairs {
  using Panel = std::int16_t;
  using Accumulator = std::int32_t;
  using Vector = VectorOf<std::int32_t, 16>::type;
  using Factor = Vector;
  static constexpr int rows = kTileRows, vectors = kTileVectors, group = 2;
  static Factor broadcast(const void* from) {
    std::int32_t pair;
    std::memcpy(&pair, from, sizeof pair);
    return in_every_lane<Vector>(pair);
  }
  static Vector low(Vector pairs) { return reinterpret_cast<Vector>(reinterpret_cast<Words>(pairs) << 16) >> 16; }
  static Vector multiply_add(Vector sum, Factor a, Factor b) { return sum + low(a) * low(b) + (a >> 16) * (b >> 16); }

 private:
  using Words = VectorOf<std::uint32_t, 16>::type;
};

template <class Unit, class A, class B>
constexpr MicroKernel kernel(std::string_view name) {
  return generic_kernel<Unit, A, B>("portable", name, CpuFeature::none, generic_tile_of<Unit>);
}

}  // namespace

constinit const MicroKernel f64 = kernel<F64, double, double>("mul_add");
constinit const MicroKernel f32 = kernel<F32, float, float>("mul_add");
constinit const MicroKernel f16 = kernel<F32, F16, F16>("mul_add_f32");
constinit const MicroKernel bf16 = kernel<F32, Bf16, Bf16>("mul_add_f32");
constinit const MicroKernel e4m3 = kernel<F32, E4m3, E4m3>("mul_add_f32");
constinit const MicroKernel e5m2 = kernel<F32, E5m2, E5m2>("mul_add_f32");
constinit const MicroKernel e4m3_e5m2 = kernel<F32, E4m3, E5m2>("mul_add_f32");
constinit const MicroKernel e5m2_e4m3 = kernel<F32, E5m2, E4m3>("mul_add_f32");
constinit const MicroKernel i8 = kernel<I16Pairs, std::int8_t, std::int8_t>("mul_i32");
constinit const MicroKernel u8_i8 = kernel<I16Pairs, std::uint8_t, std::int8_t>("mul_i32");

}  // namespace chipfit::cpu::portable
