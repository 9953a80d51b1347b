#pragma once
#include <cstdint>

#include "kernels/cuda/index/host_device.hpp"

namespace chipfit::cuda {

/// Division of n in [0, 2^31) by a divisor in [1, 2^31) that is known before the launch: one multiplication.
/// Granlund, Montgomery, "Division by invariant integers using multiplication", PLDI 1994, theorem 4.2:
/// with l = ceil(log2 d) and m = ceil(2^(31+l) / d), floor(n / d) = n·m >> (31 + l).
struct FastDivide {
  std::uint32_t divisor = 1, multiplier = 1u << 31, shift = 31;

  static FastDivide by(std::int64_t divisor) {
    FastDivide f;
    f.divisor = static_cast<std::uint32_t>(divisor);
    std::uint32_t log = 0;
    while ((std::uint64_t{1} << log) < f.divisor) ++log;
    f.shift = 31 + log;
    f.multiplier = static_cast<std::uint32_t>(((std::uint64_t{1} << f.shift) + f.divisor - 1) / f.divisor);
    return f;
  }
  CHIPFIT_HD std::uint32_t quotient(std::uint32_t n) const {
    return static_cast<std::uint32_t>((std::uint64_t{n} * multiplier) >> shift);
  }
};

}  // namespace chipfit::cuda
