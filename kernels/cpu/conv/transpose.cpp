#include "kernels/cpu/conv/transpose.hpp"

#include <algorithm>

#include "kernels/cpu/cpu_features.hpp"

namespace chipfit::cpu {
namespace {

template <class Number>
void transpose_blocks(const Number* source, std::int64_t source_step, Number* target, std::int64_t target_step,
                      std::int64_t rows, std::int64_t columns) {
  // Square blocks: the lines of both sides are used whole before they leave the first-level cache.
  constexpr std::int64_t block = 16;
  for (std::int64_t j0 = 0; j0 < columns; j0 += block)
    for (std::int64_t i0 = 0; i0 < rows; i0 += block)
      for (std::int64_t j = j0; j < std::min(j0 + block, columns); ++j)
        for (std::int64_t i = i0; i < std::min(i0 + block, rows); ++i)
          target[j * target_step + i] = source[i * source_step + j];
}

}  // namespace

void transpose(int element_bytes, const void* source, std::int64_t source_step, void* target, std::int64_t target_step,
               std::int64_t rows, std::int64_t columns) {
  const auto blocks = [&]<class Number>(Number) {
    transpose_blocks(static_cast<const Number*>(source), source_step, static_cast<Number*>(target), target_step, rows,
                     columns);
  };
  if (element_bytes == 8) return blocks(std::uint64_t{});
  if (element_bytes == 2) return blocks(std::uint16_t{});
  if (element_bytes == 1) return blocks(std::uint8_t{});
#if defined(__x86_64__)
  if (cpu_has(CpuFeature::avx512))
    return avx512::transpose_4_bytes(static_cast<const std::uint32_t*>(source), source_step,
                                     static_cast<std::uint32_t*>(target), target_step, rows, columns);
#endif
  blocks(std::uint32_t{});
}

}  // namespace chipfit::cpu
