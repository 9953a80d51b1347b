#pragma once
#include <cstdint>
#include <string_view>

#include "kernels/cpu/cpu_features.hpp"
#include "kernels/cpu/micro_kernel.hpp"

// Depthwise convolution: every channel by itself, so that vectors run along the channels and nothing is reduced across
// lanes. All steps count elements of the problem's type (f32 or f64).

namespace chipfit::cpu {

/// out[i][c] (=|+=) Σ over taps a_t[i·a_step + c]·b_t[c] for i < rows ≤ kDepthwiseRows, c < channels.
struct DepthwiseRow {
  const Tap* taps;
  std::int64_t tap_count;
  std::int64_t a_step;
  void* out;
  std::int64_t out_step;
  int rows;
  std::int64_t channels;
  Store store;
};
constexpr int kDepthwiseRows = 8;

/// One line of a window: pixel j at a + j·a_step, filter tap s at b + s·b_step; pixels outside of [begin, end) are
/// zero and not read.
struct DepthwiseLine {
  const void* a;
  const void* b;
  int begin, end;
};

/// out[i][c] (=|+=) Σ over lines, Σ over s < taps: a[stride·i + s][c]·b[s][c] for i < rows ≤ kDepthwiseRows: every
/// pixel is loaded once for all outputs and taps that it meets.
struct DepthwiseWindow {
  const DepthwiseLine* lines;
  std::int64_t line_count;
  std::int64_t a_step, b_step;
  void* out;
  std::int64_t out_step;
  int rows;
  std::int64_t channels;
  Store store;
  bool far;  ///< whether the pixels come from memory: those of the next window are asked for
};
using DepthwiseWindowKernel = void (*)(const DepthwiseWindow&);

/// dw_t[c] += Σ over i < pixels of x_t[i·x_step + c]·dy[i·dy_step + c] for t < taps ≤ kDepthwiseTaps, c < channels.
struct DepthwiseGradient {
  const void* const* x;
  std::int64_t x_step;
  const void* dy;
  std::int64_t dy_step;
  std::int64_t pixels;
  void* const* dw;
  int taps;
  std::int64_t channels;
};
constexpr int kDepthwiseTaps = 7;

/// Of one type on one instruction set.
struct DepthwiseTable {
  std::string_view isa;
  CpuFeature needs;
  Dtype type;
  void (*row)(const DepthwiseRow&);
  /// Null where there is no kernel for so many taps and this stride.
  DepthwiseWindowKernel (*window)(std::int64_t taps, std::int64_t stride);
  void (*gradient)(const DepthwiseGradient&);
};

/// The best of this processor, or the one of `isa`; null where there is none.
const DepthwiseTable* find_depthwise(Dtype, std::string_view isa = {});

}  // namespace chipfit::cpu
