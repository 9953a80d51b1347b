#pragma once
#include "kernels/cpu/avx512/pack.hpp"
#include "kernels/problem/element.hpp"

namespace chipfit::cpu::avx512 {
namespace {

struct Words32 {
  using Word = std::uint32_t;
  static constexpr int lanes = 16;
  static void transpose(__m512i (&words)[16]) { transpose_words(words); }
  static void store(Word* to, std::uint64_t mask, __m512i words) {
    _mm512_mask_storeu_epi32(to, static_cast<__mmask16>(mask), words);
  }
};

/// Words of one element each, which Load makes: load(mask, from) of up to `lanes` neighbours.
template <class Load>
struct OfOne : Load {
  using typename Load::Element;
  static constexpr int group = 1;
  static __m512i along_k(const Element* from, std::int64_t elements) { return Load::load(low_bits(elements), from); }
  static __m512i along_lines(const Element* from, std::int64_t, std::int64_t, std::uint64_t mask) {
    return Load::load(mask, from);
  }
};

struct LoadF64 {
  using Element = double;
  using Word = std::uint64_t;
  static constexpr int lanes = 8;
  static void transpose(__m512i (&words)[8]) { transpose_double_words(words); }
  static __m512i load(std::uint64_t mask, const double* from) {
    return _mm512_maskz_loadu_epi64(static_cast<__mmask8>(mask), from);
  }
  static void store(Word* to, std::uint64_t mask, __m512i words) {
    _mm512_mask_storeu_epi64(to, static_cast<__mmask8>(mask), words);
  }
};
using F64Words = OfOne<LoadF64>;

struct LoadF32 : Words32 {
  using Element = float;
  static __m512i load(std::uint64_t mask, const float* from) {
    return _mm512_maskz_loadu_epi32(static_cast<__mmask16>(mask), from);
  }
};
using F32Words = OfOne<LoadF32>;

struct LoadF16AsF32 : Words32 {
  using Element = std::uint16_t;
  static __m512i load(std::uint64_t mask, const std::uint16_t* from) {
    const __m256i halves = _mm256_maskz_loadu_epi16(static_cast<__mmask16>(mask), from);
    return _mm512_castps_si512(_mm512_cvtph_ps(halves));
  }
};
using F16AsF32Words = OfOne<LoadF16AsF32>;

struct LoadBf16AsF32 : Words32 {
  using Element = std::uint16_t;
  static __m512i load(std::uint64_t mask, const std::uint16_t* from) {
    const __m256i halves = _mm256_maskz_loadu_epi16(static_cast<__mmask16>(mask), from);
    return _mm512_slli_epi32(_mm512_cvtepu16_epi32(halves), 16);
  }
};
using Bf16AsF32Words = OfOne<LoadBf16AsF32>;

/// The 8-bit floating types.
template <class T>
struct LoadF8AsF32 : Words32 {
  using Element = T;
  static __m512i load(std::uint64_t mask, const T* from) {
    T codes[16];
    float values[16];
    _mm_storeu_si128(reinterpret_cast<__m128i*>(codes), _mm_maskz_loadu_epi8(static_cast<__mmask16>(mask), from));
    for (int i = 0; i < 16; ++i) values[i] = static_cast<float>(widen(codes[i]));
    return _mm512_loadu_si512(values);
  }
};
template <class T>
using F8AsF32Words = OfOne<LoadF8AsF32<T>>;

struct Bf16Pairs : Words32 {
  using Element = std::uint16_t;
  static constexpr int group = 2;
  static __m512i along_k(const Element* from, std::int64_t elements) {
    return _mm512_maskz_loadu_epi16(static_cast<__mmask32>(low_bits(elements)), from);
  }
  static __m512i along_lines(const Element* from, std::int64_t step, std::int64_t depth, std::uint64_t mask) {
    const auto row = [&](std::int64_t i) __attribute__((always_inline)) {
      return _mm512_cvtepu16_epi32(_mm256_maskz_loadu_epi16(static_cast<__mmask16>(mask), from + i * step));
    };
    return depth < group ? row(0) : _mm512_or_si512(row(0), _mm512_slli_epi32(row(1), 16));
  }
};

/// Bytes, each exclusive-or `flip`: 0x80 makes of an i8 the u8 that is 128 larger.
template <int flip>
struct ByteQuads : Words32 {
  using Element = std::uint8_t;
  static constexpr int group = 4;
  static __m512i flipped(__m512i words) {
    return flip == 0 ? words : _mm512_xor_si512(words, _mm512_set1_epi8(static_cast<char>(flip)));
  }
  static __m512i along_k(const Element* from, std::int64_t elements) {
    return flipped(_mm512_maskz_loadu_epi8(low_bits(elements), from));
  }
  static __m512i along_lines(const Element* from, std::int64_t step, std::int64_t depth, std::uint64_t mask) {
    const auto row = [&](std::int64_t i) __attribute__((always_inline)) {
      return _mm512_cvtepu8_epi32(_mm_maskz_loadu_epi8(static_cast<__mmask16>(mask), from + i * step));
    };
    __m512i words = row(0);
    if (depth > 1) words = _mm512_or_si512(words, _mm512_slli_epi32(row(1), 8));
    if (depth > 2) words = _mm512_or_si512(words, _mm512_slli_epi32(row(2), 16));
    if (depth > 3) words = _mm512_or_si512(words, _mm512_slli_epi32(row(3), 24));
    return flipped(words);
  }
};

}  // namespace
}  // namespace chipfit::cpu::avx512
