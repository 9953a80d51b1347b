#pragma once
#include <cstdint>

#include "kernels/oracle/fill.hpp"

namespace chipfit::judge {

/// Everything random about one case (inputs, views, poison, projections, which rounds are checked), in the order it is
/// drawn, from one secret seed. The run's master seed is drawn from the kernel, stays in the judge while workers live,
/// and is written to the manifest at the end, so that an auditor can make any case's data again.
class Secrets {
 public:
  explicit Secrets(oracle::Seed seed) : seed_(seed) {}
  oracle::Seed seed() { return seed_.derive(drawn_++); }
  /// A number in [0, below); `below` ≥ 1.
  std::uint64_t below(std::uint64_t below) {
    // Multiply-shift (Lemire 2019); a bias of at most below/2^64 helps nobody.
    __extension__ using Wide = unsigned __int128;
    return static_cast<std::uint64_t>((static_cast<Wide>(seed().lo) * below) >> 64);
  }

 private:
  oracle::Seed seed_;
  std::uint64_t drawn_ = 0;
};

}  // namespace chipfit::judge
