#pragma once
#include <cstdint>

namespace chipfit::cpu {

/// target[j·target_step + i] = source[i·source_step + j] for i < rows, j < columns: elements of 1, 2, 4 or 8 bytes,
/// steps in elements. As fast as memory for 4 bytes where the processor has AVX-512.
void transpose(int element_bytes, const void* source, std::int64_t source_step, void* target, std::int64_t target_step,
               std::int64_t rows, std::int64_t columns);

#if defined(__x86_64__)
namespace avx512 {
/// The same for 4 bytes; the processor must have AVX-512.
void transpose_4_bytes(const std::uint32_t* source, std::int64_t source_step, std::uint32_t* target,
                       std::int64_t target_step, std::int64_t rows, std::int64_t columns);
}  // namespace avx512
#endif

}  // namespace chipfit::cpu
