#pragma once
#include "kernels/cuda/hopper/store.hpp"
#include "kernels/cuda/hopper/traits.hpp"
#include "kernels/cuda/index/hopper_work.hpp"
#include "kernels/cuda/ptx/ptx.hpp"

namespace chipfit::cuda {

/// GEMM and forward convolution of compute capability 9.0. A block stays on its multiprocessor and takes every
/// `blocks`-th tile of the schedule. One warpgroup brings slices of k (128 bytes) by TMA into a ring of stages, two
/// others multiply 64×kN of the 128×kN tile each, by wgmma. A stage is `full` when its bytes have arrived and `empty`
/// when both multiplying warpgroups are done with it.
template <class Op, Major kA, Major kB, int kN, Source kSource>
struct HopperGemm {
  using Sum = typename Op::Sum;
  static constexpr int kM = 128, kSliceK = 128 / Op::element_bytes, kThreads = 384, kBlocksPerSm = 1;
  using TileA = WgmmaTile<kA, kM, Op::element_bytes>;
  using TileB = WgmmaTile<kB, kN, Op::element_bytes>;
  static constexpr int kStageBytes = TileA::bytes + TileB::bytes;
  static constexpr int kStages = kN == 256 ? 4 : 6;
  static constexpr int kStaging = kStages * kStageBytes;  ///< results on their way out
  static constexpr int kBarriers = kStaging + 2 * HopperStore::bytes_per_warpgroup;
  static constexpr int shared_bytes = kBarriers + kStages * 16;
  static_assert(shared_bytes <= 227 * 1024, "more than a block of Hopper may have");

  struct Arguments {
    ptx::TensorMap a, b, out;
    HopperWork work;
  };

  static CHIPFIT_DEVICE void run(const Arguments& args) {
    if (ptx::thread() == 0) {
      for (int i = 0; i < kStages; ++i) {
        ptx::mbarrier_init(full(i), 1);
        ptx::mbarrier_init(empty(i), 2);
      }
      ptx::fence_mbarrier_init();
    }
    ptx::sync_threads();
    if (ptx::thread() < 128) {
      ptx::give_registers<40>();
      if (ptx::thread() == 0) bring(args);
    } else {
      ptx::take_registers<232>();
      multiply(args);
    }
  }

 private:
  static CHIPFIT_DEVICE int full(int stage) { return kBarriers + stage * 16; }
  static CHIPFIT_DEVICE int empty(int stage) { return kBarriers + stage * 16 + 8; }

  /// A place in the ring: the stage, and the parity of its current turn.
  struct Ring {
    int stage = 0;
    std::uint32_t parity = 0;
    CHIPFIT_DEVICE void next() {
      if (++stage == kStages) stage = 0, parity ^= 1;
    }
  };

  static CHIPFIT_DEVICE void bring(const Arguments& args) {
    const Schedule& schedule = args.work.schedule;
    Ring ring;
    for (std::int64_t tile = ptx::block(); tile < schedule.total(); tile += ptx::blocks()) {
      const WorkTile work = schedule.at(tile);
      for (int slice = work.k_begin; slice < work.k_end; ++slice, ring.next()) {
        ptx::mbarrier_wait(empty(ring.stage), ring.parity ^ 1);  // the first turn finds every stage empty
        ptx::mbarrier_arrive_expect(full(ring.stage), kStageBytes);
        const int stage = ring.stage * kStageBytes;
        if constexpr (kSource == Source::matrix) {
          bring_matrix<kA, TileA>(args.a, stage, work.tile_m * kM, slice, work.batch, full(ring.stage));
          bring_matrix<kB, TileB>(args.b, stage + TileA::bytes, work.tile_n * kN, slice, work.batch, full(ring.stage));
        } else {
          const ConvGeometry& g = args.work.conv;
          const Im2colBox box = im2col_box(g, work.batch, std::int64_t{work.tile_m} * kM, slice, kSliceK);
          ptx::tma_load_im2col(args.a, stage, box.channel, box.w, box.h, box.n, box.tap_w, box.tap_h, full(ring.stage));
          ptx::tma_load(args.b, stage + TileA::bytes, box.filter_channel, box.tap,
                        static_cast<int>(work.batch) * g.k + work.tile_n * kN, full(ring.stage));
        }
      }
    }
  }

  template <Major kMajor, class Tile>
  static CHIPFIT_DEVICE void bring_matrix(const ptx::TensorMap& map, int stage, int first_mn, int slice,
                                          std::int64_t batch, int barrier) {
    CHIPFIT_UNROLL
    for (int i = 0; i < Tile::boxes; ++i) {
      const int k = slice * kSliceK, mn = first_mn + i * 64;
      ptx::tma_load(map, stage + i * Tile::box_bytes, kMajor == Major::k ? k : mn, kMajor == Major::k ? mn : k,
                    static_cast<int>(batch), barrier);
    }
  }

  static CHIPFIT_DEVICE void multiply(const Arguments& args) {
    const Schedule& schedule = args.work.schedule;
    const int warpgroup = ptx::thread() / 128 - 1, thread = ptx::thread() % 128;
    Ring ring;
    for (std::int64_t tile = ptx::block(); tile < schedule.total(); tile += ptx::blocks()) {
      const WorkTile work = schedule.at(tile);
      Sum sums[kN / 2];
      if constexpr (Op::kPromote)
        sum_promoted(sums, ring, work, warpgroup, thread);
      else
        sum_in_place(sums, ring, work, warpgroup, thread);
      HopperStore::store<kN>(args.out, args.work, work, sums, kStaging, warpgroup, thread);
    }
    if (args.work.store == StoreBy::copy_engine && thread == 0) ptx::bulk_wait_read();
  }

  /// The four products of one slice, as one group.
  static CHIPFIT_DEVICE void start_slice(Sum (&sums)[kN / 2], int stage, int warpgroup, bool first) {
    const std::uint32_t a = ptx::shared_address(stage), b = ptx::shared_address(stage + TileA::bytes);
    ptx::wgmma_fence();
    CHIPFIT_UNROLL
    for (int step = 0; step < 4; ++step)
      Op::template multiply<kN, kA, kB>(sums, TileA::descriptor(a, warpgroup * 64, step), TileB::descriptor(b, 0, step),
                                        !first || step > 0);
    ptx::wgmma_commit();
  }

  static CHIPFIT_DEVICE void sum_in_place(Sum (&sums)[kN / 2], Ring& ring, const WorkTile& work, int warpgroup,
                                          int thread) {
    int previous = -1;
    for (int slice = work.k_begin; slice < work.k_end; ++slice, ring.next()) {
      ptx::mbarrier_wait(full(ring.stage), ring.parity);
      start_slice(sums, ring.stage * kStageBytes, warpgroup, slice == work.k_begin);
      ptx::wgmma_wait<1>();  // the slice before this one has been read
      if (previous >= 0 && thread == 0) ptx::mbarrier_arrive(empty(previous));
      previous = ring.stage;
    }
    ptx::wgmma_wait<0>();
    ptx::hold(sums);
    if (thread == 0) ptx::mbarrier_arrive(empty(previous));
  }

  static CHIPFIT_DEVICE void sum_promoted(Sum (&sums)[kN / 2], Ring& ring, const WorkTile& work, int warpgroup,
                                          int thread) {
    CHIPFIT_UNROLL
    for (int i = 0; i < kN / 2; ++i) sums[i] = 0;
    for (int slice = work.k_begin; slice < work.k_end; ++slice, ring.next()) {
      Sum part[kN / 2];
      ptx::mbarrier_wait(full(ring.stage), ring.parity);
      start_slice(part, ring.stage * kStageBytes, warpgroup, true);
      ptx::wgmma_wait<0>();
      ptx::hold(part);
      if (thread == 0) ptx::mbarrier_arrive(empty(ring.stage));
      CHIPFIT_UNROLL
      for (int i = 0; i < kN / 2; ++i) sums[i] += part[i];
    }
  }
};

}  // namespace chipfit::cuda
