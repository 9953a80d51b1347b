#pragma once
#include <cstdint>

#include "kernels/base/multiversion.hpp"
#include "kernels/oracle/fill.hpp"

namespace chipfit::oracle {

/// Pseudo-random function of a 128-bit key: knowing values for any numbers tells nothing about the key or about other
/// values. SipHash-2-4 of the one word `number` (J.-P. Aumasson, D. J. Bernstein, 2012).
std::uint64_t keyed(Seed key, std::uint64_t number);

/// Bijective mixing of 32 bits (C. Wellons, "lowbias32": bias 0.17, the best known with two multiplications).
CHIPFIT_ALWAYS_INLINE std::uint32_t mix32(std::uint32_t x) {
  x ^= x >> 16;
  x *= 0x7FEB352Du;
  x ^= x >> 15;
  x *= 0x846CA68Bu;
  return x ^ (x >> 16);
}

/// Elements that share a pair of keys in the fills: long enough that the keyed hash costs nothing, short enough that
/// the bijection mix32 shows no lack of repetitions.
inline constexpr std::int64_t kFillBlock = 4096;

/// A small stream of random numbers for choices (weights, sample positions).
class Stream {
 public:
  explicit Stream(Seed key) : key_(key) {}
  std::uint64_t next() { return keyed(key_, count_++); }
  /// In [0, bound), bound ≥ 1; uniform up to bound/2^64.
  std::int64_t below(std::int64_t bound) {
    return static_cast<std::int64_t>(next() % static_cast<std::uint64_t>(bound));
  }

 private:
  Seed key_;
  std::uint64_t count_ = 0;
};

}  // namespace chipfit::oracle
