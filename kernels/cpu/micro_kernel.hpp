#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "kernels/cpu/cpu_features.hpp"
#include "kernels/problem/dtype.hpp"

// The contract between the drivers (GEMM, convolution) and the code written for one instruction set. A micro-kernel
// computes one tile of C, at most mr × nr, whose accumulators live in registers:
//
//     C[i][j]  =  or  +=   Σ over taps t   Σ over k   a_t[i][k] · b_t[k][j]
//
// GEMM has one tap; a convolution has one for each filter position that falls on the image ("batch-reduce GEMM").
//
// Packed panels. The k extent is cut into groups of `group` neighbours that one instruction multiplies and adds (1 for
// f32 and f64, 2 for bf16, 4 for int8); a panel is padded with zeros to whole groups and to its full width:
//     A panel [k / group][mr][group], a_bytes each          B panel [k / group][nr][group], b_bytes each
// Panels are aligned to 64 bytes; micro-kernels that compensate (below) keep nr sums of type i32 after a B panel.
// Padding may be read and multiplied, so what is packed with it must be zero, not poison.

namespace chipfit::cpu {

/// Where a tile finds a_t[i][k].
enum class ARead : std::uint8_t {
  k_major,  ///< at a + k·a_stride + i: a packed panel (a_stride = mr·group), or, where group is 1, a transposed matrix
            ///< in place
  in_rows,  ///< at a + i·a_stride + k: rows of a matrix in place, or of an image (a row for each output pixel)
};

/// What happens to the old content of a C tile.
enum class Store : std::uint8_t { overwrite, add };

/// One term of the sum over taps.
struct Tap {
  const void* a;
  const void* b;
};

/// One call of a micro-kernel. Strides are in elements: of the type in the panel for A and B, of the accumulator for C.
struct Tile {
  const Tap* taps;
  std::int64_t tap_count;  ///< may be 0: a tile of zeros
  std::int64_t k;          ///< of each tap; a multiple of `group` (panels are padded to it)
  ARead a_read;
  Store store;
  int rows, cols;  ///< 1 ≤ rows ≤ mr, 1 ≤ cols ≤ nr; nothing beyond them is read of A in place or written of C
  std::int64_t a_stride;  ///< see ARead
  std::int64_t b_stride;  ///< from one group of k to the next: nr·group in a panel; another for B in place
  void* c;                ///< row-major, of the accumulator type
  std::int64_t c_stride;  ///< from row to row
  /// Lines that the caller will need soon, asked for one by one while the tile is computed: `prefetch_lines` of them,
  /// prefetch_step bytes apart. Not more than one for each group of k is asked for; null: none.
  const void* prefetch;
  std::int64_t prefetch_step, prefetch_lines;
};

/// A matrix to pack from, with the element type of the operand: line l (row of A, column of B), depth k at
/// data[l·line_stride + k·k_stride]. Fast where one of the strides is 1.
struct Source {
  const void* data;
  std::int64_t line_stride, k_stride;
};

/// Packs lines × k elements into ⌈lines / width⌉ panels (width mr or nr) that are panel_bytes apart: at least what
/// MicroKernel::a_panel_bytes or b_panel_bytes says for this k.
using Pack = void (*)(const Source&, std::int64_t lines, std::int64_t k, std::int64_t panel_bytes, void* panels);

/// One way of multiplying one pair of operand types on one instruction set: constant data.
struct MicroKernel {
  std::string_view isa;   ///< "avx512"
  std::string_view name;  ///< of the instruction: "vdpbf16ps"
  CpuFeature needs;
  Dtype a, b, acc;  ///< operands as the caller has them, and accumulators
  int mr, nr, group;
  int a_bytes, b_bytes;  ///< of one element in a panel; packing converts where the operand's type is another
  /// Whether an operand can be read in place: it is stored as panels hold it, and (B) group is 1. i8 operands are
  /// shifted to unsigned while they are read.
  bool a_in_place, b_in_place;
  int compensation_bytes;  ///< behind a B panel, for each of its columns: what the shift to unsigned adds, negated
  void (*tile)(const Tile&);
  Pack pack_a, pack_b;

  std::int64_t padded(std::int64_t k) const { return (k + group - 1) / group * group; }
  std::int64_t a_panel_bytes(std::int64_t k) const { return (padded(k) * mr * a_bytes + 63) / 64 * 64; }
  std::int64_t b_panel_bytes(std::int64_t k) const {
    return (padded(k) * nr * b_bytes + nr * compensation_bytes + 63) / 64 * 64;
  }
};

/// All of this build, widest instruction set first; the last of each pair of types works on any processor.
std::span<const MicroKernel* const> micro_kernels();

/// The first micro-kernel for the pair of types that this processor can run; of the instruction set `isa` where that
/// is not empty. Null where there is none.
const MicroKernel* find_micro_kernel(Dtype a, Dtype b, std::string_view isa = {});

}  // namespace chipfit::cpu
