#pragma once
#include <cstring>
#include <type_traits>
#include <utility>

#include "kernels/cpu/micro_kernel.hpp"
#include "kernels/cpu/unrolled.hpp"

// The micro-kernel in vectors of the compiler (GCC and clang extension): as fast as the instruction set that a file is
// compiled for lets a plain multiply-add be, and right on every processor. B is always packed, so that every load is a
// full vector; a tile that is not full goes through a buffer on its way to C.
//
// Unit says how a group is multiplied:
//     Vector, Accumulator        of sums, and its element
//     Factor                     a vector of groups of B, or one group of A in every lane
//     rows, vectors, group       size of the tile in registers; elements of A in a group
//     Panel                      type of an element in a panel
//     broadcast(from), multiply_add(sum, a, b)

namespace chipfit::cpu {
namespace {

template <class T, int bytes>
struct VectorOf {
  typedef T type __attribute__((vector_size(bytes)));
};

template <class Vector>
[[gnu::always_inline]] inline Vector load_vector(const void* from) {
  Vector v;
  std::memcpy(&v, from, sizeof v);
  return v;
}

/// `x` in every lane. Not a sum with a vector of zeros: −0 would not survive, and it costs an addition.
template <class Vector, class T>
[[gnu::always_inline]] inline Vector in_every_lane(T x) {
  return [&]<int... i>(std::integer_sequence<int, i...>) __attribute__((always_inline)) {
    return Vector{(static_cast<void>(i), x)...};
  }
  (std::make_integer_sequence<int, sizeof(Vector) / sizeof(T)>{});
}

/// Integers wrap modulo 2^32, as they do in a register.
template <class T>
T wrapping_sum(T x, T y) {
  if constexpr (std::is_integral_v<T>)
    return static_cast<T>(static_cast<unsigned>(x) + static_cast<unsigned>(y));
  else
    return x + y;
}

/// Sums from the stack to C. Apart, so that it takes no registers from the loop over k.
template <class Accumulator, int columns>
[[gnu::noinline]] void write_tile(const Tile& t, const Accumulator (*sums)[columns]) {
  auto* c = static_cast<Accumulator*>(t.c);
  for (int r = 0; r < t.rows; ++r, c += t.c_stride) {
    if (t.cols == columns && t.store == Store::add)
      for (int i = 0; i < columns; ++i) c[i] = wrapping_sum(c[i], sums[r][i]);
    else if (t.cols == columns)
      std::memcpy(c, sums[r], sizeof sums[r]);
    else
      for (int i = 0; i < t.cols; ++i) c[i] = t.store == Store::add ? wrapping_sum(c[i], sums[r][i]) : sums[r][i];
  }
}

template <class Unit, int rows, ARead read>
void generic_tile(const Tile& t) {
  using Vector = typename Unit::Vector;
  using Factor = typename Unit::Factor;
  using Accumulator = typename Unit::Accumulator;
  constexpr int vectors = Unit::vectors, lanes = sizeof(Vector) / sizeof(Accumulator), columns = vectors * lanes;
  constexpr std::int64_t element = sizeof(typename Unit::Panel), group = element * Unit::group;

  Vector sum[rows][vectors];
  unrolled<rows>([&](auto r) __attribute__((always_inline)) {
    unrolled<vectors>([&](auto v) __attribute__((always_inline)) { sum[r][v] = Vector{}; });
  });
  const std::int64_t a_row = read == ARead::in_rows ? t.a_stride * element : group;
  const std::int64_t a_step = read == ARead::in_rows ? group : t.a_stride * element, b_step = t.b_stride * element;
  for (std::int64_t i = 0; i < t.tap_count; ++i) {
    const char* a = static_cast<const char*>(t.taps[i].a);
    const char* b = static_cast<const char*>(t.taps[i].b);
    for (std::int64_t k = 0; k < t.k; k += Unit::group, a += a_step, b += b_step) {
      Factor factors[vectors];
      unrolled<vectors>([&](auto v) __attribute__((always_inline)) {
        factors[v] = load_vector<Factor>(b + v * static_cast<std::int64_t>(sizeof(Factor)));
      });
      unrolled<rows>([&](auto r) __attribute__((always_inline)) {
        const Factor row = Unit::broadcast(a + r * a_row);
        unrolled<vectors>([&](auto v) __attribute__((always_inline)) {
          sum[r][v] = Unit::multiply_add(sum[r][v], row, factors[v]);
        });
      });
    }
  }

  Accumulator sums[rows][columns];
  unrolled<rows>([&](auto r) __attribute__((always_inline)) { std::memcpy(sums[r], sum[r], sizeof sums[r]); });
  write_tile<Accumulator, columns>(t, sums);
}

/// generic_tile<…> for every number of rows.
template <class Unit, ARead read, class = std::make_integer_sequence<int, Unit::rows>>
struct GenericTiles;
template <class Unit, ARead read, int... i>
struct GenericTiles<Unit, read, std::integer_sequence<int, i...>> {
  static constexpr void (*of[])(const Tile&) = {generic_tile<Unit, i + 1, read>...};
};

template <class Unit>
void generic_tile_of(const Tile& t) {
  (t.a_read == ARead::in_rows ? GenericTiles<Unit, ARead::in_rows>::of
                              : GenericTiles<Unit, ARead::k_major>::of)[t.rows - 1](t);
}

/// One lane, one element: f32 and f64.
template <class T, int vector_bytes, int tile_rows, int tile_vectors>
struct FloatUnit {
  using Panel = T;
  using Accumulator = T;
  using Vector = typename VectorOf<T, vector_bytes>::type;
  using Factor = Vector;
  static constexpr int rows = tile_rows, vectors = tile_vectors, group = 1;
  static Factor broadcast(const void* from) { return in_every_lane<Vector>(*static_cast<const T*>(from)); }
  static Vector multiply_add(Vector sum, Factor a, Factor b) { return sum + a * b; }
};

}  // namespace
}  // namespace chipfit::cpu
