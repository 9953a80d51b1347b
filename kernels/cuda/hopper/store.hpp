#pragma once
#include <type_traits>

#include "kernels/cuda/index/fragments.hpp"
#include "kernels/cuda/index/hopper_work.hpp"
#include "kernels/cuda/mma/store.hpp"

namespace chipfit::cuda {

/// How the 64×kN results of a warpgroup leave the block.
struct HopperStore {
  /// Two boxes of 64 rows by 64 16-bit results, 128-byte rows with the 128-byte swizzle.
  static constexpr int box_bytes = 64 * 128, boxes = 2, bytes_per_warpgroup = boxes * box_bytes;

  template <int kN, class Sum>
  static CHIPFIT_DEVICE void store(const ptx::TensorMap& map, const HopperWork& work, const WorkTile& tile,
                                   const Sum (&sums)[kN / 2], int staging, int warpgroup, int thread, int first_row,
                                   int first_col) {
    if constexpr (std::is_same_v<Sum, float>) {  // the sums that may become 16-bit results
      if (work.store == StoreBy::copy_engine) {
        by_copy_engine<kN>(map, work, tile.batch, sums, staging + warpgroup * bytes_per_warpgroup, warpgroup, thread,
                           first_row, first_col);
        return;
      }
    }
    CHIPFIT_UNROLL
    for (int i = 0; i < kN / 2; i += 2) {
      const Position at = accumulator_m64(thread, i);
      const std::int64_t row = first_row + at.row, col = first_col + at.col;
      if (work.schedule.splits == 1)
        store_pair(work.out, tile.batch, row, col, sums[i], sums[i + 1]);
      else
        store_pair(work.partial, tile.split, tile.batch, row, col, sums[i], sums[i + 1]);
    }
  }

 private:
  static CHIPFIT_DEVICE std::uint32_t packed(bool half, float low, float high) {
    return half ? ptx::to_f16(low) | std::uint32_t{ptx::to_f16(high)} << 16
                : ptx::to_bf16(low) | std::uint32_t{ptx::to_bf16(high)} << 16;
  }

  template <int kN>
  static CHIPFIT_DEVICE void by_copy_engine(const ptx::TensorMap& map, const HopperWork& work, std::int64_t batch,
                                            const float (&sums)[kN / 2], int staging, int warpgroup, int thread,
                                            int first_row, int first_col) {
    const bool half = work.out.element == Element::f16;
    const int warp = thread / 32, lane = thread % 32;
    // stmatrix: this lane names row lane % 8 of the 8×8 block lane / 8, in the order of the accumulators: rows 0–7,
    // rows 8–15, then both of the next eight columns.
    const int row = warp * 16 + lane / 8 % 2 * 8 + lane % 8, chunk = lane / 16;
    CHIPFIT_UNROLL
    for (int round = 0; round < kN / 64; round += boxes) {
      if (thread == 0) ptx::bulk_wait_read();  // the boxes before these have left
      ptx::named_barrier(1 + warpgroup, 128);
      CHIPFIT_UNROLL
      for (int box = 0; box < boxes; ++box) {
        CHIPFIT_UNROLL
        for (int pair = 0; pair < 4; ++pair) {  // sixteen columns each
          const int first = (round + box) * 32 + pair * 8;
          std::uint32_t words[4];
          CHIPFIT_UNROLL
          for (int i = 0; i < 4; ++i) words[i] = packed(half, sums[first + 2 * i], sums[first + 2 * i + 1]);
          ptx::stmatrix(staging + box * box_bytes + row * 128 + ((pair * 2 + chunk) ^ (row & 7)) * 16, words);
        }
      }
      ptx::fence_proxy_async();
      ptx::named_barrier(1 + warpgroup, 128);
      if (thread == 0) {
        for (int box = 0; box < boxes; ++box)
          ptx::tma_store(map, staging + box * box_bytes, first_col + (round + box) * 64, first_row,
                         static_cast<int>(batch));
        ptx::bulk_commit();
      }
    }
  }
};

}  // namespace chipfit::cuda
