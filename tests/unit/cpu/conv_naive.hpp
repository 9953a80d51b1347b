#pragma once
#include <cstdint>
#include <random>
#include <vector>

#include "kernels/problem/problem.hpp"

namespace chipfit::test {

/// The definition of the three directions as plain loops in f64, nothing shared with the kernels under test. The result
/// is added to `out`.
inline void naive_conv(const ConvProblem& f, const std::vector<double>& in0, const std::vector<double>& in1,
                       std::vector<double>& out) {
  const std::int64_t cg = f.c / f.groups, kg = f.k / f.groups, ph = f.p(), qw = f.q();
  const bool nhwc = f.layout == Layout::nhwc;
  const auto at = [&](std::int64_t i0, std::int64_t i1, std::int64_t y, std::int64_t x, std::int64_t extent1,
                      std::int64_t h, std::int64_t w) {
    return static_cast<std::size_t>(nhwc ? ((i0 * h + y) * w + x) * extent1 + i1
                                         : ((i0 * extent1 + i1) * h + y) * w + x);
  };
  for (std::int64_t n = 0; n < f.n; ++n)
    for (std::int64_t k = 0; k < f.k; ++k)
      for (std::int64_t p = 0; p < ph; ++p)
        for (std::int64_t q = 0; q < qw; ++q)
          for (std::int64_t r = 0; r < f.r; ++r)
            for (std::int64_t s = 0; s < f.s; ++s) {
              const std::int64_t h = p * f.stride_h - f.pad_h + r * f.dil_h, w = q * f.stride_w - f.pad_w + s * f.dil_w;
              if (h < 0 || h >= f.h || w < 0 || w >= f.w) continue;
              for (std::int64_t c = 0; c < cg; ++c) {
                const std::size_t x = at(n, k / kg * cg + c, h, w, f.c, f.h, f.w),
                                  filter = at(k, c, r, s, cg, f.r, f.s), y = at(n, k, p, q, f.k, ph, qw);
                if (f.direction == ConvDirection::fwd) out[y] += in0[x] * in1[filter];
                if (f.direction == ConvDirection::bwd_data) out[x] += in0[y] * in1[filter];
                if (f.direction == ConvDirection::bwd_weights) out[filter] += in0[x] * in1[y];
              }
            }
}

/// A small valid convolution with every kind of remainder: strides 1–3, dilations 1–3, padding, groups, depthwise, odd
/// extents.
inline ConvProblem random_conv(std::mt19937_64& random) {
  const auto pick = [&](std::int64_t low, std::int64_t high) {
    return std::uniform_int_distribution<std::int64_t>(low, high)(random);
  };
  for (;;) {
    ConvProblem c;
    c.n = pick(1, 3);
    c.groups = pick(0, 3) == 0 ? pick(2, 4) : 1;
    c.c = c.groups * (pick(0, 3) == 0 ? pick(1, 4) : pick(1, 40));
    c.k = c.groups * (pick(0, 3) == 0 ? pick(28, 70) : pick(1, 40));
    if (pick(0, 5) == 0) c.groups = c.c = c.k = pick(2, 70);
    c.h = pick(1, 12), c.w = pick(1, 33);
    if (pick(0, 3) > 0) {
      c.r = pick(1, 4), c.s = pick(1, 5);
      c.pad_h = pick(0, 3), c.pad_w = pick(0, 4);
      c.dil_h = pick(1, 3), c.dil_w = pick(1, 3);
    }
    c.stride_h = pick(1, 3), c.stride_w = pick(1, 3);
    if (validate(c) && flop(c) < 4'000'000) return c;
  }
}

}  // namespace chipfit::test
