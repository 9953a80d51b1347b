#include "kernels/cpu/avx512/kernels.hpp"
#include "kernels/cpu/avx512/tile.hpp"
#include "kernels/cpu/avx512/words.hpp"

namespace chipfit::cpu::avx512 {
namespace {

struct F32 {
  using Vector = __m512;
  using Factor = __m512;
  using Accumulator = float;
  static constexpr int lanes = 16, group = 1, bytes = 4;
  static constexpr bool compensated = false;

  static Vector load(unsigned mask, const void* from) {
    return _mm512_maskz_loadu_ps(static_cast<__mmask16>(mask), from);
  }
  template <ARead>
  static Vector broadcast(const void* from) {
    return _mm512_set1_ps(*static_cast<const float*>(from));
  }
  static Vector multiply_add(Vector sum, Vector a, Vector b) { return _mm512_fmadd_ps(a, b, sum); }
  static Vector load_c(unsigned mask, const void* from) { return load(mask, from); }
  static void store_c(unsigned mask, void* to, Vector sum) {
    _mm512_mask_storeu_ps(to, static_cast<__mmask16>(mask), sum);
  }
  static Vector add(Vector x, Vector y) { return _mm512_add_ps(x, y); }
};

}  // namespace

void tile_f32(const Tile& t) {
  tile_of<F32>(t);
}

constinit const MicroKernel f32{.isa = "avx512",
                                .name = "fma",
                                .needs = CpuFeature::avx512,
                                .a = Dtype::f32,
                                .b = Dtype::f32,
                                .acc = Dtype::f32,
                                .mr = kRows,
                                .nr = kColumns,
                                .group = 1,
                                .a_bytes = 4,
                                .b_bytes = 4,
                                .a_in_place = true,
                                .b_in_place = true,
                                .compensation_bytes = 0,
                                .tile = tile_f32,
                                .pack_a = pack_words<kRows, F32Words>,
                                .pack_b = pack_words<kColumns, F32Words>};

}  // namespace chipfit::cpu::avx512
