#pragma once
#include "kernels/cuda/index/depthwise_arguments.hpp"
#include "kernels/cuda/index/element.hpp"
#include "kernels/cuda/index/gemm_arguments.hpp"
#include "kernels/cuda/index/hopper_tile.hpp"
#include "kernels/cuda/index/relayout_arguments.hpp"
#include "kernels/cuda/index/tensor_map.hpp"
#include "kernels/cuda/index/tile_layout.hpp"

namespace chipfit::cuda {

// The border between host code (C++20, no CUDA header) and the units that nvcc compiles (C++17). Every function answers
// nullptr, or the CUDA runtime's words for what went wrong. `stream` is a cudaStream_t.

/// configure: what is to be done once before a kernel's first launch (loads its code, raises its shared memory).
enum class Step { configure, enqueue };

/// Tensor-core kernels of compute capability 8.0, defined for bf16, f16, tf32, i8 and f64, and the four kinds of
/// arguments. Majors other than K, K exist for bf16 and f16 only.
template <Element kElement, class Arguments>
const char* launch_mma(const Arguments&, Major a, Major b, Step, void* stream);

/// Strict f32 without tensor cores.
template <class Arguments>
const char* launch_simt(const Arguments&, Step, void* stream);

/// f64 by the m16n8k16 instruction of compute capability 9.0.
const char* launch_dmma_m16(const DenseArguments&, Step, void* stream);

/// A Hopper kernel's arguments, by value but for the maps, which are encoded at every launch.
struct HopperLaunch {
  TensorMapPlan a, b, out;
  HopperWork work;
  Major major_a = Major::k, major_b = Major::k;
  Source source = Source::matrix;
  TileKind tile = TileKind::square;
  std::int64_t blocks = 1;  ///< a multiple of the tile's cluster
};
/// wgmma kernels of compute capability 9.0, for what has_hopper_kernel says: bf16 and f16 (matrices), tf32, i8 and the
/// fp8 types. Majors other than K, K for bf16 and f16 only.
template <Element kElement>
const char* launch_hopper(const HopperLaunch&, Step, void* stream);
/// The same for convolutions of bf16 and f16.
template <Element kElement>
const char* launch_hopper_image(const HopperLaunch&, Step, void* stream);

/// Depthwise convolutions, defined for f32, f64, f16, bf16 and i8. `channels` that one thread computes: 1 or 4. The
/// numbers are those of ConvDirection.
enum class DepthwiseWork { fwd = 2, bwd_data = 3, bwd_weights = 4 };
template <Element kElement>
const char* launch_depthwise(const DepthwiseArguments&, DepthwiseWork, int channels, Step, void* stream);

/// Copies of elements of 1, 2, 4 or 8 bytes.
const char* launch_relayout(const RelayoutArguments&, int element_bytes, Step, void* stream);

/// Adds the parts of a split sum. `sum`: f32, f64 or i32.
const char* launch_reduce(Element sum, const Output&, const Partial&, int splits, Step, void* stream);

}  // namespace chipfit::cuda
