#pragma once
#include <cstdint>

#include "kernels/cuda/index/fragments.hpp"
#include "kernels/cuda/index/tile_layout.hpp"
#include "kernels/cuda/ptx/ptx.hpp"

namespace chipfit::cuda {

// How the tensor cores multiply one step of k of a warp's tile. A type says
//   Sum                     accumulator type
//   kM, kK                  rows and k of one instruction (columns are always 8); kSums accumulators per lane
//   element_bytes, kTileK, swizzle      the tile in shared memory
//   A<Layout>, B<Layout>    fragments of kM rows, of 8 columns pairwise; load(...), and multiply(...)

/// The types whose fragments ldmatrix brings: 32 bytes of k in each step, whatever the type.
template <class Op>
struct LdmatrixTraits : Op {
  static constexpr int kM = 16, kSums = 4;
  static constexpr int kK = 32 / Op::element_bytes, kTileK = 64 / Op::element_bytes;
  static constexpr Swizzle swizzle = Swizzle::ldmatrix;
  struct FragmentA {
    std::uint32_t word[4];
  };
  /// Two blocks of eight columns: words 0, 1 and 2, 3.
  struct FragmentB {
    std::uint32_t word[4];
  };
  static constexpr int kColumnsOfB = 16;

  template <class Layout>
  static CHIPFIT_DEVICE void load_a(FragmentA& f, int stage, int row, int k, int lane) {
    load<Layout>(f.word, stage, row, k, ldmatrix_a(lane));
  }
  template <class Layout>
  static CHIPFIT_DEVICE void load_b(FragmentB& f, int stage, int column, int k, int lane) {
    load<Layout>(f.word, stage, column, k, ldmatrix_b(lane));
  }
  static CHIPFIT_DEVICE void multiply(typename Op::Sum (&d)[4], const FragmentA& a, const FragmentB& b, int block) {
    Op::mma(d, a.word, b.word[block * 2], b.word[block * 2 + 1]);
  }
  static CHIPFIT_DEVICE Position sum_at(int lane, int i) { return accumulator_m16n8(lane, i); }

 private:
  template <class Layout>
  static CHIPFIT_DEVICE void load(std::uint32_t (&word)[4], int stage, int mn, int k, MatrixOfLane m) {
    if constexpr (Layout::major == Major::k) {
      ptx::ldmatrix(word, stage + Layout::offset(mn + m.mn_block * 8 + m.row, k + m.k_chunk * (kK / 2)));
    } else {
      static_assert(Op::element_bytes == 2, "ldmatrix transposes 16-bit elements only");
      ptx::ldmatrix_transposed(word, stage + Layout::offset(mn + m.mn_block * 8, k + m.k_chunk * 8 + m.row));
    }
    Op::round(word);
  }
};

struct Bf16Op {
  using Sum = float;
  static constexpr int element_bytes = 2;
  static CHIPFIT_DEVICE void round(std::uint32_t (&)[4]) {}
  static CHIPFIT_DEVICE void mma(float (&d)[4], const std::uint32_t (&a)[4], std::uint32_t b0, std::uint32_t b1) {
    ptx::mma_bf16(d, a, b0, b1);
  }
};
struct F16Op {
  using Sum = float;
  static constexpr int element_bytes = 2;
  static CHIPFIT_DEVICE void round(std::uint32_t (&)[4]) {}
  static CHIPFIT_DEVICE void mma(float (&d)[4], const std::uint32_t (&a)[4], std::uint32_t b0, std::uint32_t b1) {
    ptx::mma_f16(d, a, b0, b1);
  }
};
struct Tf32Op {
  using Sum = float;
  static constexpr int element_bytes = 4;
  // The tensor cores drop the low bits; rounding first halves the error and takes its bias away.
  static CHIPFIT_DEVICE void round(std::uint32_t (&word)[4]) {
    CHIPFIT_UNROLL
    for (int i = 0; i < 4; ++i) word[i] = ptx::round_to_tf32(word[i]);
  }
  static CHIPFIT_DEVICE void mma(float (&d)[4], const std::uint32_t (&a)[4], std::uint32_t b0, std::uint32_t b1) {
    ptx::mma_tf32(d, a, b0, b1);
  }
};
struct I8Op {
  using Sum = std::int32_t;
  static constexpr int element_bytes = 1;
  static CHIPFIT_DEVICE void round(std::uint32_t (&)[4]) {}
  static CHIPFIT_DEVICE void mma(std::int32_t (&d)[4], const std::uint32_t (&a)[4], std::uint32_t b0,
                                 std::uint32_t b1) {
    ptx::mma_i8(d, a, b0, b1);
  }
};
using MmaBf16 = LdmatrixTraits<Bf16Op>;
using MmaF16 = LdmatrixTraits<F16Op>;
using MmaTf32 = LdmatrixTraits<Tf32Op>;
using MmaI8 = LdmatrixTraits<I8Op>;

/// f64 by m8n8k4 (compute capability 8.0).
struct DmmaM8 {
  using Sum = double;
  static constexpr int element_bytes = 8, kM = 8, kSums = 2, kK = 4, kTileK = 16, kColumnsOfB = 8;
  static constexpr Swizzle swizzle = Swizzle::pairs;
  struct FragmentA {
    double value;
  };
  struct FragmentB {
    double value;
  };
  template <class Layout>
  static CHIPFIT_DEVICE void load_a(FragmentA& f, int stage, int row, int k, int lane) {
    const Position at = dmma_a_m8n8k4(lane);
    f.value = ptx::load_shared<double>(stage + Layout::offset(row + at.row, k + at.col));
  }
  template <class Layout>
  static CHIPFIT_DEVICE void load_b(FragmentB& f, int stage, int column, int k, int lane) {
    const Position at = dmma_b_m8n8k4(lane);
    f.value = ptx::load_shared<double>(stage + Layout::offset(column + at.row, k + at.col));
  }
  static CHIPFIT_DEVICE void multiply(double (&d)[2], const FragmentA& a, const FragmentB& b, int) {
    ptx::mma_f64_m8n8k4(d, a.value, b.value);
  }
  static CHIPFIT_DEVICE Position sum_at(int lane, int i) { return accumulator_m8n8(lane, i); }
};

/// f64 by m16n8k16 (compute capability 9.0).
struct DmmaM16 {
  using Sum = double;
  static constexpr int element_bytes = 8, kM = 16, kSums = 4, kK = 16, kTileK = 16, kColumnsOfB = 8;
  static constexpr Swizzle swizzle = Swizzle::pairs;
  struct FragmentA {
    double value[8];
  };
  struct FragmentB {
    double value[4];
  };
  template <class Layout>
  static CHIPFIT_DEVICE void load_a(FragmentA& f, int stage, int row, int k, int lane) {
    CHIPFIT_UNROLL
    for (int i = 0; i < 8; ++i) {
      const Position at = dmma_a_m16n8k16(lane, i);
      f.value[i] = ptx::load_shared<double>(stage + Layout::offset(row + at.row, k + at.col));
    }
  }
  template <class Layout>
  static CHIPFIT_DEVICE void load_b(FragmentB& f, int stage, int column, int k, int lane) {
    CHIPFIT_UNROLL
    for (int i = 0; i < 4; ++i) {
      const Position at = dmma_b_m16n8k16(lane, i);
      f.value[i] = ptx::load_shared<double>(stage + Layout::offset(column + at.row, k + at.col));
    }
  }
  static CHIPFIT_DEVICE void multiply(double (&d)[4], const FragmentA& a, const FragmentB& b, int) {
    ptx::mma_f64_m16n8k16(d, a.value, b.value);
  }
  static CHIPFIT_DEVICE Position sum_at(int lane, int i) { return accumulator_m16n8(lane, i); }
};

}  // namespace chipfit::cuda
