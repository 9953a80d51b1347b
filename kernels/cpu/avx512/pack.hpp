#pragma once
#include <immintrin.h>

#include "kernels/cpu/avx512/transpose.hpp"
#include "kernels/cpu/micro_kernel.hpp"

// Packing moves words: one element of the panel (f32, f64), or a whole group (two bf16, four int8), whatever the
// operand's type was before. Along k the words of as many lines as a register has are transposed in registers; along
// the lines they are copied, and neighbours in k are put together by shifts.
//
// Words says how an operand becomes words:
//     Element, Word                      of the operand and of the panel
//     lanes, group                       words in a register; elements in one word
//     along_k(from, elements)            words of one line, from 1 to lanes·group neighbours in k; the rest zero
//     along_lines(from, step, depth, mask)   one word of each of up to `lanes` lines, from `depth` ≤ group rows of k
//     that
//                                        are `step` elements apart
//     transpose(words), store(to, mask, words)

namespace chipfit::cpu::avx512 {
namespace {

constexpr std::int64_t kRowsAhead = 24;

/// The lowest `count` bits, of at most 64; none where count is not positive.
[[gnu::always_inline]] inline std::uint64_t low_bits(std::int64_t count) {
  return count <= 0 ? 0 : ~std::uint64_t{0} >> (count >= 64 ? 0 : 64 - count);
}

/// `lines` ≤ `stored` ≤ lanes lines whose k is contiguous, into the first `stored` words of to[group of k][width].
template <int width, class Words>
void pack_along_k(const typename Words::Element* from, std::int64_t line_stride, std::int64_t lines,
                  std::int64_t stored, std::int64_t k, typename Words::Word* to) {
  constexpr std::int64_t block = Words::lanes * Words::group;
  const std::uint64_t mask = low_bits(stored);
  for (std::int64_t at = 0; at < k; at += block) {
    const std::int64_t elements = k - at < block ? k - at : block;
    __m512i words[Words::lanes];
    unrolled<Words::lanes>([&](auto i) __attribute__((always_inline)) {
      words[i] = i < lines ? Words::along_k(from + i * line_stride + at, elements) : _mm512_setzero_si512();
    });
    Words::transpose(words);
    const std::int64_t groups = (elements + Words::group - 1) / Words::group;
    unrolled<Words::lanes>([&](auto i) __attribute__((always_inline)) {
      if (i < groups) Words::store(to + i * width, mask, words[i]);
    });
    to += Words::lanes * width;
  }
}

/// Up to `width` lines that are neighbours in memory at each k.
template <int width, class Words>
void pack_along_lines(const typename Words::Element* from, std::int64_t k_stride, std::int64_t lines, std::int64_t k,
                      typename Words::Word* to) {
  constexpr int registers = (width + Words::lanes - 1) / Words::lanes;
  for (std::int64_t at = 0; at < k; at += Words::group) {
    const std::int64_t depth = k - at < Words::group ? k - at : Words::group;
    unrolled<registers>([&](auto v) __attribute__((always_inline)) {
      constexpr int first = v * Words::lanes, room = width - first;
      const std::uint64_t load = low_bits(lines - first < Words::lanes ? lines - first : Words::lanes);
      // Rows are too far apart for the processor to see where this goes.
      unrolled<Words::group>([&](auto j) __attribute__((always_inline)) {
        _mm_prefetch(from + first + (kRowsAhead + j) * k_stride, _MM_HINT_T0);
      });
      const __m512i words = Words::along_lines(from + first, k_stride, depth, load);
      Words::store(to + first, low_bits(room < Words::lanes ? room : Words::lanes), words);
    });
    from += Words::group * k_stride;
    to += width;
  }
}

/// Any strides: one group after another, through the same conversion.
template <int width, class Words>
void pack_scattered(const typename Words::Element* from, const Source& source, std::int64_t lines, std::int64_t k,
                    typename Words::Word* to) {
  for (std::int64_t at = 0; at < k; at += Words::group, to += width) {
    const std::int64_t depth = k - at < Words::group ? k - at : Words::group;
    for (std::int64_t i = 0; i < width; ++i) {
      typename Words::Element group[Words::group] = {};
      for (std::int64_t j = 0; j < depth && i < lines; ++j)
        group[j] = from[i * source.line_stride + (at + j) * source.k_stride];
      Words::store(to + i, 1, Words::along_k(group, Words::group));
    }
  }
}

/// See Pack; panels of `width` lines.
template <int width, class Words>
void pack_words(const Source& source, std::int64_t lines, std::int64_t k, std::int64_t panel_bytes, void* panels) {
  const auto* from = static_cast<const typename Words::Element*>(source.data);
  auto* panel = static_cast<char*>(panels);
  for (; lines > 0; lines -= width, from += width * source.line_stride, panel += panel_bytes) {
    auto* to = reinterpret_cast<typename Words::Word*>(panel);
    if (source.k_stride == 1) {
      for (std::int64_t i = 0; i < width; i += Words::lanes) {
        const std::int64_t room = width - i;
        pack_along_k<width, Words>(from + i * source.line_stride, source.line_stride, lines - i,
                                   room < Words::lanes ? room : Words::lanes, k, to + i);
      }
    } else if (source.line_stride == 1) {
      pack_along_lines<width, Words>(from, source.k_stride, lines, k, to);
    } else {
      pack_scattered<width, Words>(from, source, lines, k, to);
    }
  }
}

}  // namespace
}  // namespace chipfit::cpu::avx512
