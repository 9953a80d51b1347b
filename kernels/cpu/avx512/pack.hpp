#pragma once
#include <immintrin.h>

#include "kernels/cpu/avx512/transpose.hpp"
#include "kernels/cpu/micro_kernel.hpp"

// Packing moves words of 32 bits: one f32, or a whole group (two bf16, four int8), whatever the operand's type was
// before. Along k the words of 16 lines are transposed in registers; along the lines they are copied, and neighbours in
// k are interleaved by shifts.
//
// Words says how an operand becomes words:
//     Element, group                     of the operand; elements in one word
//     along_k(from, elements)            16 words of one line, from up to 16·group neighbours in k; the rest zero
//     along_lines(from, step, depth, mask)   one word of each of up to 16 lines, from `depth` ≤ group rows of k that
//     are
//                                        `step` elements apart

namespace chipfit::cpu::avx512 {
namespace {

constexpr int kWords = 16;

struct F32Words {
  using Element = float;
  static constexpr int group = 1;
  static __m512i along_k(const float* from, std::int64_t elements) {
    return _mm512_maskz_loadu_epi32(_cvtu32_mask16((1u << elements) - 1), from);
  }
  static __m512i along_lines(const float* from, std::int64_t, int, __mmask16 mask) {
    return _mm512_maskz_loadu_epi32(mask, from);
  }
};

/// `lines` ≤ `stored` ≤ 16 lines whose k is contiguous, into the first `stored` words of to[group of k][width].
template <int width, class Words>
void pack_along_k(const typename Words::Element* from, std::int64_t line_stride, std::int64_t lines,
                  std::int64_t stored, std::int64_t k, std::uint32_t* to) {
  constexpr std::int64_t block = kWords * Words::group;
  const auto mask = _cvtu32_mask16((1u << stored) - 1);
  for (std::int64_t at = 0; at < k; at += block) {
    const std::int64_t elements = k - at < block ? k - at : block;
    __m512i words[kWords];
    unrolled<kWords>([&](auto i) __attribute__((always_inline)) {
      words[i] = i < lines ? Words::along_k(from + i * line_stride + at, elements) : _mm512_setzero_si512();
    });
    transpose_words(words);
    const std::int64_t groups = (elements + Words::group - 1) / Words::group;
    unrolled<kWords>([&](auto i) __attribute__((always_inline)) {
      if (i < groups) _mm512_mask_storeu_epi32(to + i * width, mask, words[i]);
    });
    to += kWords * width;
  }
}

/// Up to `width` lines that are neighbours in memory at each k.
template <int width, class Words>
void pack_along_lines(const typename Words::Element* from, std::int64_t k_stride, std::int64_t lines, std::int64_t k,
                      std::uint32_t* to) {
  constexpr int registers = (width + kWords - 1) / kWords;
  __mmask16 load[registers], store[registers];
  for (int v = 0; v < registers; ++v) {
    const std::int64_t left = lines - v * kWords, room = width - v * kWords;
    load[v] = _cvtu32_mask16(left >= kWords ? 0xffffu : left > 0 ? (1u << left) - 1 : 0);
    store[v] = _cvtu32_mask16(room >= kWords ? 0xffffu : (1u << room) - 1);
  }
  for (std::int64_t at = 0; at < k; at += Words::group) {
    const int depth = static_cast<int>(k - at < Words::group ? k - at : Words::group);
    unrolled<registers>([&](auto v) __attribute__((always_inline)) {
      const __m512i words = Words::along_lines(from + v * kWords, k_stride, depth, load[v]);
      _mm512_mask_storeu_epi32(to + v * kWords, store[v], words);
    });
    from += Words::group * k_stride;
    to += width;
  }
}

/// Any strides: one line of one group after another, through the same conversion.
template <int width, class Words>
void pack_scattered(const Source& source, std::int64_t first, std::int64_t lines, std::int64_t k, std::uint32_t* to) {
  const auto* data = static_cast<const typename Words::Element*>(source.data) + first * source.line_stride;
  for (std::int64_t at = 0; at < k; at += Words::group) {
    const std::int64_t depth = k - at < Words::group ? k - at : Words::group;
    for (std::int64_t i = 0; i < width; ++i) {
      typename Words::Element group[Words::group] = {};
      for (std::int64_t j = 0; j < depth && i < lines; ++j)
        group[j] = data[i * source.line_stride + (at + j) * source.k_stride];
      to[i] = static_cast<std::uint32_t>(
          _mm512_cvtsi512_si32(i < lines ? Words::along_k(group, Words::group) : _mm512_setzero_si512()));
    }
    to += width;
  }
}

/// See Pack; panels of `width` lines.
template <int width, class Words>
void pack_words(const Source& source, std::int64_t lines, std::int64_t k, std::int64_t panel_bytes, void* panels) {
  using Element = typename Words::Element;
  const auto* data = static_cast<const Element*>(source.data);
  for (std::int64_t first = 0; first < lines; first += width) {
    auto* to = reinterpret_cast<std::uint32_t*>(static_cast<char*>(panels) + first / width * panel_bytes);
    const std::int64_t count = lines - first < width ? lines - first : width;
    const Element* from = data + first * source.line_stride;
    if (source.k_stride == 1) {
      for (std::int64_t i = 0; i < width; i += kWords) {
        const std::int64_t left = count - i, room = width - i;
        pack_along_k<width, Words>(from + i * source.line_stride, source.line_stride, left < 0 ? 0 : left,
                                   room < kWords ? room : kWords, k, to + i);
      }
    } else if (source.line_stride == 1) {
      pack_along_lines<width, Words>(from, source.k_stride, count, k, to);
    } else {
      pack_scattered<width, Words>(source, first, count, k, to);
    }
  }
}

}  // namespace
}  // namespace chipfit::cpu::avx512
