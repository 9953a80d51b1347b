#pragma once
#include <cstdint>

namespace chipfit::cuda_peak {

/// A well mixed word for each index (the finaliser of MurmurHash3).
__device__ inline std::uint32_t random_bits(std::uint32_t index) {
  index ^= index >> 16;
  index *= 0x85ebca6b;
  index ^= index >> 13;
  index *= 0xc2b2ae35;
  return index ^ index >> 16;
}

/// How a word of random bits becomes operands of magnitude [0.5, 1): sign and significand are random, the exponent is
/// that of one half.
enum class Operand { f32, f16, bf16, e4m3, i8 };

template <Operand operand>
__device__ inline std::uint32_t random_operands(std::uint32_t index) {
  const std::uint32_t bits = random_bits(index);
  switch (operand) {
    case Operand::f32:
      return (bits & 0x807fffff) | 0x3f000000;
    case Operand::f16:
      return (bits & 0x83ff83ff) | 0x38003800;
    case Operand::bf16:
      return (bits & 0x807f807f) | 0x3f003f00;
    case Operand::e4m3:
      return (bits & 0x87878787) | 0x30303030;
    default:
      return bits;
  }
}

}  // namespace chipfit::cuda_peak
