#pragma once
#include <cstdint>

#include "kernels/cuda/index/tile_layout.hpp"

namespace chipfit::cuda {

/// The matrix descriptor of wgmma for tiles in 128-byte rows with the 128-byte swizzle (PTX ISA, "Matrix Descriptor
/// Format"). Addresses and distances in bytes, multiples of 16.
///   K-major: a group is eight rows of mn, 1024 bytes; `stride` leads from group to group, `leading` is not looked at.
///   MN-major: a group is eight rows of k with 64 16-bit elements of mn each; `stride` leads from group to group along
///   k, `leading` to the next 64 elements of mn.
CHIPFIT_HD std::uint64_t wgmma_descriptor(std::uint32_t address, std::uint32_t leading, std::uint32_t stride) {
  constexpr std::uint64_t swizzle_128 = 1;
  return std::uint64_t{(address & 0x3ffff) >> 4} | std::uint64_t{(leading & 0x3ffff) >> 4} << 16 |
         std::uint64_t{(stride & 0x3ffff) >> 4} << 32 | swizzle_128 << 62;
}

/// How one operand's slice of k (128 bytes of it when K-major, 64 elements) lies in a stage of shared memory, box after
/// box as TMA writes them.
template <Major kMajor, int kMn, int kElementBytes>
struct WgmmaTile {
  static constexpr int mn = kMn, k = 128 / kElementBytes;
  static constexpr int bytes = kMn * 128;
  /// K-major: kMn rows, as one box or as several one behind the other. MN-major: boxes of 64 elements of mn and 64
  /// rows of k.
  static constexpr int box_rows = kMajor == Major::k ? kMn : k;
  static constexpr int box_bytes = box_rows * 128;
  static_assert(kMajor == Major::k || kElementBytes == 2, "only 16-bit operands may be MN-major");

  /// Descriptor of the rows from `first_mn` (a multiple of 64) and of k from step · 32 bytes (K-major: of k).
  static CHIPFIT_HD std::uint64_t descriptor(std::uint32_t stage, int first_mn, int step) {
    if (kMajor == Major::k)
      return wgmma_descriptor(stage + static_cast<std::uint32_t>(first_mn * 128 + step * 32), 16, 1024);
    return wgmma_descriptor(stage + static_cast<std::uint32_t>(first_mn / 64 * box_bytes + step * 16 * 128), box_bytes,
                            1024);
  }
};

}  // namespace chipfit::cuda
