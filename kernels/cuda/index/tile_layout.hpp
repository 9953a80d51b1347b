#pragma once
#include "kernels/cuda/index/host_device.hpp"

namespace chipfit::cuda {

/// Which dimension of an operand is contiguous: k, or m (of A) and n (of B).
enum class Major { k, mn };

/// How the 16-byte chunks of a row are permuted, so that the accesses of a warp fall into different banks.
/// ldmatrix: eight consecutive rows, one chunk each. pairs: four consecutive rows, two adjacent chunks each (the
/// 8-byte loads of a DMMA fragment).
enum class Swizzle { ldmatrix, pairs };

/// A tile of kMn×kK elements in shared memory. A row holds the contiguous dimension (kK elements when major is k, else
/// kMn); chunk c of row r lies at chunk position c XOR s(r). Offsets in bytes from the tile's first.
template <Major kMajor, int kMnExtent, int kKExtent, int kBytesPerElement, Swizzle kSwizzle = Swizzle::ldmatrix>
struct TileLayout {
  static constexpr Major major = kMajor;
  static constexpr int mn = kMnExtent, k = kKExtent, element_bytes = kBytesPerElement;
  static constexpr int elements_per_chunk = 16 / element_bytes;
  static constexpr int rows = major == Major::k ? mn : k;
  static constexpr int row_bytes = (major == Major::k ? k : mn) * element_bytes;
  static constexpr int chunks_per_row = row_bytes / 16;
  static constexpr int chunks = rows * chunks_per_row;
  static constexpr int bytes = rows * row_bytes;
  static_assert(chunks_per_row == 4 || chunks_per_row % 8 == 0, "a row is 64 bytes or a multiple of 128");

  static CHIPFIT_HD int permuted(int row, int chunk) {
    if (kSwizzle == Swizzle::pairs) return chunk ^ ((row & 3) << 1);
    // 64-byte rows: two of them fill the 32 banks.
    return chunks_per_row == 4 ? chunk ^ ((row >> 1) & 3) : chunk ^ (row & 7);
  }
  static CHIPFIT_HD int chunk_offset(int row, int chunk) { return row * row_bytes + permuted(row, chunk) * 16; }
  static CHIPFIT_HD int offset(int mn_index, int k_index) {
    const int row = major == Major::k ? mn_index : k_index;
    const int byte = (major == Major::k ? k_index : mn_index) * element_bytes;
    return chunk_offset(row, byte / 16) + byte % 16;
  }
};

}  // namespace chipfit::cuda
