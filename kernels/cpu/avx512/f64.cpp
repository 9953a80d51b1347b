#include "kernels/cpu/avx512/kernels.hpp"
#include "kernels/cpu/avx512/tile.hpp"
#include "kernels/cpu/avx512/words.hpp"

namespace chipfit::cpu::avx512 {
namespace {

struct F64 {
  using Vector = __m512d;
  using Factor = __m512d;
  using Accumulator = double;
  static constexpr int lanes = 8, group = 1, bytes = 8;
  static constexpr bool compensated = false;

  static Vector load(unsigned mask, const void* from) {
    return _mm512_maskz_loadu_pd(static_cast<__mmask8>(mask), from);
  }
  template <ARead>
  static Vector broadcast(const void* from) {
    return _mm512_set1_pd(*static_cast<const double*>(from));
  }
  static Vector multiply_add(Vector sum, Vector a, Vector b) { return _mm512_fmadd_pd(a, b, sum); }
  static Vector load_c(unsigned mask, const void* from) { return load(mask, from); }
  static void store_c(unsigned mask, void* to, Vector sum) {
    _mm512_mask_storeu_pd(to, static_cast<__mmask8>(mask), sum);
  }
  static Vector add(Vector x, Vector y) { return _mm512_add_pd(x, y); }
};

constexpr int kColumnsF64 = kVectors * F64::lanes;

}  // namespace

constinit const MicroKernel f64{.isa = "avx512",
                                .name = "fma",
                                .needs = CpuFeature::avx512,
                                .a = Dtype::f64,
                                .b = Dtype::f64,
                                .acc = Dtype::f64,
                                .mr = kRows,
                                .nr = kColumnsF64,
                                .group = 1,
                                .a_bytes = 8,
                                .b_bytes = 8,
                                .a_in_place = true,
                                .b_in_place = true,
                                .compensation_bytes = 0,
                                .tile = tile_of<F64>,
                                .pack_a = pack_words<kRows, F64Words>,
                                .pack_b = pack_words<kColumnsF64, F64Words>};

}  // namespace chipfit::cpu::avx512
