#pragma once
#include <cstdint>

#include "kernels/cuda/index/host_device.hpp"

namespace chipfit::cuda {

/// One unit of work of a thread block: a tile of the output and a part of the sum.
struct WorkTile {
  std::int32_t tile_m, tile_n, split;
  std::int32_t k_begin, k_end;  ///< in tiles of k
  std::int64_t batch;
};

/// The order in which tiles are computed. Tiles that run at the same time form blocks of `group_m` rows of tiles, so
/// that the panels of A and B which they share stay in the L2 cache; the parts of a split sum and the batch come after.
struct Schedule {
  std::int32_t tiles_m = 1, tiles_n = 1, k_tiles = 1, splits = 1, k_tiles_per_split = 1, group_m = 8;
  std::int64_t batch = 1;

  CHIPFIT_HD std::int64_t total() const { return std::int64_t{tiles_m} * tiles_n * splits * batch; }

  CHIPFIT_HD WorkTile at(std::int64_t linear) const {
    const std::int64_t tiles = std::int64_t{tiles_m} * tiles_n;
    const std::int64_t plane = linear / tiles, tile = linear - plane * tiles;
    WorkTile w;
    w.batch = plane / splits;
    w.split = static_cast<std::int32_t>(plane - w.batch * splits);
    const std::int64_t group_size = std::int64_t{group_m} * tiles_n;
    const std::int64_t group = tile / group_size, in_group = tile - group * group_size;
    const std::int32_t first_m = static_cast<std::int32_t>(group) * group_m;
    const std::int32_t rows = tiles_m - first_m < group_m ? tiles_m - first_m : group_m;
    w.tile_n = static_cast<std::int32_t>(in_group / rows);
    w.tile_m = first_m + static_cast<std::int32_t>(in_group - std::int64_t{w.tile_n} * rows);
    w.k_begin = w.split * k_tiles_per_split;
    const std::int32_t end = w.k_begin + k_tiles_per_split;
    w.k_end = end < k_tiles ? end : k_tiles;
    return w;
  }

  /// A schedule for m×n outputs and sums of k_tiles tiles; `wanted_splits` is rounded so that no part is empty.
  static Schedule of(std::int64_t m, std::int64_t n, std::int64_t k_tiles, std::int64_t batch, int block_m, int block_n,
                     int wanted_splits) {
    Schedule s;
    s.tiles_m = static_cast<std::int32_t>((m + block_m - 1) / block_m);
    s.tiles_n = static_cast<std::int32_t>((n + block_n - 1) / block_n);
    s.k_tiles = static_cast<std::int32_t>(k_tiles);
    s.k_tiles_per_split = static_cast<std::int32_t>((k_tiles + wanted_splits - 1) / wanted_splits);
    s.splits = (s.k_tiles + s.k_tiles_per_split - 1) / s.k_tiles_per_split;
    s.batch = batch;
    return s;
  }
};

}  // namespace chipfit::cuda
