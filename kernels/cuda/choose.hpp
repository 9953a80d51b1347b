#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "kernels/base/result.hpp"
#include "kernels/cuda/index/element.hpp"
#include "kernels/cuda/index/hopper_tile.hpp"
#include "kernels/cuda/index/schedule.hpp"
#include "kernels/cuda/lower.hpp"
#include "kernels/cuda/relayout.hpp"

namespace chipfit::cuda {

/// What a kernel is chosen by.
struct Capability {
  int major = 0, minor = 0;
  int multiprocessors = 1;
};

enum class Kernel { simt, mma, dmma_m16, hopper, depthwise };

/// Everything a launch needs to know beside the addresses.
struct Plan {
  Problem problem;                  ///< as the kernel sees it: with its operands laid out anew where there are copies
  std::vector<OperandCopy> copies;  ///< into the workspace before the kernel runs; of the output also back
  Kernel kernel = Kernel::simt;
  Element element = Element::f32;
  Schedule schedule;
  TileKind tile = TileKind::square;  ///< hopper
  int channels_per_thread = 1;       ///< depthwise
  std::int64_t workspace_bytes = 0;  ///< partial sums and copies; contents do not matter
  std::string name;                  ///< "wgmma bf16 128x256x64 NT, split 3"
};

/// The kernels that compute a problem, the one that should be fastest first: the others differ in tile, in how the sum
/// is split, or in the instruction. Error (usage), in words for an empty cell, where there is none: another type or
/// layout, a device before compute capability 8.0, extents past what the kernels count with.
///
/// Accuracy is the problem's: strict f32 is multiplied and added in f32; tf32 is used for f32 operands of the other
/// math modes only; 16-bit operands are added up in f32, i8 in i32 modulo 2^32, f64 in f64.
Result<std::vector<Plan>> candidates(const Problem&, const Capability&);

/// The first of them.
Result<Plan> choose(const Problem&, const Capability&);

}  // namespace chipfit::cuda
