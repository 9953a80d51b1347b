#pragma once
#include "kernels/cuda/index/gemm_arguments.hpp"
#include "kernels/cuda/mma/store.hpp"
#include "kernels/cuda/mma/tile_loader.hpp"
#include "kernels/cuda/mma/traits.hpp"

namespace chipfit::cuda {

/// The accumulators of a block's tile go to the output, or to their part of a split sum.
template <class Sum>
CHIPFIT_DEVICE void store_sums(const Output& out, const Partial& partial, const Schedule& schedule,
                               const WorkTile& work, std::int64_t row, std::int64_t col, Sum x, Sum y) {
  if (schedule.splits == 1)
    store_pair(out, work.batch, row, col, x, y);
  else
    store_pair(partial, work.split, work.batch, row, col, x, y);
}

/// Tensor-core GEMM: 128×128 outputs per block of 256 threads, 64×32 per warp; tiles of k pass through kStages buffers
/// filled by cp.async. Layouts are K- or MN-major as the operands are stored; MN-major for 16-bit types only.
template <class Traits, Major kMajorA, Major kMajorB, class MapA, class MapB>
struct MmaGemm {
  static constexpr int kThreads = 256, kBlocksPerSm = 1, kM = 128, kN = 128, kK = Traits::kTileK;
  static constexpr int kStages = Traits::element_bytes == 8 ? 3 : 4;
  using LayoutA = TileLayout<kMajorA, kM, kK, Traits::element_bytes, Traits::swizzle>;
  using LayoutB = TileLayout<kMajorB, kN, kK, Traits::element_bytes, Traits::swizzle>;
  static constexpr int kStageBytes = LayoutA::bytes + LayoutB::bytes;
  static constexpr int shared_bytes = kStages * kStageBytes;
  using Arguments = GemmArguments<MapA, MapB>;
  using Sum = typename Traits::Sum;

  static CHIPFIT_DEVICE void run(const Arguments& args) {
    const WorkTile work = args.schedule.at(ptx::block());
    const std::int64_t first_m = std::int64_t{work.tile_m} * kM, first_n = std::int64_t{work.tile_n} * kN;
    const TileLoader<LayoutA, MapA, kThreads> a(args.a, work.batch, first_m);
    const TileLoader<LayoutB, MapB, kThreads> b(args.b, work.batch, first_n);
    const auto fetch = [&](int tile) {
      if (tile < work.k_end) {
        const int stage = (tile - work.k_begin) % kStages * kStageBytes;
        a.load(stage, std::int64_t{tile} * kK);
        b.load(stage + LayoutA::bytes, std::int64_t{tile} * kK);
      }
      ptx::copy_async_commit();  // also when empty: the waits below count groups
    };

    const int warp = ptx::thread() / 32, lane = ptx::thread() % 32;
    const int warp_m = warp / 4 * kWarpM, warp_n = warp % 4 * kWarpN;
    Sum sums[kWarpM / Traits::kM][kWarpN / 8][Traits::kSums] = {};
    for (int i = 0; i < kStages - 1; ++i) fetch(work.k_begin + i);
    CHIPFIT_NO_UNROLL
    for (int tile = work.k_begin; tile < work.k_end; ++tile) {
      ptx::copy_async_wait<kStages - 2>();
      ptx::sync_threads();  // the tile is there for all, and nobody still reads the buffer filled next
      fetch(tile + kStages - 1);
      multiply(sums, (tile - work.k_begin) % kStages * kStageBytes, warp_m, warp_n, lane);
    }

    CHIPFIT_UNROLL
    for (int i = 0; i < kWarpM / Traits::kM; ++i) {
      CHIPFIT_UNROLL
      for (int j = 0; j < kWarpN / 8; ++j) {
        CHIPFIT_UNROLL
        for (int e = 0; e < Traits::kSums; e += 2) {
          const Position at = Traits::sum_at(lane, e);
          store_sums(args.out, args.partial, args.schedule, work, first_m + warp_m + i * Traits::kM + at.row,
                     first_n + warp_n + j * 8 + at.col, sums[i][j][e], sums[i][j][e + 1]);
        }
      }
    }
  }

 private:
  static constexpr int kWarpM = 64, kWarpN = 32;

  static CHIPFIT_DEVICE void multiply(Sum (&sums)[kWarpM / Traits::kM][kWarpN / 8][Traits::kSums], int stage,
                                      int warp_m, int warp_n, int lane) {
    constexpr int kBlocks = Traits::kColumnsOfB / 8;
    CHIPFIT_UNROLL
    for (int k = 0; k < kK; k += Traits::kK) {
      typename Traits::FragmentB b[kWarpN / Traits::kColumnsOfB];
      CHIPFIT_UNROLL
      for (int j = 0; j < kWarpN / Traits::kColumnsOfB; ++j)
        Traits::template load_b<LayoutB>(b[j], stage + LayoutA::bytes, warp_n + j * Traits::kColumnsOfB, k, lane);
      CHIPFIT_UNROLL
      for (int i = 0; i < kWarpM / Traits::kM; ++i) {
        typename Traits::FragmentA a;
        Traits::template load_a<LayoutA>(a, stage, warp_m + i * Traits::kM, k, lane);
        CHIPFIT_UNROLL
        for (int j = 0; j < kWarpN / 8; ++j) Traits::multiply(sums[i][j], a, b[j / kBlocks], j % kBlocks);
      }
    }
  }
};

}  // namespace chipfit::cuda
