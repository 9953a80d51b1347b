#pragma once
#include <cstdint>

#include "kernels/cuda/index/element.hpp"
#include "kernels/cuda/index/hopper_work.hpp"
#include "kernels/cuda/index/schedule.hpp"
#include "kernels/cuda/index/tile_layout.hpp"

namespace chipfit::cuda {

/// How the two warpgroups that multiply share the work of a block: each has half of a tile's rows, half of its columns,
/// or every second tile to itself, so that one stores while the other multiplies (ping-pong).
enum class Sharing { rows, columns, tiles };

/// The tile of a Hopper kernel, and how many blocks next to each other along m form a cluster, whose tiles share
/// their columns of B: each block brings a part of them for all.
template <int kRows, int kColumns, Sharing kSharing, int kCluster = 1>
struct HopperTile {
  static constexpr int m = kRows, n = kColumns, cluster = kCluster;
  static constexpr Sharing sharing = kSharing;
  /// Of one warpgroup: strips of 64 rows one below the other, and columns.
  static constexpr int strips = kSharing == Sharing::tiles ? kRows / 64 : 1;
  static constexpr int columns = kSharing == Sharing::columns ? kColumns / 2 : kColumns;
  static CHIPFIT_HD constexpr int first_row(int warpgroup) { return kSharing == Sharing::rows ? warpgroup * 64 : 0; }
  static CHIPFIT_HD constexpr int first_column(int warpgroup) {
    return kSharing == Sharing::columns ? warpgroup * columns : 0;
  }
  /// Warpgroups that read a slice.
  static constexpr int readers = kSharing == Sharing::tiles ? 1 : 2;
  static_assert(kRows == (kSharing == Sharing::columns ? 64 : 128), "two warpgroups of 64 rows, or one strip for both");
};

/// The tiles that there are kernels of.
enum class TileKind : std::uint8_t { square, wide, ping_pong, flat, wide_pair };
using SquareTile = HopperTile<128, 128, Sharing::rows>;
using WideTile = HopperTile<128, 256, Sharing::rows>;
using PingPongTile = HopperTile<128, 128, Sharing::tiles>;
using FlatTile = HopperTile<64, 256, Sharing::columns>;
using WidePairTile = HopperTile<128, 256, Sharing::rows, 2>;

/// What host code needs to know of a tile.
struct TileFacts {
  int m, n, cluster;
  const char* suffix;  ///< of a kernel's name
};
constexpr TileFacts facts_of(TileKind kind) {
  switch (kind) {
    case TileKind::wide:
      return {128, 256, 1, ""};
    case TileKind::ping_pong:
      return {128, 128, 1, " ping-pong"};
    case TileKind::flat:
      return {64, 256, 1, ""};
    case TileKind::wide_pair:
      return {128, 256, 2, " pairs"};
    default:
      return {128, 128, 1, ""};
  }
}

/// Which kernels there are.
constexpr bool has_hopper_kernel(Element element, Source source, Major a, TileKind tile) {
  const bool plain = tile == TileKind::square || tile == TileKind::wide;
  // Promoted sums take twice the registers.
  if (element == Element::e4m3_e5m2 || element == Element::e5m2_e4m3)
    return source == Source::matrix && tile == TileKind::square;
  if (is_fp8(element))
    return tile == TileKind::square ? source == Source::matrix || source == Source::im2col
                                    : source == Source::matrix && tile == TileKind::flat;
  if (source == Source::matrix) return plain || a == Major::k;
  if (source == Source::im2col) return plain || tile == TileKind::wide_pair;
  return plain && bytes_of(element) == 2;
}

/// The tile of block `rank` of cluster `index`: the schedule counts clusters, each as many tiles tall as it has blocks.
CHIPFIT_HD WorkTile tile_of(const Schedule& schedule, std::int64_t index, int rank, int cluster) {
  WorkTile work = schedule.at(index);
  work.tile_m = work.tile_m * cluster + rank;
  return work;
}

}  // namespace chipfit::cuda
