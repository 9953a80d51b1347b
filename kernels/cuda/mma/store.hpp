#pragma once
#include <cstdint>

#include "kernels/cuda/index/output.hpp"
#include "kernels/cuda/ptx/ptx.hpp"

namespace chipfit::cuda {

/// Writes one result, rounded once to the output's type; what is added to it (out += …) takes part before rounding.
/// The accumulator's type decides the possible outputs: float → f32, f16, bf16; double → f64; int32 → i32.
CHIPFIT_DEVICE void store_result(const Output& out, std::int64_t offset, float value) {
  if (out.element == Element::f32) {
    float* at = static_cast<float*>(out.data) + offset;
    *at = out.add ? *at + value : value;
  } else {
    std::uint16_t* at = static_cast<std::uint16_t*>(out.data) + offset;
    const bool half = out.element == Element::f16;
    if (out.add) value += half ? ptx::from_f16(*at) : ptx::from_bf16(*at);
    *at = half ? ptx::to_f16(value) : ptx::to_bf16(value);
  }
}
CHIPFIT_DEVICE void store_result(const Output& out, std::int64_t offset, double value) {
  double* at = static_cast<double*>(out.data) + offset;
  *at = out.add ? *at + value : value;
}
CHIPFIT_DEVICE void store_result(const Output& out, std::int64_t offset, std::int32_t value) {
  // Unsigned: the sum is taken modulo 2^32.
  std::uint32_t* at = static_cast<std::uint32_t*>(out.data) + offset;
  *at = out.add ? *at + static_cast<std::uint32_t>(value) : static_cast<std::uint32_t>(value);
}

template <class Sum>
struct alignas(2 * sizeof(Sum)) Pair {
  Sum x, y;
};
struct alignas(4) NarrowPair {
  std::uint16_t x, y;
};

CHIPFIT_DEVICE void store_pair_aligned(const Output& out, std::int64_t offset, float x, float y) {
  if (out.element == Element::f32)
    *reinterpret_cast<Pair<float>*>(static_cast<float*>(out.data) + offset) = {x, y};
  else
    *reinterpret_cast<NarrowPair*>(static_cast<std::uint16_t*>(out.data) + offset) =
        out.element == Element::f16 ? NarrowPair{ptx::to_f16(x), ptx::to_f16(y)}
                                    : NarrowPair{ptx::to_bf16(x), ptx::to_bf16(y)};
}
template <class Sum>
CHIPFIT_DEVICE void store_pair_aligned(const Output& out, std::int64_t offset, Sum x, Sum y) {
  *reinterpret_cast<Pair<Sum>*>(static_cast<Sum*>(out.data) + offset) = {x, y};
}

/// Two results of one row at an even column, as far as the output has them.
template <class Sum>
CHIPFIT_DEVICE void store_pair(const Output& out, std::int64_t batch, std::int64_t row, std::int64_t col, Sum x,
                               Sum y) {
  if (row >= out.m || col >= out.n) return;
  const std::int64_t offset = out.offset(batch, row, col);
  const bool both = col + 1 < out.n;
  if (both && !out.add && offset % 2 == 0) {
    store_pair_aligned(out, offset, x, y);
    return;
  }
  store_result(out, offset, x);
  if (both) store_result(out, offset + 1, y);
}
/// The same for a part of a split sum.
template <class Sum>
CHIPFIT_DEVICE void store_pair(const Partial& partial, std::int64_t split, std::int64_t batch, std::int64_t row,
                               std::int64_t col, Sum x, Sum y) {
  if (row >= partial.m || col >= partial.n) return;
  Sum* at = static_cast<Sum*>(partial.data) + partial.offset(split, batch, row, col);
  at[0] = x;
  if (col + 1 < partial.n) at[1] = y;
}

/// Adds the parts of a split sum, in their order, and writes the result: thread i of all threads takes outputs i,
/// i + threads, …
template <class Sum>
CHIPFIT_DEVICE void reduce_partials(const Output& out, const Partial& partial, int splits, int threads_per_block) {
  const std::int64_t plane = partial.m * partial.n, total = plane * partial.batch;
  const std::int64_t step = std::int64_t{ptx::blocks()} * threads_per_block;
  for (std::int64_t i = std::int64_t{ptx::block()} * threads_per_block + ptx::thread(); i < total; i += step) {
    const std::int64_t batch = i / plane, in_plane = i - batch * plane, row = in_plane / partial.n;
    const Sum* at = static_cast<const Sum*>(partial.data) + i;
    Sum sum = at[0];
    for (int s = 1; s < splits; ++s) sum += at[s * total];
    store_result(out, out.offset(batch, row, in_plane - row * partial.n), sum);
  }
}

}  // namespace chipfit::cuda
