#include "kernels/cpu/avx512/transpose.hpp"
#include "kernels/cpu/conv/transpose.hpp"

namespace chipfit::cpu::avx512 {

void transpose_4_bytes(const std::uint32_t* source, std::int64_t source_step, std::uint32_t* target,
                       std::int64_t target_step, std::int64_t rows, std::int64_t columns) {
  const auto first = [](std::int64_t count) {
    return static_cast<__mmask16>(count >= 16 ? 0xffffu : (1u << count) - 1);
  };
  // Along the target's rows, so that what is written comes in whole lines one after another.
  for (std::int64_t j = 0; j < columns; j += 16)
    for (std::int64_t i = 0; i < rows; i += 16) {
      const __mmask16 along_row = first(columns - j), along_column = first(rows - i);
      __m512i words[16];
      unrolled<16>([&](auto k) __attribute__((always_inline)) {
        words[k] = i + k < rows ? _mm512_maskz_loadu_epi32(along_row, source + (i + k) * source_step + j)
                                : _mm512_setzero_si512();
      });
      transpose_words(words);
      unrolled<16>([&](auto k) __attribute__((always_inline)) {
        if (j + k < columns) _mm512_mask_storeu_epi32(target + (j + k) * target_step + i, along_column, words[k]);
      });
    }
}

}  // namespace chipfit::cpu::avx512
