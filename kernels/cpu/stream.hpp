#pragma once
#include <cstdint>
#include <span>
#include <string_view>

#include "kernels/cpu/cpu_features.hpp"
#include "kernels/problem/dtype.hpp"

// GEMM with at most eight rows (or, transposed, columns) reads each element of the large operand for a few
// multiplications only: memory is the limit, and packing would double what it has to carry. The large operand is
// streamed once where it lies, as "lines" of length k: the columns of B, or the rows of A.

namespace chipfit::cpu {

constexpr int kMostStreamed = 8;
constexpr int kStreamedTypes = 8;  ///< all operand types: f64, f32, f16, bf16, e4m3, e5m2, i8, u8

/// sums[s][l] = Σ over k of small[s][k] · large[l][k], for s < `count` and l in [0, lines).
struct Stream {
  const void* large;  ///< of the operand's type; line l, depth k at l·line_stride + k·k_stride, one of them 1
  std::int64_t line_stride, k_stride;
  std::int64_t lines, k;
  const void* small;  ///< of the type of the sums; [count][k], small_stride apart
  std::int64_t small_stride;
  int count;   ///< 1, 4 or 8
  void* sums;  ///< [count][lines], sums_stride apart
  std::int64_t sums_stride;
};

/// How one type is streamed on one instruction set: constant data. Sums are f64 for f64, i32 (modulo 2^32) for
/// integers, else f32.
struct StreamKernel {
  std::string_view isa;
  CpuFeature needs;
  Dtype large;
  void (*along_k)(const Stream&);      ///< k_stride is 1: dot products
  void (*along_lines)(const Stream&);  ///< line_stride is 1: rows of k are scaled and added, some at a time
};

/// The first for the type that this processor can run; of the instruction set `isa` where that is not empty. Null where
/// there is none.
const StreamKernel* find_stream_kernel(Dtype large, std::string_view isa = {});

}  // namespace chipfit::cpu
