#pragma once
#include <vector>

#include "honest.hpp"

namespace chipfit::oracle {

/// Matrices of Winograd's F(m×m, 3×3) with tiles of m + 2 (A. Lavin, S. Gray, Fast Algorithms for Convolutional Neural
/// Networks, 2016): y = Aᵀ[(G w Gᵀ) ⊙ (Bᵀ x B)]A.
template <std::size_t m>
struct Winograd {
  float bt[m + 2][m + 2], g[m + 2][3], at[m][m + 2];
};

/// Points 0, ±1, ±2, ∞.
inline constexpr Winograd<4> kWinograd4{
    {{4, 0, -5, 0, 1, 0},
     {0, -4, -4, 1, 1, 0},
     {0, 4, -4, -1, 1, 0},
     {0, -2, -1, 2, 1, 0},
     {0, 2, -1, -2, 1, 0},
     {0, 4, 0, -5, 0, 1}},
    {{1.f / 4, 0, 0},
     {-1.f / 6, -1.f / 6, -1.f / 6},
     {-1.f / 6, 1.f / 6, -1.f / 6},
     {1.f / 24, 1.f / 12, 1.f / 6},
     {1.f / 24, -1.f / 12, 1.f / 6},
     {0, 0, 1}},
    {{1, 1, 1, 1, 1, 0}, {0, 1, -1, 2, -2, 0}, {0, 1, 1, 4, 4, 0}, {0, 1, -1, 8, -8, 1}}};

/// Points 0, ±1, ±2, ±1/2, ∞.
inline constexpr Winograd<6> kWinograd6{{{1, 0, -5.25f, 0, 5.25f, 0, -1, 0},
                                         {0, 1, 1, -4.25f, -4.25f, 1, 1, 0},
                                         {0, -1, 1, 4.25f, -4.25f, -1, 1, 0},
                                         {0, 0.5f, 0.25f, -2.5f, -1.25f, 2, 1, 0},
                                         {0, -0.5f, 0.25f, 2.5f, -1.25f, -2, 1, 0},
                                         {0, 2, 4, -2.5f, -5, 0.5f, 1, 0},
                                         {0, -2, 4, 2.5f, -5, -0.5f, 1, 0},
                                         {0, -1, 0, 5.25f, 0, -5.25f, 0, 1}},
                                        {{1, 0, 0},
                                         {-2.f / 9, -2.f / 9, -2.f / 9},
                                         {-2.f / 9, 2.f / 9, -2.f / 9},
                                         {1.f / 90, 1.f / 45, 2.f / 45},
                                         {1.f / 90, -1.f / 45, 2.f / 45},
                                         {32.f / 45, 16.f / 45, 8.f / 45},
                                         {32.f / 45, -16.f / 45, 8.f / 45},
                                         {0, 0, 1}},
                                        {{1, 1, 1, 1, 1, 1, 1, 0},
                                         {0, 1, -1, 2, -2, 0.5f, -0.5f, 0},
                                         {0, 1, 1, 4, 4, 0.25f, 0.25f, 0},
                                         {0, 1, -1, 8, -8, 0.125f, -0.125f, 0},
                                         {0, 1, 1, 16, 16, 0.0625f, 0.0625f, 0},
                                         {0, 1, -1, 32, -32, 0.03125f, -0.03125f, 1}}};

/// Fills t.out, a forward f32 convolution of 3×3 filters with stride, dilation and groups 1. Every operation rounds to
/// f32; channels are added one after another.
template <std::size_t m>
void compute_by_winograd(Trial& t, const Winograd<m>& matrices) {
  constexpr std::size_t side = m + 2, area = side * side;
  constexpr auto step = static_cast<std::int64_t>(m), width = static_cast<std::int64_t>(side);
  // out = left · in · leftᵀ
  const auto transform = [](const auto& left, const float* in, std::size_t rows, std::size_t cols, float* out) {
    float half[side][side] = {};
    for (std::size_t i = 0; i < rows; ++i) {
      for (std::size_t j = 0; j < cols; ++j) {
        for (std::size_t k = 0; k < cols; ++k) half[i][j] += left[i][k] * in[k * cols + j];
      }
    }
    for (std::size_t i = 0; i < rows; ++i) {
      for (std::size_t j = 0; j < rows; ++j) {
        float sum = 0;
        for (std::size_t k = 0; k < cols; ++k) sum += half[i][k] * left[j][k];
        out[i * rows + j] = sum;
      }
    }
  };

  const auto& p = std::get<ConvProblem>(t.problem);
  const Strides sx = strides_x(p), sw = strides_w(p), sy = strides_y(p);
  const auto* x = reinterpret_cast<const float*>(t.a[0].data());
  const auto* w = reinterpret_cast<const float*>(t.b[0].data());
  auto* y = reinterpret_cast<float*>(t.out.data());
  const auto slot = [&](std::int64_t k, std::int64_t c) {
    return static_cast<std::size_t>((k * p.c + c) * static_cast<std::int64_t>(area));
  };
  std::vector<float> filters(slot(p.k, 0)), image(static_cast<std::size_t>(p.c) * static_cast<std::int64_t>(area));
  for (std::int64_t k = 0; k < p.k; ++k) {
    for (std::int64_t c = 0; c < p.c; ++c) {
      float taps[9];
      for (std::int64_t i = 0; i < 9; ++i) taps[i] = w[sw.at(k, c, i / 3, i % 3)];
      transform(matrices.g, taps, side, 3, &filters[slot(k, c)]);
    }
  }
  for (std::int64_t n = 0; n < p.n; ++n) {
    for (std::int64_t row = 0; row < p.p(); row += step) {
      for (std::int64_t column = 0; column < p.q(); column += step) {
        for (std::int64_t c = 0; c < p.c; ++c) {
          float tile[area];
          for (std::int64_t i = 0; i < width * width; ++i) {
            const std::int64_t h = row - p.pad_h + i / width, v = column - p.pad_w + i % width;
            tile[i] = h >= 0 && h < p.h && v >= 0 && v < p.w ? x[sx.at(n, c, h, v)] : 0;
          }
          transform(matrices.bt, tile, side, side, &image[static_cast<std::size_t>(c) * area]);
        }
        for (std::int64_t k = 0; k < p.k; ++k) {
          float sums[area] = {}, out[m * m];
          for (std::int64_t c = 0; c < p.c; ++c) {
            for (std::size_t i = 0; i < area; ++i) {
              sums[i] += filters[slot(k, c) + i] * image[static_cast<std::size_t>(c) * area + i];
            }
          }
          transform(matrices.at, sums, m, side, out);
          for (std::int64_t i = 0; i < step * step; ++i) {
            const std::int64_t v = row + i / step, u = column + i % step;
            if (v < p.p() && u < p.q()) y[sy.at(n, k, v, u)] = out[i];
          }
        }
      }
    }
  }
}

}  // namespace chipfit::oracle
