#include "kernels/cpu/avx512/kernels.hpp"
#include "kernels/cpu/avx512/tile.hpp"
#include "kernels/cpu/avx512/words.hpp"

namespace chipfit::cpu::avx512 {
namespace {

struct Bf16 {
  using Vector = __m512;
  using Factor = __m512i;
  using Accumulator = float;
  static constexpr int lanes = 16, group = 2, bytes = 4;
  static constexpr bool compensated = false;

  static Factor load(unsigned mask, const void* from) {
    return _mm512_maskz_loadu_epi32(static_cast<__mmask16>(mask), from);
  }
  template <ARead>
  static Factor broadcast(const void* from) {
    int pair;
    __builtin_memcpy(&pair, from, sizeof pair);
    return _mm512_set1_epi32(pair);
  }
  static Vector multiply_add(Vector sum, Factor a, Factor b) {
    return _mm512_dpbf16_ps(sum, reinterpret_cast<__m512bh>(a), reinterpret_cast<__m512bh>(b));
  }
  static Vector load_c(unsigned mask, const void* from) {
    return _mm512_maskz_loadu_ps(static_cast<__mmask16>(mask), from);
  }
  static void store_c(unsigned mask, void* to, Vector sum) {
    _mm512_mask_storeu_ps(to, static_cast<__mmask16>(mask), sum);
  }
  static Vector add(Vector x, Vector y) { return _mm512_add_ps(x, y); }
};

}  // namespace

constinit const MicroKernel bf16{.isa = "avx512",
                                 .name = "vdpbf16ps",
                                 .needs = CpuFeature::avx512_bf16,
                                 .a = Dtype::bf16,
                                 .b = Dtype::bf16,
                                 .acc = Dtype::f32,
                                 .mr = kRows,
                                 .nr = kColumns,
                                 .group = 2,
                                 .a_bytes = 2,
                                 .b_bytes = 2,
                                 .a_in_place = true,
                                 .b_in_place = false,
                                 .compensation_bytes = 0,
                                 .tile = tile_of<Bf16>,
                                 .pack_a = pack_words<kRows, Bf16Pairs>,
                                 .pack_b = pack_words<kColumns, Bf16Pairs>};

}  // namespace chipfit::cpu::avx512
