#pragma once
#include <immintrin.h>

#include <utility>

#include "kernels/cpu/micro_kernel.hpp"
#include "kernels/cpu/unrolled.hpp"

// The one micro-kernel of AVX-512: 14 × 2 registers of accumulators, two of B, and each element (or group) of A
// broadcast when it is needed. Two multiply-adds for each load keep both pipes busy: measured on Zen 5, 8×48, 9×48,
// 12×32 and 14×32 all run at the register peak, and 14×32 needs the fewest lines of both operands together.
//
// Unit says what an element group is and how it is multiplied; see f32.cpp:
//     Vector                             a register of accumulators
//     Accumulator                        its element
//     Factor                             a register of B, or of A to all lanes
//     lanes, group, bytes                accumulators per register; elements of A per group; bytes of such a group
//     load(mask, pointer)                one register of B, elements outside the mask zero
//     broadcast<read>(pointer)           a group of A to all lanes
//     multiply_add(sum, a, b)
//     load_c(mask, pointer), store_c(mask, pointer, sum), add(sum, sum)
//     compensated                        whether i32 sums stand behind each B panel

namespace chipfit::cpu::avx512 {
namespace {

constexpr int kRows = 14, kVectors = 2;
constexpr int kColumns = kVectors * 16;  ///< of accumulators of 32 bits

/// Row i of A: i·stride from compile-time i, with few registers. Two bases seven rows apart and three multiples of the
/// stride reach fourteen rows by the scaled addressing of x86.
struct RowAddress {
  const char* base[2];
  std::int64_t stride, stride3, stride5;
  RowAddress(const void* a, std::int64_t stride_bytes)
      : base{static_cast<const char*>(a), static_cast<const char*>(a) + 7 * stride_bytes},
        stride(stride_bytes),
        stride3(3 * stride_bytes),
        stride5(5 * stride_bytes) {}
  template <int i>
  [[gnu::always_inline]] const char* at() const {
    const char* from = base[i / 7];
    switch (i % 7) {
      case 0:
        return from;
      case 1:
        return from + stride;
      case 2:
        return from + 2 * stride;
      case 3:
        return from + stride3;
      case 4:
        return from + 4 * stride;
      case 5:
        return from + stride5;
      default:
        return from + 2 * stride3;
    }
  }
  [[gnu::always_inline]] void advance(std::int64_t bytes) {
    base[0] += bytes;
    base[1] += bytes;
  }
};

template <class Unit, int rows, int vectors, ARead read>
void tile(const Tile& t) {
  using Vector = typename Unit::Vector;
  using Accumulator = typename Unit::Accumulator;
  constexpr int element = Unit::bytes / Unit::group;
  constexpr unsigned all = (1u << Unit::lanes) - 1;
  const unsigned last = all >> (vectors * Unit::lanes - t.cols);
  const auto mask = [&](int v) __attribute__((always_inline)) {
    return v + 1 < vectors ? all : last;
  };

  // Copies: the compiler has to think that a store to C changes the Tile.
  auto* const c = static_cast<Accumulator*>(t.c);
  const std::int64_t c_stride = t.c_stride;
  const Store store = t.store;

  Vector sum[rows][vectors];
  unrolled<vectors>([&](auto v) __attribute__((always_inline)) {
    Vector start{};
    if constexpr (Unit::compensated) {
      for (std::int64_t i = 0; i < t.tap_count; ++i) {
        const char* behind = static_cast<const char*>(t.taps[i].b) + t.k / Unit::group * t.b_stride;
        start = Unit::add(start, Unit::load_c(mask(v), behind + 64 * v));
      }
    }
    unrolled<rows>([&](auto r) __attribute__((always_inline)) { sum[r][v] = start; });
  });

  // One line is asked for in each step of k, so that the misses that the operands wait for are not behind them in the
  // queue: first the lines of C (the first and the last of each row), then what the caller says.
  enum Stage { first_lines, last_lines, callers_lines, nothing };
  int stage = first_lines;
  const auto* ahead = reinterpret_cast<const char*>(c);
  std::int64_t ahead_step = c_stride * static_cast<std::int64_t>(sizeof(Accumulator)), ahead_left = rows;
  const auto next_stage = [&]() __attribute__((always_inline)) {
    ++stage;
    if (stage == last_lines) {
      ahead = reinterpret_cast<const char*>(c + t.cols - 1), ahead_left = rows;
    } else if (stage == callers_lines && t.prefetch) {
      ahead = static_cast<const char*>(t.prefetch), ahead_step = t.prefetch_step, ahead_left = t.prefetch_lines;
    } else {
      // An address that is not there would walk the page table each time.
      ahead = reinterpret_cast<const char*>(c), ahead_step = 0, ahead_left = INT64_MAX;
    }
  };

  // A long panel of B comes from the second level. Asked for so many steps ahead: 0.919 → 0.928 of the register peak at
  // f32 2048³ with kc = 1024 on Zen 5.
  const std::int64_t b_step = t.b_stride * element, columns_ahead = 8 * b_step;
  for (std::int64_t i = 0; i < t.tap_count; ++i) {
    RowAddress a(t.taps[i].a, read == ARead::in_rows ? t.a_stride * element : Unit::bytes);
    const char* b = static_cast<const char*>(t.taps[i].b);
    for (std::int64_t k = t.k / Unit::group; k > 0;) {
      const std::int64_t steps = k < ahead_left ? k : ahead_left;
      k -= steps;
      ahead_left -= steps;
      for (std::int64_t step = steps; step > 0; --step) {
        typename Unit::Factor columns[vectors];
        unrolled<vectors>([&](auto v) __attribute__((always_inline)) { columns[v] = Unit::load(mask(v), b + 64 * v); });
        unrolled<rows>([&](auto r) __attribute__((always_inline)) {
          const char* from = read == ARead::in_rows ? a.template at<r>() : a.base[0] + r * Unit::bytes;
          const typename Unit::Factor row = Unit::template broadcast<read>(from);
          unrolled<vectors>([&](auto v) __attribute__((always_inline)) {
            sum[r][v] = Unit::multiply_add(sum[r][v], row, columns[v]);
          });
        });
        a.advance(read == ARead::in_rows ? Unit::bytes : t.a_stride * element);
        _mm_prefetch(b + columns_ahead, _MM_HINT_T0);
        if constexpr (vectors > 1) _mm_prefetch(b + columns_ahead + 64, _MM_HINT_T0);
        b += b_step;
        _mm_prefetch(ahead, _MM_HINT_T0);
        ahead += ahead_step;
      }
      if (ahead_left == 0) next_stage();
    }
  }

  unrolled<rows>([&](auto r) __attribute__((always_inline)) {
    unrolled<vectors>([&](auto v) __attribute__((always_inline)) {
      Accumulator* to = c + r * c_stride + v * Unit::lanes;
      if (store == Store::add) sum[r][v] = Unit::add(sum[r][v], Unit::load_c(mask(v), to));
      Unit::store_c(mask(v), to, sum[r][v]);
    });
  });
}

/// tile<…> for every number of rows and registers.
template <class Unit, ARead read, class = std::make_integer_sequence<int, kRows * kVectors>>
struct Tiles;
template <class Unit, ARead read, int... i>
struct Tiles<Unit, read, std::integer_sequence<int, i...>> {
  static constexpr void (*of[])(const Tile&) = {tile<Unit, i / kVectors + 1, i % kVectors + 1, read>...};
};

/// The micro-kernel: the code written out for exactly these rows, registers and way to read A.
template <class Unit>
void tile_of(const Tile& t) {
  const int vectors = (t.cols + Unit::lanes - 1) / Unit::lanes, size = (t.rows - 1) * kVectors + vectors - 1;
  (t.a_read == ARead::in_rows ? Tiles<Unit, ARead::in_rows>::of : Tiles<Unit, ARead::k_major>::of)[size](t);
}

}  // namespace
}  // namespace chipfit::cpu::avx512
