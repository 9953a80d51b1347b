#pragma once
#include <cstdint>

#include "kernels/cuda/index/operands.hpp"
#include "kernels/cuda/index/tile_layout.hpp"
#include "kernels/cuda/ptx/ptx.hpp"

namespace chipfit::cuda {

/// Sixteen bytes in a register.
struct alignas(16) Chunk {
  std::uint32_t word[4];
};

/// Brings tiles of one operand into shared memory, kThreads threads together, zeros where the operand has none. What
/// depends on mn is worked out once, by the constructor.
template <class Layout, class Map, int kThreads>
class TileLoader {
  static constexpr int kMine = Layout::chunks / kThreads;
  static constexpr int kElements = Layout::elements_per_chunk;
  static constexpr int kBytes = Layout::element_bytes;
  static_assert(Layout::chunks % kThreads == 0, "every thread has the same number of chunks");

 public:
  CHIPFIT_DEVICE TileLoader(const Operand<Map>& operand, std::int64_t batch, std::int64_t first_mn)
      : operand_(operand),
        data_(static_cast<const unsigned char*>(operand.data) + batch * operand.batch_stride * kBytes),
        first_mn_(first_mn) {
    CHIPFIT_UNROLL
    for (int i = 0; i < kMine; ++i) outer_[i] = operand.map.outer(first_mn + place(i).mn);
  }

  /// Starts copying the tile whose first column is `first_k` to `stage`. Ends with the thread's next commit, or, for
  /// types below four bytes that are looked up by elements, at once.
  CHIPFIT_DEVICE void load(int stage, std::int64_t first_k) const {
    if (operand_.access == Access::chunks) {
      CHIPFIT_UNROLL
      for (int i = 0; i < kMine; ++i) {
        const Place at = place(i);
        const std::int64_t offset = operand_.map.offset(outer_[i], operand_.map.inner(first_k + at.k));
        ptx::copy_async<16>(stage + at.bytes, data_ + (offset < 0 ? 0 : offset * kBytes), offset >= 0);
      }
    } else {
      CHIPFIT_NO_UNROLL
      for (int i = 0; i < kMine; ++i) load_elements(stage, first_k, i);
    }
  }

 private:
  struct Place {
    int mn, k, bytes;
  };
  /// Where this thread's i-th chunk begins, in the tile and in shared memory.
  static CHIPFIT_DEVICE Place place(int i) {
    const int flat = ptx::thread() + i * kThreads;
    const int row = flat / Layout::chunks_per_row, chunk = flat % Layout::chunks_per_row;
    const int bytes = Layout::chunk_offset(row, chunk);
    return Layout::major == Major::k ? Place{row, chunk * kElements, bytes} : Place{chunk * kElements, row, bytes};
  }

  CHIPFIT_DEVICE std::int64_t element(const Place& at, std::int64_t first_k, int e) const {
    const int mn = Layout::major == Major::k ? at.mn : at.mn + e, k = Layout::major == Major::k ? at.k + e : at.k;
    return operand_.map.offset(operand_.map.outer(first_mn_ + mn), operand_.map.inner(first_k + k));
  }

  CHIPFIT_DEVICE void load_elements(int stage, std::int64_t first_k, int i) const {
    const Place at = place(i);
    if constexpr (kBytes >= 4) {
      CHIPFIT_NO_UNROLL
      for (int e = 0; e < kElements; ++e) {
        const std::int64_t offset = element(at, first_k, e);
        ptx::copy_async<kBytes>(stage + at.bytes + e * kBytes, data_ + (offset < 0 ? 0 : offset * kBytes), offset >= 0);
      }
    } else {
      // cp.async moves no less than four bytes.
      Chunk packed = {};
      CHIPFIT_UNROLL
      for (int e = 0; e < kElements; ++e) {
        const std::int64_t offset = element(at, first_k, e);
        std::uint32_t bits = 0;
        if (offset >= 0) {
          if constexpr (kBytes == 2)
            bits = *reinterpret_cast<const std::uint16_t*>(data_ + offset * 2);
          else
            bits = data_[offset];
        }
        packed.word[e * kBytes / 4] |= bits << (e * kBytes % 4 * 8);
      }
      ptx::store_shared(stage + at.bytes, packed);
    }
  }

  const Operand<Map>& operand_;
  const unsigned char* data_;
  std::int64_t first_mn_;
  typename Map::Outer outer_[kMine];
};

}  // namespace chipfit::cuda
