#pragma once
#include "kernels/cuda/hopper/encode.hpp"
#include "kernels/cuda/hopper/gemm.hpp"
#include "kernels/cuda/ptx/launch.cuh"

namespace chipfit::cuda {

/// One launch of a Hopper kernel on `blocks` blocks, its maps encoded for where the operands are now.
template <class Op, Major kA, Major kB, int kN, Source kSource>
const char* launch_hopper_one(const HopperLaunch& l, Step step, void* stream) {
  using Kernel = HopperGemm<Op, kA, kB, kN, kSource>;
  typename Kernel::Arguments args;
  args.work = l.work;
  if (step == Step::enqueue) {
    if (const char* error = encode(l.a, args.a)) return error;
    if (const char* error = encode(l.b, args.b)) return error;
    if (l.work.store == StoreBy::copy_engine)
      if (const char* error = encode(l.out, args.out)) return error;
  }
  return launch_blocks<Kernel>(args, l.blocks, step, stream);
}

template <class Op, int kN>
const char* launch_hopper_matrix(const HopperLaunch& l, Step step, void* stream) {
  if constexpr (Op::element_bytes == 2) {
    if (l.major_a == Major::k && l.major_b == Major::mn)
      return launch_hopper_one<Op, Major::k, Major::mn, kN, Source::matrix>(l, step, stream);
    if (l.major_a == Major::mn && l.major_b == Major::k)
      return launch_hopper_one<Op, Major::mn, Major::k, kN, Source::matrix>(l, step, stream);
    if (l.major_a == Major::mn) return launch_hopper_one<Op, Major::mn, Major::mn, kN, Source::matrix>(l, step, stream);
  }
  return launch_hopper_one<Op, Major::k, Major::k, kN, Source::matrix>(l, step, stream);
}

}  // namespace chipfit::cuda
