#include "kernels/cpu/avx512/kernels.hpp"
#include "kernels/cpu/avx512/tile.hpp"
#include "kernels/cpu/avx512/words.hpp"

namespace chipfit::cpu::avx512 {
namespace {

/// vpdpbusd multiplies u8 by i8. i8 · i8 is computed as (a + 128) · b − 128 · Σ b, where the sums of the columns of B
/// stand behind its panels.
template <int flip>
struct Bytes {
  using Vector = __m512i;
  using Factor = __m512i;
  using Accumulator = std::int32_t;
  static constexpr int lanes = 16, group = 4, bytes = 4;
  static constexpr bool compensated = flip != 0;

  static Factor load(unsigned mask, const void* from) {
    return _mm512_maskz_loadu_epi32(static_cast<__mmask16>(mask), from);
  }
  template <ARead read>
  static Factor broadcast(const void* from) {
    int quad;
    __builtin_memcpy(&quad, from, sizeof quad);
    const Factor a = _mm512_set1_epi32(quad);
    return read == ARead::in_rows ? ByteQuads<flip>::flipped(a) : a;
  }
  static Vector multiply_add(Vector sum, Factor a, Factor b) { return _mm512_dpbusd_epi32(sum, a, b); }
  static Vector load_c(unsigned mask, const void* from) { return load(mask, from); }
  static void store_c(unsigned mask, void* to, Vector sum) {
    _mm512_mask_storeu_epi32(to, static_cast<__mmask16>(mask), sum);
  }
  static Vector add(Vector x, Vector y) { return _mm512_add_epi32(x, y); }
};

/// Panels of B and, behind each, −128 · the sums of its columns.
void pack_b_with_sums(const Source& source, std::int64_t lines, std::int64_t k, std::int64_t panel_bytes,
                      void* panels) {
  pack_words<kColumns, ByteQuads<0>>(source, lines, k, panel_bytes, panels);
  auto* panel = static_cast<char*>(panels);
  for (; lines > 0; lines -= kColumns, panel += panel_bytes) {
    __m512i sums[kVectors] = {};
    const char* at = panel;
    for (std::int64_t group = 0; group < k; group += 4) {
      for (__m512i& sum : sums) {
        sum = _mm512_dpbusd_epi32(sum, _mm512_set1_epi8(1), _mm512_loadu_si512(at));
        at += 64;
      }
    }
    char* behind = panel + (at - panel);
    for (const __m512i sum : sums) {
      _mm512_storeu_si512(behind, _mm512_sub_epi32(_mm512_setzero_si512(), _mm512_slli_epi32(sum, 7)));
      behind += 64;
    }
  }
}

}  // namespace

constinit const MicroKernel i8{.isa = "avx512",
                               .name = "vpdpbusd",
                               .needs = CpuFeature::avx512_vnni,
                               .a = Dtype::i8,
                               .b = Dtype::i8,
                               .acc = Dtype::i32,
                               .mr = kRows,
                               .nr = kColumns,
                               .group = 4,
                               .a_bytes = 1,
                               .b_bytes = 1,
                               .a_in_place = true,
                               .b_in_place = false,
                               .compensation_bytes = 4,
                               .tile = tile_of<Bytes<0x80>>,
                               .pack_a = pack_words<kRows, ByteQuads<0x80>>,
                               .pack_b = pack_b_with_sums};

constinit const MicroKernel u8_i8{.isa = "avx512",
                                  .name = "vpdpbusd",
                                  .needs = CpuFeature::avx512_vnni,
                                  .a = Dtype::u8,
                                  .b = Dtype::i8,
                                  .acc = Dtype::i32,
                                  .mr = kRows,
                                  .nr = kColumns,
                                  .group = 4,
                                  .a_bytes = 1,
                                  .b_bytes = 1,
                                  .a_in_place = true,
                                  .b_in_place = false,
                                  .compensation_bytes = 0,
                                  .tile = tile_of<Bytes<0>>,
                                  .pack_a = pack_words<kRows, ByteQuads<0>>,
                                  .pack_b = pack_words<kColumns, ByteQuads<0>>};

}  // namespace chipfit::cpu::avx512
