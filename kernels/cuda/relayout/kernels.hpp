#pragma once
#include "kernels/cuda/index/relayout_arguments.hpp"
#include "kernels/cuda/ptx/ptx.hpp"

namespace chipfit::cuda {

/// Copies into another layout, elements as words of their size. Tiles of 32×32 of the target go through shared memory
/// where rows become columns, so that both sides are touched along their rows.
template <class Word>
struct RelayoutKernel {
  static constexpr int kThreads = 256, kBlocksPerSm = 1, kTile = 32, kRow = kTile + 1;  // + 1: other banks
  static constexpr int shared_bytes = kTile * kRow * static_cast<int>(sizeof(Word));
  using Arguments = RelayoutArguments;

  static CHIPFIT_HD std::int64_t tiles(const Matrices& to) {
    return ((to.rows + kTile - 1) / kTile) * ((to.cols + kTile - 1) / kTile) * to.batch;
  }

  static CHIPFIT_DEVICE void run(const Arguments& args) {
    const std::int64_t across = (args.to.cols + kTile - 1) / kTile, down = (args.to.rows + kTile - 1) / kTile;
    const int lane = ptx::thread() % kTile, line = ptx::thread() / kTile;
    for (std::int64_t tile = ptx::block(); tile < tiles(args.to); tile += ptx::blocks()) {
      const std::int64_t batch = tile / (across * down), in_batch = tile - batch * across * down;
      const std::int64_t first_row = in_batch / across * kTile, first_col = in_batch % across * kTile;
      if (args.transposed) {
        for (int i = line; i < kTile; i += kThreads / kTile)
          ptx::store_shared(at(i, lane), read(args, batch, first_col + i, first_row + lane));
        ptx::sync_threads();
        for (int i = line; i < kTile; i += kThreads / kTile)
          write(args, batch, first_row + i, first_col + lane, ptx::load_shared<Word>(at(lane, i)));
        ptx::sync_threads();
      } else {
        for (int i = line; i < kTile; i += kThreads / kTile)
          write(args, batch, first_row + i, first_col + lane, read(args, batch, first_row + i, first_col + lane));
      }
    }
  }

 private:
  static CHIPFIT_DEVICE int at(int row, int col) { return (row * kRow + col) * static_cast<int>(sizeof(Word)); }
  static CHIPFIT_DEVICE Word read(const Arguments& args, std::int64_t batch, std::int64_t row, std::int64_t col) {
    if (!args.from.has(batch, row, col)) return 0;
    return static_cast<const Word*>(args.from_data)[args.from.offset(batch, row, col)];
  }
  static CHIPFIT_DEVICE void write(const Arguments& args, std::int64_t batch, std::int64_t row, std::int64_t col,
                                   Word word) {
    if (args.to.has(batch, row, col)) static_cast<Word*>(args.to_data)[args.to.offset(batch, row, col)] = word;
  }
};

}  // namespace chipfit::cuda
