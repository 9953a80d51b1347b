#pragma once
#include <cstring>
#include <type_traits>

#include "kernels/cpu/conv/depthwise_table.hpp"
#include "kernels/cpu/unrolled.hpp"

// Depthwise kernels for vectors of `bytes`, compiled once for each instruction set. Everything is in an unnamed
// namespace: nothing here may be merged with a copy compiled for another.

namespace chipfit::cpu {
namespace {

template <class Number, int bytes>
struct Vectors {
  typedef Number Vector __attribute__((vector_size(bytes)));
  static constexpr int lanes = bytes / static_cast<int>(sizeof(Number));
};

/// The first `count` lanes; all of them where `count` is the number of lanes at compile time.
template <class Vector, class Number, class Count>
[[gnu::always_inline]] inline Vector load(const Number* from, Count count) {
  Vector v{};
  std::memcpy(&v, from, static_cast<std::size_t>(count) * sizeof(Number));
  return v;
}

template <class Vector, class Number, class Count>
[[gnu::always_inline]] inline void store(Number* to, const Vector& v, Count count) {
  std::memcpy(to, &v, static_cast<std::size_t>(count) * sizeof(Number));
}

template <class Number, int bytes, int rows, int vectors, class Count>
[[gnu::always_inline]] inline void depthwise_block(const DepthwiseRow& call, int first, std::int64_t channel,
                                                   Count lanes) {
  using Vector = typename Vectors<Number, bytes>::Vector;
  constexpr int width = Vectors<Number, bytes>::lanes;
  Vector sum[rows][vectors]{};
  for (const Tap *tap = call.taps, *end = tap + call.tap_count; tap != end; ++tap) {
    const Number* a = static_cast<const Number*>(tap->a) + first * call.a_step + channel;
    const Number* b = static_cast<const Number*>(tap->b) + channel;
    Vector weight[vectors];
    unrolled<vectors>([&](auto v) __attribute__((always_inline)) { weight[v] = load<Vector>(b + v * width, lanes); });
    unrolled<rows>([&](auto i) __attribute__((always_inline)) {
      unrolled<vectors>([&](auto v) __attribute__((always_inline)) {
        sum[i][v] += load<Vector>(a + i * call.a_step + v * width, lanes) * weight[v];
      });
    });
  }
  Number* out = static_cast<Number*>(call.out) + first * call.out_step + channel;
  unrolled<rows>([&](auto i) __attribute__((always_inline)) {
    unrolled<vectors>([&](auto v) __attribute__((always_inline)) {
      Number* to = out + i * call.out_step + v * width;
      if (call.store == Store::add) sum[i][v] += load<Vector>(to, lanes);
      store(to, sum[i][v], lanes);
    });
  });
}

template <class Number, int bytes, int rows>
void depthwise_rows(const DepthwiseRow& call) {
  if constexpr (rows > 1)
    if (call.rows < rows) return depthwise_rows<Number, bytes, rows - 1>(call);
  constexpr int lanes = Vectors<Number, bytes>::lanes;
  constexpr std::integral_constant<int, lanes> whole{};
  std::int64_t channel = 0;
  for (; channel + 2 * lanes <= call.channels; channel += 2 * lanes)
    depthwise_block<Number, bytes, rows, 2>(call, 0, channel, whole);
  for (; channel + lanes <= call.channels; channel += lanes)
    depthwise_block<Number, bytes, rows, 1>(call, 0, channel, whole);
  if (channel < call.channels)
    for (int i = 0; i < rows; ++i) depthwise_block<Number, bytes, 1, 1>(call, i, channel, call.channels - channel);
}

/// Outputs first … first + rows − 1 of a window.
template <class Number, int bytes, int rows, int taps, int stride, class Count>
[[gnu::always_inline]] inline void window_block(const DepthwiseWindow& call, int first, std::int64_t channel,
                                                Count lanes) {
  using Vector = typename Vectors<Number, bytes>::Vector;
  constexpr int pixels = (rows - 1) * stride + taps, ahead = 2 * Vectors<Number, bytes>::lanes;
  Number* out = static_cast<Number*>(call.out) + channel;
  // A stride of many channels is more than the hardware foresees: what the next vectors need is asked for here.
  for (int i = 0; i < rows; ++i) __builtin_prefetch(out + (first + i) * call.out_step + ahead, 1);
  Vector sum[rows]{};
  for (const DepthwiseLine *line = call.lines, *last = line + call.line_count; line != last; ++line) {
    const Number* a = static_cast<const Number*>(line->a) + first * stride * call.a_step + channel;
    const Number* b = static_cast<const Number*>(line->b) + channel;
    // A bit for each pixel inside: one test each, of which a comparison with both ends would take two.
    const unsigned inside = ((1u << line->end) - 1) >> line->begin << line->begin >> (first * stride);
    Vector weight[taps];
    unrolled<taps>([&](auto s)
                       __attribute__((always_inline)) { weight[s] = load<Vector>(b + s * call.b_step, lanes); });
    if (call.far)
      for (int j = 0; j < rows * stride; ++j) __builtin_prefetch(a + (j + rows * stride) * call.a_step);
    else
      unrolled<pixels>([&](auto j) __attribute__((always_inline)) { __builtin_prefetch(a + j * call.a_step + ahead); });
    unrolled<pixels>([&](auto j) __attribute__((always_inline)) {
      if ((inside >> j & 1u) == 0) return;
      const Vector pixel = load<Vector>(a + j * call.a_step, lanes);
      unrolled<taps>([&](auto s) __attribute__((always_inline)) {
        constexpr int distance = j - s;
        if constexpr (distance >= 0 && distance % stride == 0 && distance / stride < rows)
          sum[distance / stride] += pixel * weight[s];
      });
    });
  }
  unrolled<rows>([&](auto i) __attribute__((always_inline)) {
    if (first + i >= call.rows) return;
    Number* to = out + (first + i) * call.out_step;
    if (call.store == Store::add) sum[i] += load<Vector>(to, lanes);
    store(to, sum[i], lanes);
  });
}

template <class Number, int bytes, int rows, int taps, int stride>
void window_of(const DepthwiseWindow& call) {
  if constexpr (rows == kDepthwiseRows)
    if (call.rows < rows) return window_of<Number, bytes, rows - 1, taps, stride>(call);
  constexpr int lanes = Vectors<Number, bytes>::lanes;
  std::int64_t channel = 0;
  for (; channel + lanes <= call.channels; channel += lanes)
    window_block<Number, bytes, rows, taps, stride>(call, 0, channel, std::integral_constant<int, lanes>{});
  if (channel < call.channels)
    for (int i = 0; i < call.rows; ++i)
      window_block<Number, bytes, 1, taps, stride>(call, i, channel, call.channels - channel);
}

template <class Number, int bytes>
DepthwiseWindowKernel window(std::int64_t taps, std::int64_t stride) {
  constexpr int rows = kDepthwiseRows;
  // Layers are f32; for f64 the kernel without windows does, and the code stays half as large.
  if constexpr (std::is_same_v<Number, float>) {
    if (stride == 1) {
      if (taps == 2) return window_of<Number, bytes, rows, 2, 1>;
      if (taps == 3) return window_of<Number, bytes, rows, 3, 1>;
      if (taps == 5) return window_of<Number, bytes, rows, 5, 1>;
      if (taps == 7) return window_of<Number, bytes, rows, 7, 1>;
    }
    if (stride == 2) {
      if (taps == 3) return window_of<Number, bytes, rows, 3, 2>;
      if (taps == 5) return window_of<Number, bytes, rows, 5, 2>;
      if (taps == 7) return window_of<Number, bytes, rows, 7, 2>;
    }
  }
  return nullptr;
}

template <class Number, int bytes, int taps, class Count>
[[gnu::always_inline]] inline void depthwise_gradient_block(const DepthwiseGradient& call, std::int64_t channel,
                                                            Count lanes) {
  using Vector = typename Vectors<Number, bytes>::Vector;
  Vector sum[taps]{};
  const Number* x[taps];
  unrolled<taps>([&](auto t)
                     __attribute__((always_inline)) { x[t] = static_cast<const Number*>(call.x[t]) + channel; });
  const Number* dy = static_cast<const Number*>(call.dy) + channel;
  for (std::int64_t i = 0; i < call.pixels; ++i) {
    const Vector gradient = load<Vector>(dy + i * call.dy_step, lanes);
    unrolled<taps>([&](auto t) __attribute__((always_inline)) {
      sum[t] += load<Vector>(x[t] + i * call.x_step, lanes) * gradient;
    });
  }
  unrolled<taps>([&](auto t) __attribute__((always_inline)) {
    Number* to = static_cast<Number*>(call.dw[t]) + channel;
    store(to, load<Vector>(to, lanes) + sum[t], lanes);
  });
}

template <class Number, int bytes, int taps>
void depthwise_gradient(const DepthwiseGradient& call) {
  if constexpr (taps > 1)
    if (call.taps < taps) return depthwise_gradient<Number, bytes, taps - 1>(call);
  constexpr int lanes = Vectors<Number, bytes>::lanes;
  constexpr std::integral_constant<int, lanes> whole{};
  std::int64_t channel = 0;
  for (; channel + lanes <= call.channels; channel += lanes)
    depthwise_gradient_block<Number, bytes, taps>(call, channel, whole);
  if (channel < call.channels) depthwise_gradient_block<Number, bytes, taps>(call, channel, call.channels - channel);
}

template <class Number, int bytes>
constexpr DepthwiseTable depthwise_table(std::string_view isa, CpuFeature needs, Dtype type) {
  return {isa,
          needs,
          type,
          depthwise_rows<Number, bytes, kDepthwiseRows>,
          window<Number, bytes>,
          depthwise_gradient<Number, bytes, kDepthwiseTaps>};
}

}  // namespace
}  // namespace chipfit::cpu
