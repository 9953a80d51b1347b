#pragma once
#include <algorithm>
#include <cstdint>
#include <type_traits>

#include "kernels/base/multiversion.hpp"
#include "kernels/problem/dtype_table.hpp"

namespace chipfit {

/// Storage of the types that C++ lacks, as distinct types, so that loops can be templates over the element type.
struct F16 {
  std::uint16_t bits;
};
struct Bf16 {
  std::uint16_t bits;
};
struct E4m3 {
  std::uint8_t bits;
};
struct E5m2 {
  std::uint8_t bits;
};

/// Calls X(storage type, name of the Dtype) for every element type.
#define CHIPFIT_FOR_EACH_ELEMENT(X) \
  X(double, f64)                    \
  X(float, f32)                     \
  X(F16, f16) X(Bf16, bf16) X(E4m3, e4m3) X(E5m2, e5m2) X(std::int8_t, i8) X(std::uint8_t, u8) X(std::int32_t, i32)

/// The value of an element. This and narrow() have no branches and are inlined, so that loops over them vectorise for
/// whatever instruction set the loop is compiled for.
template <class T>
requires std::is_arithmetic_v<T> CHIPFIT_ALWAYS_INLINE double widen(T x) {
  return x;
}
CHIPFIT_ALWAYS_INLINE double widen(Bf16 x) {
  return __builtin_bit_cast(float, std::uint32_t{x.bits} << 16);
}
CHIPFIT_ALWAYS_INLINE double widen(F16 x) {
  const std::uint32_t magnitude = x.bits & 0x7FFFu;
  // The multiplication moves the exponent and makes subnormals normal; infinities and NaNs are set apart.
  const float scaled = __builtin_bit_cast(float, magnitude << 13) * 0x1p112f;
  std::uint32_t bits = __builtin_bit_cast(std::uint32_t, scaled);
  bits |= magnitude >= 0x7C00u ? 0x7F800000u : 0u;
  return __builtin_bit_cast(float, bits | (std::uint32_t{x.bits} & 0x8000u) << 16);
}

/// Value of an 8-bit code whose magnitude is so many fraction bits below exponent bits; `specials` are the magnitudes
/// from which on it is infinity or NaN, which only moves the exponent to the last one.
template <int exponent_bits, std::uint32_t specials>
CHIPFIT_ALWAYS_INLINE float widened_code(std::uint32_t code) {
  constexpr int fraction_bits = 7 - exponent_bits, bias = (1 << (exponent_bits - 1)) - 1;
  constexpr float step = __builtin_bit_cast(float, (128u - bias - fraction_bits) << 23);
  const std::uint32_t magnitude = code & 0x7Fu;
  // Not by a product with subnormal floats, which are frequent here and slow. Masks, because loops with a choice
  // between floating results do not vectorise.
  const float small = static_cast<float>(static_cast<std::int32_t>(magnitude)) * step;
  const std::uint32_t subnormal = magnitude < (1u << fraction_bits) ? ~0u : 0u,
                      special = magnitude < specials ? 0u : ~0u;
  const std::uint32_t normal = (magnitude << (23 - fraction_bits)) + (std::uint32_t{127 - bias} << 23);
  const std::uint32_t bits =
      (__builtin_bit_cast(std::uint32_t, small) & subnormal) | (normal & ~subnormal) | (special & 0x7F800000u);
  return __builtin_bit_cast(float, bits | (code & 0x80u) << 24);
}
CHIPFIT_ALWAYS_INLINE double widen(E4m3 x) {
  return widened_code<4, 0x7F>(x.bits);
}
CHIPFIT_ALWAYS_INLINE double widen(E5m2 x) {
  return widened_code<5, 0x7C>(x.bits);
}

/// Code of the value nearest to a finite float of this magnitude, ties to even, in a format of so many bits whose
/// exponents go on upwards without end.
template <int exponent_bits, int fraction_bits>
CHIPFIT_ALWAYS_INLINE std::uint32_t rounded_code(std::uint32_t magnitude) {
  constexpr std::uint32_t bias = (1u << (exponent_bits - 1)) - 1, drop = 23 - fraction_bits;
  // Below the smallest normal number results are multiples of one step: adding the float whose own step that is does
  // the rounding.
  constexpr std::uint32_t shift = (127 + 24 - bias - fraction_bits) << 23;
  const float shifted = __builtin_bit_cast(float, magnitude) + __builtin_bit_cast(float, shift);
  const std::uint32_t subnormal = __builtin_bit_cast(std::uint32_t, shifted) - shift;
  // Above, one addition moves the exponent and rounds half to even.
  const std::uint32_t half = (1u << (drop - 1)) - 1 + ((magnitude >> drop) & 1u);
  const std::uint32_t normal = (magnitude - ((127 - bias) << 23) + half) >> drop;
  return magnitude < (128 - bias) << 23 ? subnormal : normal;
}

/// Rounds a float to nearest, ties to even; only for the floating types. What is past the largest finite value becomes
/// infinity, in the 8-bit types that value (infinity too: the saturating conversion of OCP). A NaN stays a NaN of the
/// same sign, made quiet.
template <class T>
CHIPFIT_ALWAYS_INLINE T narrow(float x) {
  return x;
}
template <>
CHIPFIT_ALWAYS_INLINE F16 narrow<F16>(float x) {
  const std::uint32_t bits = __builtin_bit_cast(std::uint32_t, x), magnitude = bits & 0x7FFFFFFFu;
  const std::uint32_t finite = std::min(rounded_code<5, 10>(magnitude), 0x7C00u);
  const std::uint32_t nan = 0x7E00u | (magnitude >> 13 & 0x3FFu);
  return {static_cast<std::uint16_t>((magnitude > 0x7F800000u ? nan : finite) | (bits >> 16 & 0x8000u))};
}
template <>
CHIPFIT_ALWAYS_INLINE Bf16 narrow<Bf16>(float x) {
  const std::uint32_t bits = __builtin_bit_cast(std::uint32_t, x);
  const std::uint32_t rounded = (bits + 0x7FFFu + ((bits >> 16) & 1u)) >> 16, nan = bits >> 16 | 0x40u;
  return {static_cast<std::uint16_t>((bits & 0x7FFFFFFFu) > 0x7F800000u ? nan : rounded)};
}
template <>
CHIPFIT_ALWAYS_INLINE E4m3 narrow<E4m3>(float x) {
  const std::uint32_t bits = __builtin_bit_cast(std::uint32_t, x), magnitude = bits & 0x7FFFFFFFu;
  const std::uint32_t finite = std::min(rounded_code<4, 3>(magnitude), 0x7Eu);
  return {static_cast<std::uint8_t>((magnitude > 0x7F800000u ? 0x7Fu : finite) | (bits >> 24 & 0x80u))};
}
template <>
CHIPFIT_ALWAYS_INLINE E5m2 narrow<E5m2>(float x) {
  const std::uint32_t bits = __builtin_bit_cast(std::uint32_t, x), magnitude = bits & 0x7FFFFFFFu;
  const std::uint32_t finite = std::min(rounded_code<5, 2>(magnitude), 0x7Bu);
  return {static_cast<std::uint8_t>((magnitude > 0x7F800000u ? 0x7Eu : finite) | (bits >> 24 & 0x80u))};
}

/// The value of an element that is known to be an integer (of at most 2^51 for f64, 2^30 for the others), modulo 2^64.
template <class T>
CHIPFIT_ALWAYS_INLINE std::uint64_t integer(T x) {
  if constexpr (std::is_integral_v<T>) {
    return static_cast<std::uint64_t>(std::int64_t{x});
  } else if constexpr (std::is_same_v<T, double>) {
    // The low bits of x + 1.5·2^52 are x: the only conversion that every instruction set vectorises.
    return __builtin_bit_cast(std::uint64_t, x + 0x1.8p52) - 0x4338000000000000u;
  } else {
    return static_cast<std::uint64_t>(std::int64_t{static_cast<std::int32_t>(static_cast<float>(widen(x)))});
  }
}

/// Calls `f` with a null pointer of the element type of `dtype`: `with_element(d, [&]<class T>(T*) { … })`.
template <class F>
auto with_element(Dtype dtype, F&& f) {
  switch (dtype) {
#define CHIPFIT_ELEMENT_CASE(T, name) \
  case Dtype::name:                   \
    return f(static_cast<T*>(nullptr));
    CHIPFIT_FOR_EACH_ELEMENT(CHIPFIT_ELEMENT_CASE)
#undef CHIPFIT_ELEMENT_CASE
  }
  return f(static_cast<std::int8_t*>(nullptr));  // no dtype: info() says that its elements have one byte
}

template <class T>
inline constexpr Dtype kDtypeOf{};
#define CHIPFIT_DTYPE_OF(T, name) \
  template <>                     \
  inline constexpr Dtype kDtypeOf<T> = Dtype::name;
CHIPFIT_FOR_EACH_ELEMENT(CHIPFIT_DTYPE_OF)
#undef CHIPFIT_DTYPE_OF

/// The same for two factors; nothing is called for a pair of types that no combination multiplies.
template <class F>
void with_factors(Dtype a, Dtype b, F&& f) {
  with_element(a, [&]<class A>(A* as_a) {
    with_element(b, [&]<class B>(B* as_b) {
      if constexpr (are_multiplied(kDtypeOf<A>, kDtypeOf<B>)) f(as_a, as_b);
    });
  });
}

}  // namespace chipfit
