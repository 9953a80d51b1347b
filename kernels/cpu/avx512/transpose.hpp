#pragma once
#include <immintrin.h>

#include "kernels/cpu/unrolled.hpp"

namespace chipfit::cpu::avx512 {
namespace {

/// Transposes 16 × 16 words in registers: afterwards word j of rows[i] is what word i of rows[j] was. Four rounds of 16
/// two-register shuffles, each exchanging one bit of the row number with one of the word number.
[[gnu::always_inline]] inline void transpose_words(__m512i (&rows)[16]) {
  __m512i pairs[16], fours[16], eights[16];
  unrolled<8>([&](auto i) __attribute__((always_inline)) {
    pairs[2 * i] = _mm512_unpacklo_epi32(rows[2 * i], rows[2 * i + 1]);
    pairs[2 * i + 1] = _mm512_unpackhi_epi32(rows[2 * i], rows[2 * i + 1]);
  });
  // Register 4·q + c now gets, in each 128-bit lane l, word 4·l + c of rows 4·q … 4·q + 3.
  unrolled<4>([&](auto q) __attribute__((always_inline)) {
    fours[4 * q] = _mm512_unpacklo_epi64(pairs[4 * q], pairs[4 * q + 2]);
    fours[4 * q + 1] = _mm512_unpackhi_epi64(pairs[4 * q], pairs[4 * q + 2]);
    fours[4 * q + 2] = _mm512_unpacklo_epi64(pairs[4 * q + 1], pairs[4 * q + 3]);
    fours[4 * q + 3] = _mm512_unpackhi_epi64(pairs[4 * q + 1], pairs[4 * q + 3]);
  });
  unrolled<4>([&](auto c) __attribute__((always_inline)) {
    eights[c] = _mm512_shuffle_i32x4(fours[c], fours[4 + c], 0x88);      // lanes 0, 2 of rows 0–7
    eights[4 + c] = _mm512_shuffle_i32x4(fours[c], fours[4 + c], 0xdd);  // lanes 1, 3
    eights[8 + c] = _mm512_shuffle_i32x4(fours[8 + c], fours[12 + c], 0x88);
    eights[12 + c] = _mm512_shuffle_i32x4(fours[8 + c], fours[12 + c], 0xdd);
  });
  unrolled<4>([&](auto c) __attribute__((always_inline)) {
    rows[c] = _mm512_shuffle_i32x4(eights[c], eights[8 + c], 0x88);
    rows[4 + c] = _mm512_shuffle_i32x4(eights[4 + c], eights[12 + c], 0x88);
    rows[8 + c] = _mm512_shuffle_i32x4(eights[c], eights[8 + c], 0xdd);
    rows[12 + c] = _mm512_shuffle_i32x4(eights[4 + c], eights[12 + c], 0xdd);
  });
}

/// The same for 8 × 8 double words.
[[gnu::always_inline]] inline void transpose_double_words(__m512i (&rows)[8]) {
  __m512i pairs[8], fours[8];
  unrolled<4>([&](auto i) __attribute__((always_inline)) {
    pairs[2 * i] = _mm512_unpacklo_epi64(rows[2 * i], rows[2 * i + 1]);
    pairs[2 * i + 1] = _mm512_unpackhi_epi64(rows[2 * i], rows[2 * i + 1]);
  });
  unrolled<2>([&](auto h) __attribute__((always_inline)) {
    unrolled<2>([&](auto c) __attribute__((always_inline)) {
      fours[4 * h + c] = _mm512_shuffle_i64x2(pairs[4 * h + c], pairs[4 * h + 2 + c], 0x88);
      fours[4 * h + 2 + c] = _mm512_shuffle_i64x2(pairs[4 * h + c], pairs[4 * h + 2 + c], 0xdd);
    });
  });
  unrolled<2>([&](auto c) __attribute__((always_inline)) {
    rows[c] = _mm512_shuffle_i64x2(fours[c], fours[4 + c], 0x88);
    rows[2 + c] = _mm512_shuffle_i64x2(fours[2 + c], fours[6 + c], 0x88);
    rows[4 + c] = _mm512_shuffle_i64x2(fours[c], fours[4 + c], 0xdd);
    rows[6 + c] = _mm512_shuffle_i64x2(fours[2 + c], fours[6 + c], 0xdd);
  });
}

}  // namespace
}  // namespace chipfit::cpu::avx512
