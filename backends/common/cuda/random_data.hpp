#pragma once
#include <cstdint>
#include <vector>

#include "backends/common/cuda/memory.hpp"

namespace cuda {

/// `value` of [-2, 2] cut to a floating type of so many bits; what is too small for a normal number becomes zero.
std::uint16_t narrowed(float value, int exponent_bits, int mantissa_bits);

/// Bytes of one element.
std::uint64_t bytes_of(std::uint32_t dtype);

/// Random elements, the same in each launch: uniform on [-1, 1]; bytes uniform; i32 in [-128, 127].
std::vector<std::byte> random_elements(std::uint32_t dtype, std::size_t count);

/// Device memory of `elements` random elements: a block from the host, repeated. The block has an odd number of
/// elements, so that rows differ. Failure (OUT_OF_MEMORY) where it does not fit.
Memory random_memory(const Driver&, const Stream&, std::uint32_t dtype, std::uint64_t elements);

}  // namespace cuda
