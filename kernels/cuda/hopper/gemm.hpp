#pragma once
#include "kernels/cuda/hopper/bring.hpp"
#include "kernels/cuda/hopper/store.hpp"
#include "kernels/cuda/hopper/traits.hpp"

namespace chipfit::cuda {

/// GEMM and convolution of compute capability 9.0. A block stays on its multiprocessor and takes every `blocks`-th tile
/// of the schedule. One warpgroup brings slices of k (128 bytes) by TMA into a ring of stages, two others multiply by
/// wgmma and share the work as the tile says. A stage is `full` when its bytes have arrived and `empty` when all that
/// read it are done with it: the warpgroups of the block, and of its cluster where it shares operands. Warpgroups that
/// take tiles in turns also take turns at multiplying: a parity tells a stage's turn from the next one only to who has
/// seen the one before end.
template <class Op, Major kA, Major kB, class Tile, Source kSource>
struct HopperGemm {
  using Sum = typename Op::Sum;
  using Stage = HopperStage<kA, kB, Tile, Op::element_bytes>;
  static constexpr int kThreads = 384, kBlocksPerSm = 1, kCluster = Tile::cluster, kColumns = Tile::columns;
  static constexpr int kStages = 196 * 1024 / Stage::bytes < 6 ? 196 * 1024 / Stage::bytes : 6;
  static constexpr int kStaging = kStages * Stage::bytes;  ///< results on their way out
  static constexpr int kBarriers = kStaging + 2 * HopperStore::bytes_per_warpgroup;
  static constexpr int shared_bytes = kBarriers + kStages * 16 + 16;
  static_assert(shared_bytes <= 227 * 1024, "more than a block of Hopper may have");
  using Sums = Sum[Tile::strips][kColumns / 2];

  struct Arguments {
    ptx::TensorMap a, b, out;
    HopperWork work;
  };

  static CHIPFIT_DEVICE void run(const Arguments& args) {
    const int rank = kCluster > 1 ? ptx::cluster_rank() : 0;
    if (ptx::thread() == 0) {
      for (int i = 0; i < kStages; ++i) {
        ptx::mbarrier_init(full(i), 1);
        ptx::mbarrier_init(empty(i), Tile::readers * kCluster);
      }
      for (int warpgroup = 0; warpgroup < 2; ++warpgroup) ptx::mbarrier_init(turn_of(warpgroup), 1);
      ptx::fence_mbarrier_init();
    }
    meet();
    if (ptx::thread() < 128) {
      ptx::give_registers<kSource == Source::matrix ? 40 : 56>();
      if (ptx::thread() == 0) bring(args, rank);
    } else {
      ptx::take_registers<kSource == Source::matrix ? 232 : 224>();
      multiply(args, rank);
    }
    // A block's shared memory is there as long as others of its cluster write to it.
    if constexpr (kCluster > 1) ptx::cluster_sync();
  }

 private:
  static CHIPFIT_DEVICE int full(int stage) { return kBarriers + stage * 16; }
  static CHIPFIT_DEVICE int empty(int stage) { return kBarriers + stage * 16 + 8; }
  static CHIPFIT_DEVICE int turn_of(int warpgroup) { return kBarriers + kStages * 16 + warpgroup * 8; }
  static CHIPFIT_DEVICE void meet() {
    if constexpr (kCluster > 1)
      ptx::cluster_sync();
    else
      ptx::sync_threads();
  }

  /// A place in the ring: the stage, and the parity of its current turn.
  struct Ring {
    int stage = 0;
    std::uint32_t parity = 0;
    CHIPFIT_DEVICE void next() {
      if (++stage == kStages) stage = 0, parity ^= 1;
    }
    CHIPFIT_DEVICE void skip(int slices) {
      const int to = stage + slices;
      parity ^= static_cast<std::uint32_t>(to / kStages) & 1;
      stage = to % kStages;
    }
  };

  static CHIPFIT_DEVICE void bring(const Arguments& args, int rank) {
    const Schedule& schedule = args.work.schedule;
    Ring ring;
    for (std::int64_t i = ptx::block() / kCluster; i < schedule.total(); i += ptx::blocks() / kCluster) {
      const WorkTile work = tile_of(schedule, i, rank, kCluster);
      for (int slice = work.k_begin; slice < work.k_end; ++slice, ring.next()) {
        ptx::mbarrier_wait(empty(ring.stage), ring.parity ^ 1);  // the first turn finds every stage empty
        ptx::mbarrier_arrive_expect(full(ring.stage), Stage::bytes);
        Stage::template bring<kSource>(args.a, args.b, args.work.conv, ring.stage * Stage::bytes, work, slice,
                                       full(ring.stage), rank);
      }
    }
  }

  static CHIPFIT_DEVICE void multiply(const Arguments& args, int rank) {
    const Schedule& schedule = args.work.schedule;
    const int warpgroup = ptx::thread() / 128 - 1, thread = ptx::thread() % 128;
    constexpr bool in_turns = Tile::sharing == Sharing::tiles;
    Ring ring;
    int turn = 0;
    for (std::int64_t i = ptx::block() / kCluster; i < schedule.total(); i += ptx::blocks() / kCluster, ++turn) {
      const WorkTile work = tile_of(schedule, i, rank, kCluster);
      if (in_turns && turn % 2 != warpgroup) {
        ring.skip(work.k_end - work.k_begin);
        continue;
      }
      // The first warpgroup's first turn has nobody before it.
      if (in_turns) ptx::mbarrier_wait(turn_of(warpgroup), static_cast<std::uint32_t>((turn / 2 + 1 - warpgroup) & 1));
      Sums sums;
      if constexpr (Op::kPromote)
        sum_promoted(sums, ring, work, warpgroup, thread);
      else
        sum_in_place(sums, ring, work, warpgroup, thread);
      if (in_turns && thread == 0) ptx::mbarrier_arrive(turn_of(1 - warpgroup));
      CHIPFIT_UNROLL
      for (int strip = 0; strip < Tile::strips; ++strip)
        HopperStore::store<kColumns>(args.out, args.work, work, sums[strip], kStaging, warpgroup, thread,
                                     work.tile_m * Tile::m + Tile::first_row(warpgroup) + strip * 64,
                                     work.tile_n * Tile::n + Tile::first_column(warpgroup));
    }
    if (args.work.store == StoreBy::copy_engine && thread == 0) ptx::bulk_wait_read();
  }

  /// The products of one slice, as one group.
  static CHIPFIT_DEVICE void start_slice(Sums& sums, int stage, int warpgroup, bool first) {
    const std::uint32_t a = ptx::shared_address(stage), b = ptx::shared_address(stage + Stage::A::bytes);
    ptx::wgmma_fence();
    CHIPFIT_UNROLL
    for (int step = 0; step < 4; ++step) {
      CHIPFIT_UNROLL
      for (int strip = 0; strip < Tile::strips; ++strip)
        Op::template multiply<kColumns, kA, kB>(
            sums[strip], Stage::A::descriptor(a, Tile::first_row(warpgroup) + strip * 64, step),
            Stage::B::descriptor(b, Tile::first_column(warpgroup), step), !first || step > 0);
    }
    ptx::wgmma_commit();
  }

  static CHIPFIT_DEVICE void hold(Sums& sums) {
    CHIPFIT_UNROLL
    for (int strip = 0; strip < Tile::strips; ++strip) ptx::hold(sums[strip]);
  }

  /// One thread says for its warpgroup that it has read a stage.
  static CHIPFIT_DEVICE void leave(int stage, int thread) {
    if (thread != 0) return;
    if constexpr (kCluster == 1) {
      ptx::mbarrier_arrive(empty(stage));
    } else {
      CHIPFIT_UNROLL
      for (int other = 0; other < kCluster; ++other) ptx::mbarrier_arrive_at(other, empty(stage));
    }
  }

  static CHIPFIT_DEVICE void sum_in_place(Sums& sums, Ring& ring, const WorkTile& work, int warpgroup, int thread) {
    int previous = -1;
    for (int slice = work.k_begin; slice < work.k_end; ++slice, ring.next()) {
      ptx::mbarrier_wait(full(ring.stage), ring.parity);
      start_slice(sums, ring.stage * Stage::bytes, warpgroup, slice == work.k_begin);
      ptx::wgmma_wait<1>();  // the slice before this one has been read
      if (previous >= 0) leave(previous, thread);
      previous = ring.stage;
    }
    ptx::wgmma_wait<0>();
    hold(sums);
    leave(previous, thread);
  }

  static CHIPFIT_DEVICE void sum_promoted(Sums& sums, Ring& ring, const WorkTile& work, int warpgroup, int thread) {
    CHIPFIT_UNROLL
    for (int strip = 0; strip < Tile::strips; ++strip) {
      CHIPFIT_UNROLL
      for (int i = 0; i < kColumns / 2; ++i) sums[strip][i] = 0;
    }
    for (int slice = work.k_begin; slice < work.k_end; ++slice, ring.next()) {
      Sums part;
      ptx::mbarrier_wait(full(ring.stage), ring.parity);
      start_slice(part, ring.stage * Stage::bytes, warpgroup, true);
      ptx::wgmma_wait<0>();
      hold(part);
      leave(ring.stage, thread);
      CHIPFIT_UNROLL
      for (int strip = 0; strip < Tile::strips; ++strip) {
        CHIPFIT_UNROLL
        for (int i = 0; i < kColumns / 2; ++i) sums[strip][i] += part[strip][i];
      }
    }
  }
};

}  // namespace chipfit::cuda
