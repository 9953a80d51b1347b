#pragma once
#include "kernels/cuda/hopper/encode.hpp"
#include "kernels/cuda/hopper/gemm.hpp"
#include "kernels/cuda/ptx/launch.cuh"

namespace chipfit::cuda {

/// One launch of a Hopper kernel on `blocks` blocks, its maps encoded for where the operands are now.
template <class Op, Major kA, Major kB, class Tile, Source kSource>
const char* launch_hopper_one(const HopperLaunch& l, Step step, void* stream) {
  using Kernel = HopperGemm<Op, kA, kB, Tile, kSource>;
  typename Kernel::Arguments args;
  args.work = l.work;
  if (step == Step::enqueue) {
    if (const char* error = encode(l.a, args.a)) return error;
    if (const char* error = encode(l.b, args.b)) return error;
    if (l.work.store == StoreBy::copy_engine)
      if (const char* error = encode(l.out, args.out)) return error;
  }
  return launch_clusters<Kernel>(args, l.blocks, Kernel::kCluster, step, stream);
}

/// By the tile of the launch, of those that there are.
template <Element kElement, class Op, Major kA, Major kB, Source kSource>
const char* launch_hopper_tile(const HopperLaunch& l, Step step, void* stream) {
  const auto run = [&](auto kind, auto tile) -> const char* {
    if constexpr (has_hopper_kernel(kElement, kSource, kA, decltype(kind)::value))
      return launch_hopper_one<Op, kA, kB, decltype(tile), kSource>(l, step, stream);
    return "there is no such kernel";
  };
  switch (l.tile) {
    case TileKind::square:
      return run(std::integral_constant<TileKind, TileKind::square>{}, SquareTile{});
    case TileKind::wide:
      return run(std::integral_constant<TileKind, TileKind::wide>{}, WideTile{});
    case TileKind::ping_pong:
      return run(std::integral_constant<TileKind, TileKind::ping_pong>{}, PingPongTile{});
    case TileKind::flat:
      return run(std::integral_constant<TileKind, TileKind::flat>{}, FlatTile{});
    default:
      return run(std::integral_constant<TileKind, TileKind::wide_pair>{}, WidePairTile{});
  }
}

/// Products of matrices of 16-bit elements, by the way the operands are stored.
template <Element kElement, class Op>
const char* launch_hopper_as_stored(const HopperLaunch& l, Step step, void* stream) {
  constexpr Major k = Major::k, mn = Major::mn;
  if (l.major_a == k && l.major_b == mn)
    return launch_hopper_tile<kElement, Op, k, mn, Source::matrix>(l, step, stream);
  if (l.major_a == mn && l.major_b == k)
    return launch_hopper_tile<kElement, Op, mn, k, Source::matrix>(l, step, stream);
  if (l.major_a == mn) return launch_hopper_tile<kElement, Op, mn, mn, Source::matrix>(l, step, stream);
  return launch_hopper_tile<kElement, Op, k, k, Source::matrix>(l, step, stream);
}

/// Convolutions of 16-bit elements.
template <Element kElement, class Op>
const char* launch_hopper_conv(const HopperLaunch& l, Step step, void* stream) {
  constexpr Major k = Major::k, mn = Major::mn;
  if (l.source == Source::gradient) return launch_hopper_tile<kElement, Op, k, mn, Source::gradient>(l, step, stream);
  if (l.source == Source::weights) return launch_hopper_tile<kElement, Op, mn, mn, Source::weights>(l, step, stream);
  return launch_hopper_tile<kElement, Op, k, k, Source::im2col>(l, step, stream);
}

/// The types that wgmma takes with k contiguous only.
template <Element kElement, class Op>
const char* launch_hopper_k_major(const HopperLaunch& l, Step step, void* stream) {
  if (l.source == Source::im2col)
    return launch_hopper_tile<kElement, Op, Major::k, Major::k, Source::im2col>(l, step, stream);
  return launch_hopper_tile<kElement, Op, Major::k, Major::k, Source::matrix>(l, step, stream);
}

}  // namespace chipfit::cuda
