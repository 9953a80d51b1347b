#pragma once
#include <cstdint>

#include "kernels/problem/element.hpp"

namespace chipfit::oracle {

/// Unevaluated sum of two doubles, |lo| ≤ ulp(hi)/2 about: 106 bits. Sources: T. J. Dekker (1971), D. E. Knuth
/// (TwoSum), J.-M. Muller et al., Handbook of Floating-Point Arithmetic, ch. 14. Needs -ffp-contract=off.
struct DoubleDouble {
  double hi = 0, lo = 0;
  constexpr DoubleDouble() = default;
  constexpr DoubleDouble(double high, double low) : hi(high), lo(low) {}
  // Copied member by member: g++ does not vectorise loops that copy the pair as a block of memory.
  constexpr DoubleDouble(const DoubleDouble& x) : hi(x.hi), lo(x.lo) {}
  constexpr DoubleDouble& operator=(const DoubleDouble& x) {
    hi = x.hi;
    lo = x.lo;
    return *this;
  }
};

/// The three arithmetics of the checks: double for residuals of narrower types, DoubleDouble for those of f64,
/// std::uint64_t (the ring of integers modulo 2^64) for the exact check. `add_product(y, a, w)` is y + a·w.
CHIPFIT_ALWAYS_INLINE void add_product(double& y, double a, double w) {
#if defined(__aarch64__)
  y = __builtin_fma(a, w, y);
#else
  // Not fused: the baseline instruction set has no such instruction and would call the library.
  y += a * w;
#endif
}
CHIPFIT_ALWAYS_INLINE void add_product(std::uint64_t& y, std::uint64_t a, std::uint64_t w) {
  y += a * w;
}
CHIPFIT_ALWAYS_INLINE void add(DoubleDouble& y, double hi, double lo) {
  const double sum = y.hi + hi;
  const double part = sum - y.hi;
  const double error = (y.hi - (sum - part)) + (hi - part);
  y.lo += error + lo;
  y.hi = sum;
}
CHIPFIT_ALWAYS_INLINE void add_product(DoubleDouble& y, double a, DoubleDouble w) {
  const double product = a * w.hi;
  add(y, product, __builtin_fma(a, w.hi, -product) + a * w.lo);
}
CHIPFIT_ALWAYS_INLINE void add_product(DoubleDouble& y, DoubleDouble a, DoubleDouble w) {
  const double product = a.hi * w.hi;
  add(y, product, __builtin_fma(a.hi, w.hi, -product) + (a.hi * w.lo + a.lo * w.hi));
}
CHIPFIT_ALWAYS_INLINE void add(double& y, double x) {
  y += x;
}
CHIPFIT_ALWAYS_INLINE void add(std::uint64_t& y, std::uint64_t x) {
  y += x;
}
CHIPFIT_ALWAYS_INLINE void add(DoubleDouble& y, DoubleDouble x) {
  add(y, x.hi, x.lo);
}

CHIPFIT_ALWAYS_INLINE double negated(double x) {
  return -x;
}
CHIPFIT_ALWAYS_INLINE std::uint64_t negated(std::uint64_t x) {
  return 0 - x;
}
CHIPFIT_ALWAYS_INLINE DoubleDouble negated(DoubleDouble x) {
  return {-x.hi, -x.lo};
}

/// How an arithmetic sees an element of storage type T, and its own values.
template <class Number>
struct View;
template <>
struct View<double> {
  template <class T>
  CHIPFIT_ALWAYS_INLINE static double of(T x) {
    return widen(x);
  }
};
template <>
struct View<std::uint64_t> {
  template <class T>
  CHIPFIT_ALWAYS_INLINE static std::uint64_t of(T x) {
    return integer(x);
  }
  CHIPFIT_ALWAYS_INLINE static std::uint64_t of(std::uint64_t x) { return x; }
};
template <>
struct View<DoubleDouble> {
  template <class T>
  CHIPFIT_ALWAYS_INLINE static double of(T x) {
    return widen(x);
  }
  CHIPFIT_ALWAYS_INLINE static DoubleDouble of(DoubleDouble x) { return x; }
};

/// y += Σ a[i]·w[i]. Compilers know no reduction of double-doubles: independent lanes that loops vectorise instead.
template <int lanes, class A>
CHIPFIT_ALWAYS_INLINE void dot_in_lanes(const A* a, std::int64_t n, const DoubleDouble* w, DoubleDouble& y) {
  using V = View<DoubleDouble>;
  DoubleDouble sums[lanes] = {};
  std::int64_t i = 0;
  for (; i + lanes <= n; i += lanes) {
    for (int l = 0; l < lanes; ++l) add_product(sums[l], V::of(a[i + l]), w[i + l]);
  }
  for (int l = 0; i < n; ++i, ++l) add_product(sums[l], V::of(a[i]), w[i]);
  for (int half = lanes / 2; half > 0; half /= 2) {
    for (int l = 0; l < half; ++l) add(sums[l], sums[l + half]);
  }
  add(y, sums[0]);
}

}  // namespace chipfit::oracle
