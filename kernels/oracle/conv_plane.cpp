#include "kernels/oracle/conv_plane.hpp"

namespace chipfit::oracle {
namespace {

template <class Number>
CHIPFIT_ALWAYS_INLINE void add_scaled(Number* y, const Number* x, Number f, std::int64_t n) {
#pragma omp simd
  for (std::int64_t i = 0; i < n; ++i) {
    Number sum = y[i];
    add_product(sum, x[i], f);
    y[i] = sum;
  }
}

// Start of the run of q that tap (r, s) meets in output row p.
CHIPFIT_ALWAYS_INLINE std::int64_t run_at(const PaddedPlane& g, std::int64_t p, std::int64_t r, std::int64_t s) {
  const std::int64_t column = s * g.dil_w;
  return ((p * g.stride_h + r * g.dil_h) * g.stride_w + column % g.stride_w) * g.phase_width + column / g.stride_w;
}

template <class Number>
CHIPFIT_ALWAYS_INLINE void fwd_body(const PaddedPlane& g, const Number* x, const Number* f, Number* y) {
  for (std::int64_t p = 0; p < g.p; ++p) {
    for (std::int64_t r = 0; r < g.r; ++r) {
      for (std::int64_t s = 0; s < g.s; ++s) add_scaled(y + p * g.q, x + run_at(g, p, r, s), f[r * g.s + s], g.q);
    }
  }
}

template <class Number>
CHIPFIT_ALWAYS_INLINE void bwd_data_body(const PaddedPlane& g, Number* x, const Number* f, const Number* y) {
  for (std::int64_t p = 0; p < g.p; ++p) {
    for (std::int64_t r = 0; r < g.r; ++r) {
      for (std::int64_t s = 0; s < g.s; ++s) add_scaled(x + run_at(g, p, r, s), y + p * g.q, f[r * g.s + s], g.q);
    }
  }
}

CHIPFIT_ALWAYS_INLINE double dot(const double* x, const double* y, std::int64_t n) {
  double sum = 0;
#pragma omp simd reduction(+ : sum)
  for (std::int64_t i = 0; i < n; ++i) sum += x[i] * y[i];
  return sum;
}
CHIPFIT_ALWAYS_INLINE std::uint64_t dot(const std::uint64_t* x, const std::uint64_t* y, std::int64_t n) {
  std::uint64_t sum = 0;
#pragma omp simd reduction(+ : sum)
  for (std::int64_t i = 0; i < n; ++i) sum += x[i] * y[i];
  return sum;
}
CHIPFIT_ALWAYS_INLINE DoubleDouble dot(const DoubleDouble* x, const DoubleDouble* y, std::int64_t n) {
  DoubleDouble sum;
  dot_in_lanes<8>(x, n, y, sum);
  return sum;
}

template <class Number>
CHIPFIT_ALWAYS_INLINE void bwd_weights_body(const PaddedPlane& g, const Number* x, Number* f, const Number* y) {
  for (std::int64_t r = 0; r < g.r; ++r) {
    for (std::int64_t s = 0; s < g.s; ++s) {
      for (std::int64_t p = 0; p < g.p; ++p) add(f[r * g.s + s], dot(x + run_at(g, p, r, s), y + p * g.q, g.q));
    }
  }
}

#define CHIPFIT_PLANES(Number)                                                                                       \
  CHIPFIT_MULTIVERSION(void, fwd, (const PaddedPlane& g, const Number* x, const Number* f, Number* y), (g, x, f, y)) \
  CHIPFIT_MULTIVERSION(void, bwd_data, (const PaddedPlane& g, Number* x, const Number* f, const Number* y),          \
                       (g, x, f, y))                                                                                 \
  CHIPFIT_MULTIVERSION(void, bwd_weights, (const PaddedPlane& g, const Number* x, Number* f, const Number* y),       \
                       (g, x, f, y))
CHIPFIT_PLANES(double)
CHIPFIT_PLANES(DoubleDouble)
CHIPFIT_PLANES(std::uint64_t)
#undef CHIPFIT_PLANES

}  // namespace

PaddedPlane::PaddedPlane(const ConvProblem& c)
    : stride_h(c.stride_h),
      stride_w(c.stride_w),
      dil_h(c.dil_h),
      dil_w(c.dil_w),
      pad_h(c.pad_h),
      pad_w(c.pad_w),
      r(c.r),
      s(c.s),
      p(c.p()),
      q(c.q()),
      height(c.h + 2 * c.pad_h),
      phase_width((c.w + 2 * c.pad_w + c.stride_w - 1) / c.stride_w) {}

template <class Number>
void convolve_fwd(const PaddedPlane& g, const Number* x, const Number* f, Number* y) {
  fwd(g, x, f, y);
}
template <class Number>
void convolve_bwd_data(const PaddedPlane& g, Number* x, const Number* f, const Number* y) {
  bwd_data(g, x, f, y);
}
template <class Number>
void convolve_bwd_weights(const PaddedPlane& g, const Number* x, Number* f, const Number* y) {
  bwd_weights(g, x, f, y);
}

#define CHIPFIT_NUMBER(Number)                                                                        \
  template void convolve_fwd<Number>(const PaddedPlane&, const Number*, const Number*, Number*);      \
  template void convolve_bwd_data<Number>(const PaddedPlane&, Number*, const Number*, const Number*); \
  template void convolve_bwd_weights<Number>(const PaddedPlane&, const Number*, Number*, const Number*);
CHIPFIT_NUMBER(double)
CHIPFIT_NUMBER(DoubleDouble)
CHIPFIT_NUMBER(std::uint64_t)
#undef CHIPFIT_NUMBER

}  // namespace chipfit::oracle
