#pragma once
#include <cstring>

#include "kernels/cpu/conv/winograd_table.hpp"
#include "kernels/cpu/unrolled.hpp"

// The transforms for vectors of `lanes` channels, compiled once for each instruction set. Everything is in an unnamed
// namespace: nothing here may be merged with a copy compiled for another.

namespace chipfit::cpu {
namespace {

template <int lanes>
struct Floats {
  typedef float Vector __attribute__((vector_size(4 * lanes)));
};

template <class Vector>
[[gnu::always_inline]] inline Vector load_some(const float* from, std::int64_t count) {
  Vector v{};
  if (count >= static_cast<std::int64_t>(sizeof v / 4))
    std::memcpy(&v, from, sizeof v);
  else
    std::memcpy(&v, from, static_cast<std::size_t>(count) * 4);
  return v;
}

template <class Vector>
[[gnu::always_inline]] inline void store_some(float* to, Vector v, std::int64_t count) {
  if (count >= static_cast<std::int64_t>(sizeof v / 4))
    std::memcpy(to, &v, sizeof v);
  else
    std::memcpy(to, &v, static_cast<std::size_t>(count) * 4);
}

// One dimension of each transform.

template <class V>
[[gnu::always_inline]] inline void input_1d(const V (&d)[4], V (&t)[4]) {
  t[0] = d[0] - d[2];
  t[1] = d[1] + d[2];
  t[2] = d[2] - d[1];
  t[3] = d[1] - d[3];
}
template <class V>
[[gnu::always_inline]] inline void input_1d(const V (&d)[6], V (&t)[6]) {
  const V even = d[4] - 4 * d[2], odd = d[3] - 4 * d[1], even2 = d[4] - d[2], odd2 = 2 * (d[3] - d[1]);
  t[0] = 4 * d[0] + (d[4] - 5 * d[2]);
  t[1] = even + odd;
  t[2] = even - odd;
  t[3] = even2 + odd2;
  t[4] = even2 - odd2;
  t[5] = 4 * d[1] + (d[5] - 5 * d[3]);
}

template <class V>
[[gnu::always_inline]] inline void filter_1d(const V (&g)[3], V (&t)[4]) {
  const V ends = 0.5f * (g[0] + g[2]), middle = 0.5f * g[1];
  t[0] = g[0];
  t[1] = ends + middle;
  t[2] = ends - middle;
  t[3] = g[2];
}
template <class V>
[[gnu::always_inline]] inline void filter_1d(const V (&g)[3], V (&t)[6]) {
  const V ends = (g[0] + g[2]) * (-1.0f / 6), middle = g[1] * (1.0f / 6);
  const V ends2 = g[0] * (1.0f / 24) + g[2] * (1.0f / 6), middle2 = g[1] * (1.0f / 12);
  t[0] = 0.25f * g[0];
  t[1] = ends - middle;
  t[2] = ends + middle;
  t[3] = ends2 + middle2;
  t[4] = ends2 - middle2;
  t[5] = g[2];
}

template <class V>
[[gnu::always_inline]] inline void output_1d(const V (&m)[4], V (&y)[2]) {
  y[0] = m[0] + m[1] + m[2];
  y[1] = m[1] - m[2] - m[3];
}
template <class V>
[[gnu::always_inline]] inline void output_1d(const V (&m)[6], V (&y)[4]) {
  const V sum = m[1] + m[2], difference = m[1] - m[2], sum2 = m[3] + m[4], difference2 = m[3] - m[4];
  y[0] = m[0] + sum + sum2;
  y[1] = difference + 2 * difference2;
  y[2] = sum + 4 * sum2;
  y[3] = difference + 8 * difference2 + m[5];
}

template <int m, int lanes>
void winograd_input(const WinogradInput& in) {
  using V = typename Floats<lanes>::Vector;
  constexpr int n = m + 2;
  bool whole = in.begin == 0 && in.end == n;
  for (int i = 0; i < n; ++i) whole = whole && in.rows[i];
  for (std::int64_t c = 0; c < in.channels; c += lanes) {
    const std::int64_t left = in.channels - c;
    V half[n][n];
    unrolled<n>([&](auto j) __attribute__((always_inline)) {
      V d[n], t[n];
      unrolled<n>([&](auto i) __attribute__((always_inline)) {
        if (whole && left >= lanes)
          std::memcpy(&d[i], in.rows[i] + j * in.pixel_step + c, sizeof(V));
        else if (in.rows[i] && j >= in.begin && j < in.end)
          d[i] = load_some<V>(in.rows[i] + j * in.pixel_step + c, left);
        else
          d[i] = V{};
      });
      input_1d(d, t);
      unrolled<n>([&](auto i) __attribute__((always_inline)) { half[i][j] = t[i]; });
    });
    unrolled<n>([&](auto i) __attribute__((always_inline)) {
      V t[n];
      input_1d(half[i], t);
      unrolled<n>([&](auto j) __attribute__((always_inline)) {
        std::memcpy(in.points + (i * n + j) * in.point_step + c, &t[j], sizeof(V));
      });
    });
  }
}

template <int m, int lanes>
void winograd_filter(const WinogradFilter& in) {
  using V = typename Floats<lanes>::Vector;
  constexpr int n = m + 2;
  for (std::int64_t at = 0; at < in.count; at += lanes) {
    V half[n][3];
    unrolled<3>([&](auto s) __attribute__((always_inline)) {
      V g[3], t[n];
      unrolled<3>([&](auto r)
                      __attribute__((always_inline)) { std::memcpy(&g[r], in.taps[r * 3 + s] + at, sizeof(V)); });
      filter_1d(g, t);
      unrolled<n>([&](auto i) __attribute__((always_inline)) { half[i][s] = t[i]; });
    });
    unrolled<n>([&](auto i) __attribute__((always_inline)) {
      V t[n];
      filter_1d(half[i], t);
      unrolled<n>([&](auto j) __attribute__((always_inline)) {
        std::memcpy(in.points + (i * n + j) * in.point_step + at, &t[j], sizeof(V));
      });
    });
  }
}

template <int m, int lanes>
void winograd_output(const WinogradOutput& out) {
  using V = typename Floats<lanes>::Vector;
  constexpr int n = m + 2;
  for (std::int64_t c = 0; c < out.channels; c += lanes) {
    const std::int64_t left = out.channels - c;
    V half[m][n];
    unrolled<n>([&](auto j) __attribute__((always_inline)) {
      V p[n], y[m];
      unrolled<n>([&](auto i) __attribute__((always_inline)) {
        std::memcpy(&p[i], out.points + (i * n + j) * out.point_step + c, sizeof(V));
      });
      output_1d(p, y);
      unrolled<m>([&](auto i) __attribute__((always_inline)) { half[i][j] = y[i]; });
    });
    unrolled<m>([&](auto i) __attribute__((always_inline)) {
      if (!out.rows[i]) return;
      V y[m];
      output_1d(half[i], y);
      unrolled<m>([&](auto j) __attribute__((always_inline)) {
        if (j >= out.columns) return;
        float* to = out.rows[i] + j * out.pixel_step + c;
        if (out.store == Store::add) y[j] += load_some<V>(to, left);
        store_some(to, y[j], left);
      });
    });
  }
}

template <int m, int lanes>
constexpr WinogradTable winograd_table(std::string_view isa, CpuFeature needs) {
  return {isa, needs, m, lanes, winograd_input<m, lanes>, winograd_filter<m, lanes>, winograd_output<m, lanes>};
}

}  // namespace
}  // namespace chipfit::cpu
