#pragma once
#include <chipfit/chipfit_plugin.h>

#include <cstdint>
#include <vector>

namespace chipfit::test {

/// The definitions of chipfit_plugin.h written as plain loops, in f64, with nothing shared with the kernels under test.
/// Operands as flat arrays; the result is added to `out`.
inline void naive_gemm(const chipfit_gemm_shape& s, const std::vector<double>& a, const std::vector<double>& b,
                       std::vector<double>& out) {
  for (std::int64_t i = 0; i < s.batch; ++i)
    for (std::int64_t m = 0; m < s.m; ++m)
      for (std::int64_t n = 0; n < s.n; ++n)
        for (std::int64_t k = 0; k < s.k; ++k)
          out[(i * s.m + m) * s.n + n] += a[i * s.m * s.k + (s.trans_a ? k * s.m + m : m * s.k + k)] *
                                          b[i * s.k * s.n + (s.trans_b ? n * s.k + k : k * s.n + n)];
}

/// Flat index of element (i0, i1, y, x) of an array i0 × i1 × h × w; `channels_last` stores it i0 × h × w × i1.
inline std::int64_t at(bool channels_last, std::int64_t i0, std::int64_t i1, std::int64_t y, std::int64_t x,
                       std::int64_t extent1, std::int64_t h, std::int64_t w) {
  return channels_last ? ((i0 * h + y) * w + x) * extent1 + i1 : ((i0 * extent1 + i1) * h + y) * w + x;
}

/// Every direction sums the same products; only which of the three arrays is written differs.
inline void naive_conv(std::uint32_t op, bool nhwc, const chipfit_conv_shape& f, const std::vector<double>& in0,
                       const std::vector<double>& in1, std::vector<double>& out) {
  const std::int64_t cg = f.c / f.groups, kg = f.k / f.groups;
  for (std::int64_t n = 0; n < f.n; ++n)
    for (std::int64_t k = 0; k < f.k; ++k)
      for (std::int64_t p = 0; p < f.p; ++p)
        for (std::int64_t q = 0; q < f.q; ++q)
          for (std::int64_t c = 0; c < cg; ++c)
            for (std::int64_t r = 0; r < f.r; ++r)
              for (std::int64_t s = 0; s < f.s; ++s) {
                const std::int64_t h = p * f.stride_h - f.pad_h + r * f.dil_h;
                const std::int64_t w = q * f.stride_w - f.pad_w + s * f.dil_w;
                if (h < 0 || h >= f.h || w < 0 || w >= f.w) continue;
                const std::int64_t x = at(nhwc, n, k / kg * cg + c, h, w, f.c, f.h, f.w);
                const std::int64_t filter = at(nhwc, k, c, r, s, cg, f.r, f.s);
                const std::int64_t y = at(nhwc, n, k, p, q, f.k, f.p, f.q);
                if (op == CHIPFIT_CONV_FWD) out[y] += in0[x] * in1[filter];
                if (op == CHIPFIT_CONV_BWD_DATA) out[x] += in0[y] * in1[filter];
                if (op == CHIPFIT_CONV_BWD_WEIGHTS) out[filter] += in0[x] * in1[y];
              }
}

}  // namespace chipfit::test
