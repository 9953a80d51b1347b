#pragma once
#include "kernels/cuda/mma/gemm.hpp"

namespace chipfit::cuda {

/// Strict f32 GEMM in fused multiply-adds: 128×128 outputs per block of 256 threads, 8×8 per thread, k in tiles of 16
/// through three buffers. Both operands lie MN-major in shared memory, so that a thread reads four neighbours at once.
template <class MapA, class MapB>
struct SimtGemm {
  static constexpr int kThreads = 256, kBlocksPerSm = 1, kM = 128, kN = 128, kK = 16, kStages = 3;
  using Layout = TileLayout<Major::mn, 128, kK, 4>;
  static constexpr int kStageBytes = 2 * Layout::bytes;
  static constexpr int shared_bytes = kStages * kStageBytes;
  using Arguments = GemmArguments<MapA, MapB>;
  using Sum = float;

  static CHIPFIT_DEVICE void run(const Arguments& args) {
    const WorkTile work = args.schedule.at(ptx::block());
    const std::int64_t first_m = std::int64_t{work.tile_m} * kM, first_n = std::int64_t{work.tile_n} * kN;
    const TileLoader<Layout, MapA, kThreads> a(args.a, work.batch, first_m);
    const TileLoader<Layout, MapB, kThreads> b(args.b, work.batch, first_n);
    const auto fetch = [&](int tile) {
      if (tile < work.k_end) {
        const int stage = (tile - work.k_begin) % kStages * kStageBytes;
        a.load(stage, std::int64_t{tile} * kK);
        b.load(stage + Layout::bytes, std::int64_t{tile} * kK);
      }
      ptx::copy_async_commit();
    };

    // Rows 4·y … +3 and 64 + 4·y …: the sixteen threads of a row of the grid read different banks.
    const int x = ptx::thread() % 16 * 4, y = ptx::thread() / 16 * 4;
    float sums[8][8] = {};
    for (int i = 0; i < kStages - 1; ++i) fetch(work.k_begin + i);
    CHIPFIT_NO_UNROLL
    for (int tile = work.k_begin; tile < work.k_end; ++tile) {
      ptx::copy_async_wait<kStages - 2>();
      ptx::sync_threads();
      fetch(tile + kStages - 1);
      multiply(sums, (tile - work.k_begin) % kStages * kStageBytes, x, y);
    }

    CHIPFIT_UNROLL
    for (int i = 0; i < 8; ++i) {
      CHIPFIT_UNROLL
      for (int j = 0; j < 8; j += 2)
        store_sums(args.out, args.partial, args.schedule, work, first_m + y + i % 4 + i / 4 * 64,
                   first_n + x + j % 4 + j / 4 * 64, sums[i][j], sums[i][j + 1]);
    }
  }

 private:
  struct alignas(16) Four {
    float value[4];
  };
  static CHIPFIT_DEVICE void multiply(float (&sums)[8][8], int stage, int x, int y) {
    CHIPFIT_UNROLL
    for (int k = 0; k < kK; ++k) {
      const Four a[2] = {ptx::load_shared<Four>(stage + Layout::offset(y, k)),
                         ptx::load_shared<Four>(stage + Layout::offset(y + 64, k))};
      const Four b[2] = {ptx::load_shared<Four>(stage + Layout::bytes + Layout::offset(x, k)),
                         ptx::load_shared<Four>(stage + Layout::bytes + Layout::offset(x + 64, k))};
      CHIPFIT_UNROLL
      for (int i = 0; i < 8; ++i) {
        CHIPFIT_UNROLL
        for (int j = 0; j < 8; ++j) sums[i][j] += a[i / 4].value[i % 4] * b[j / 4].value[j % 4];
      }
    }
  }
};

}  // namespace chipfit::cuda
