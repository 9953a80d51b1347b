#pragma once
#include <algorithm>
#include <array>
#include <cstdint>

#include "kernels/problem/problem.hpp"

namespace chipfit::oracle {

/// Steps, in elements, of the four indices of a dense convolution tensor. X: n c h w, W: k c r s, Y: n k p q.
struct Strides {
  std::int64_t a, b, c, d;
  std::int64_t at(std::int64_t i, std::int64_t j, std::int64_t k, std::int64_t l) const {
    return i * a + j * b + k * c + l * d;
  }
};

/// Strides of a tensor with outer index, channels, rows and columns, in `layout`.
inline Strides strides(Layout layout, std::int64_t channels, std::int64_t rows, std::int64_t columns) {
  if (layout == Layout::nchw) return {channels * rows * columns, rows * columns, columns, 1};
  return {channels * rows * columns, 1, columns * channels, channels};
}
inline Strides strides_x(const ConvProblem& p) {
  return strides(p.layout, p.c, p.h, p.w);
}
inline Strides strides_w(const ConvProblem& p) {
  return strides(p.layout, p.c / p.groups, p.r, p.s);
}
inline Strides strides_y(const ConvProblem& p) {
  return strides(p.layout, p.k, p.p(), p.q());
}

/// The four indices of flat position `flat` in a dense tensor of the given extents.
inline std::array<std::int64_t, 4> position(Layout layout, std::int64_t flat, std::int64_t channels, std::int64_t rows,
                                            std::int64_t columns) {
  const std::int64_t inner = channels * rows * columns, rest = flat % inner;
  if (layout == Layout::nchw) {
    return {flat / inner, rest / (rows * columns), rest / columns % rows, rest % columns};
  }
  return {flat / inner, rest % channels, rest / (columns * channels), rest / channels % columns};
}

/// Terms of the sum behind one output, padding counted: K, (C/g)·R·S, (K/g)·R·S or N·P·Q.
inline std::int64_t products_per_output(const Problem& problem) {
  if (const auto* gemm = std::get_if<GemmProblem>(&problem)) return gemm->k;
  const auto& conv = std::get<ConvProblem>(problem);
  switch (conv.direction) {
    case ConvDirection::bwd_data:
      return conv.k / conv.groups * conv.r * conv.s;
    case ConvDirection::bwd_weights:
      return conv.n * conv.p() * conv.q();
    case ConvDirection::fwd:
      break;
  }
  return conv.c / conv.groups * conv.r * conv.s;
}

/// The filter taps r of one axis that pair output point `out` with an input inside the image, and the other way round.
struct AxisTaps {
  std::int64_t input, filter, output, pad, stride, dil;
  /// Input index under tap r of output point p, or -1 on padding.
  std::int64_t input_at(std::int64_t p, std::int64_t r) const {
    const std::int64_t i = p * stride - pad + r * dil;
    return i >= 0 && i < input ? i : -1;
  }
  /// Output point whose tap r lies on input h, or -1.
  std::int64_t output_at(std::int64_t h, std::int64_t r) const {
    const std::int64_t i = h + pad - r * dil;
    if (i < 0 || i % stride != 0) return -1;
    return i / stride < output ? i / stride : -1;
  }
};
inline AxisTaps rows_of(const ConvProblem& p) {
  return {p.h, p.r, p.p(), p.pad_h, p.stride_h, p.dil_h};
}
inline AxisTaps columns_of(const ConvProblem& p) {
  return {p.w, p.s, p.q(), p.pad_w, p.stride_w, p.dil_w};
}

/// The K products of one output of a GEMM: first positions and steps in the two inputs.
struct GemmSum {
  std::int64_t a, step_a, b, step_b;
};
inline GemmSum sum_of(const GemmProblem& g, std::int64_t flat) {
  const std::int64_t batch = flat / (g.m * g.n), row = flat / g.n % g.m, column = flat % g.n;
  const bool ta = g.trans_a == Transpose::yes, tb = g.trans_b == Transpose::yes;
  return {batch * g.m * g.k + (ta ? row : row * g.k), ta ? g.m : 1, batch * g.k * g.n + (tb ? column * g.k : column),
          tb ? 1 : g.n};
}

/// Calls visit(index into the first input, index into the second) for every product of output `flat`, those on
/// padding left out.
template <class Visit>
void for_each_product(const GemmProblem& g, std::int64_t flat, Visit&& visit) {
  const GemmSum sum = sum_of(g, flat);
  for (std::int64_t k = 0; k < g.k; ++k) visit(sum.a + k * sum.step_a, sum.b + k * sum.step_b);
}

template <class Visit>
void for_each_product(const ConvProblem& p, std::int64_t flat, Visit&& visit) {
  const Strides sx = strides_x(p), sw = strides_w(p), sy = strides_y(p);
  const AxisTaps rows = rows_of(p), columns = columns_of(p);
  const std::int64_t cg = p.c / p.groups, kg = p.k / p.groups;
  if (p.direction == ConvDirection::bwd_weights) {
    const auto [k, c, r, s] = position(p.layout, flat, cg, p.r, p.s);
    const std::int64_t channel = k / kg * cg + c;
    for (std::int64_t y = 0; y < rows.output; ++y) {
      const std::int64_t h = rows.input_at(y, r);
      if (h < 0) continue;
      for (std::int64_t x = 0; x < columns.output; ++x) {
        const std::int64_t w = columns.input_at(x, s);
        if (w < 0) continue;
        for (std::int64_t n = 0; n < p.n; ++n) visit(sx.at(n, channel, h, w), sy.at(n, k, y, x));
      }
    }
    return;
  }
  const bool forward = p.direction == ConvDirection::fwd;
  const auto [n, channel, y, x] =
      forward ? position(p.layout, flat, p.k, rows.output, columns.output) : position(p.layout, flat, p.c, p.h, p.w);
  const std::int64_t group = channel / (forward ? kg : cg);
  for (std::int64_t r = 0; r < p.r; ++r) {
    const std::int64_t i = forward ? rows.input_at(y, r) : rows.output_at(y, r);
    if (i < 0) continue;
    for (std::int64_t s = 0; s < p.s; ++s) {
      const std::int64_t j = forward ? columns.input_at(x, s) : columns.output_at(x, s);
      if (j < 0) continue;
      if (forward) {
        for (std::int64_t c = 0; c < cg; ++c) visit(sx.at(n, group * cg + c, i, j), sw.at(channel, c, r, s));
      } else {
        for (std::int64_t k = 0; k < kg; ++k) {
          visit(sy.at(n, group * kg + k, i, j), sw.at(group * kg + k, channel % cg, r, s));
        }
      }
    }
  }
}

}  // namespace chipfit::oracle
