#pragma once
#include "kernels/cuda/index/hopper_tile.hpp"
#include "kernels/cuda/index/hopper_work.hpp"
#include "kernels/cuda/index/wgmma_descriptor.hpp"
#include "kernels/cuda/ptx/ptx.hpp"

namespace chipfit::cuda {

/// One stage of the ring, a slice of A and behind it one of B, and how one thread has it brought by TMA.
template <Major kA, Major kB, class Tile, int kElementBytes>
struct HopperStage {
  static constexpr int kSliceK = 128 / kElementBytes;
  using A = WgmmaTile<kA, Tile::m, kElementBytes>;
  using B = WgmmaTile<kB, Tile::n, kElementBytes>;
  static constexpr int bytes = A::bytes + B::bytes;

  /// Starts the copies into the stage at `stage`, counted at `barrier`. Of B a block of a cluster brings its own part,
  /// for all of them.
  template <Source kSource>
  static CHIPFIT_DEVICE void bring(const ptx::TensorMap& a, const ptx::TensorMap& b, const ConvGeometry& g, int stage,
                                   const WorkTile& work, int slice, int barrier, int rank) {
    const int batch = static_cast<int>(work.batch), k = slice * kSliceK;
    const int mn_a = work.tile_m * Tile::m, mn_b = work.tile_n * Tile::n, at_b = stage + A::bytes;
    if constexpr (kSource == Source::weights) {
      // A tap is a batch. k is an output pixel.
      for_boxes<kA, A, 1>(0, [&](int box, int mn) { ptx::tma_load(a, stage + box, mn_a + mn, k, 0, barrier); });
      const Im2colBox at = im2col_box_of_tap(g, k, batch);
      for_boxes<kB, B, 1>(0, [&](int box, int mn) {
        ptx::tma_load_im2col(b, at_b + box, mn_b + mn, at.w, at.h, at.n, at.tap_w, at.tap_h, barrier);
      });
    } else if constexpr (kSource == Source::matrix) {
      for_boxes<kA, A, 1>(0, [&](int box, int mn) {
        ptx::tma_load(a, stage + box, kA == Major::k ? k : mn_a + mn, kA == Major::k ? mn_a + mn : k, batch, barrier);
      });
      for_boxes<kB, B, Tile::cluster>(rank, [&](int box, int mn) {
        load_for_all(b, at_b + box, kB == Major::k ? k : mn_b + mn, kB == Major::k ? mn_b + mn : k, batch, barrier);
      });
    } else {
      const Im2colBox at = im2col_box(g, work.batch, mn_a, slice, kSliceK);
      ptx::tma_load_im2col(a, stage, at.channel, at.w, at.h, at.n, at.tap_w, at.tap_h, barrier);
      if constexpr (kSource == Source::im2col) {  // filters (C, R·S, K)
        for_boxes<kB, B, Tile::cluster>(rank, [&](int box, int mn) {
          load_for_all(b, at_b + box, at.filter_channel, at.tap, batch * g.k + mn_b + mn, barrier);
        });
      } else {  // the same filters turned, with the image's channels as columns and the filters as k
        const int tap = g.r * g.s - 1 - at.tap;
        for_boxes<kB, B, Tile::cluster>(
            rank, [&](int box, int mn) { load_for_all(b, at_b + box, mn_b + mn, tap, at.channel, barrier); });
      }
    }
  }

 private:
  /// load(offset of a box in the operand, its first row or column) for the boxes of sharer `rank` of kSharers.
  template <Major kMajor, class Operand, int kSharers, class Load>
  static CHIPFIT_DEVICE void for_boxes(int rank, Load load) {
    constexpr int box_mn = kMajor == Major::k ? Operand::mn / kSharers : 64;
    constexpr int box_bytes = (kMajor == Major::k ? box_mn : Operand::k) * 128;
    constexpr int mine = Operand::mn / box_mn / kSharers;
    CHIPFIT_UNROLL
    for (int i = 0; i < mine; ++i) {
      const int box = rank * mine + i;
      load(box * box_bytes, box * box_mn);
    }
  }

  static CHIPFIT_DEVICE void load_for_all(const ptx::TensorMap& map, int offset, int c0, int c1, int c2, int barrier) {
    if constexpr (Tile::cluster == 1)
      ptx::tma_load(map, offset, c0, c1, c2, barrier);
    else
      ptx::tma_load_multicast(map, offset, c0, c1, c2, barrier, static_cast<std::uint16_t>((1 << Tile::cluster) - 1));
  }
};

}  // namespace chipfit::cuda
