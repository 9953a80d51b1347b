#pragma once
#include <cstdint>

#include "kernels/oracle/multiversion.hpp"
#include "kernels/problem/dtype.hpp"

namespace chipfit::oracle {

/// Storage of the two half-width types as distinct C++ types, so that loops can be templates over the element type.
struct F16 {
  std::uint16_t bits;
};
struct Bf16 {
  std::uint16_t bits;
};

/// Branch-free conversions that loops over them vectorise. Here rather than in problem/convert because they must be
/// inlined into loops compiled for several instruction sets.
CHIPFIT_ALWAYS_INLINE double widen(double x) {
  return x;
}
CHIPFIT_ALWAYS_INLINE double widen(float x) {
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
CHIPFIT_ALWAYS_INLINE double widen(std::int8_t x) {
  return x;
}
CHIPFIT_ALWAYS_INLINE double widen(std::int32_t x) {
  return x;
}

/// The value of an element that is known to be an integer (of at most 2^51 for f64, 2^30 for the others), modulo 2^64.
CHIPFIT_ALWAYS_INLINE std::uint64_t integer(double x) {
  // The low bits of x + 1.5·2^52 are x: the only conversion that every instruction set vectorises.
  return __builtin_bit_cast(std::uint64_t, x + 0x1.8p52) - 0x4338000000000000u;
}
CHIPFIT_ALWAYS_INLINE std::uint64_t integer(float x) {
  return static_cast<std::uint64_t>(static_cast<std::int64_t>(static_cast<std::int32_t>(x)));
}
CHIPFIT_ALWAYS_INLINE std::uint64_t integer(F16 x) {
  return integer(static_cast<float>(widen(x)));
}
CHIPFIT_ALWAYS_INLINE std::uint64_t integer(Bf16 x) {
  return integer(static_cast<float>(widen(x)));
}
CHIPFIT_ALWAYS_INLINE std::uint64_t integer(std::int8_t x) {
  return static_cast<std::uint64_t>(std::int64_t{x});
}
CHIPFIT_ALWAYS_INLINE std::uint64_t integer(std::int32_t x) {
  return static_cast<std::uint64_t>(std::int64_t{x});
}

/// Rounds a float of magnitude at most 2^15 to nearest even.
CHIPFIT_ALWAYS_INLINE F16 narrow_f16(float x) {
  const std::uint32_t bits = __builtin_bit_cast(std::uint32_t, x);
  const std::uint32_t magnitude = bits & 0x7FFFFFFFu;
  // Below 2^-14 results are multiples of 2^-24, the spacing of floats in [0.5, 1): the addition does the rounding.
  const std::uint32_t small =
      __builtin_bit_cast(std::uint32_t, __builtin_bit_cast(float, magnitude) + 0.5f) - 0x3F000000u;
  const std::uint32_t normal = (magnitude + 0xC8000FFFu + ((magnitude >> 13) & 1u)) >> 13;
  const std::uint32_t half = magnitude < 0x38800000u ? small : normal;
  return {static_cast<std::uint16_t>(half | ((bits >> 16) & 0x8000u))};
}
CHIPFIT_ALWAYS_INLINE Bf16 narrow_bf16(float x) {
  const std::uint32_t bits = __builtin_bit_cast(std::uint32_t, x);
  return {static_cast<std::uint16_t>((bits + 0x7FFFu + ((bits >> 16) & 1u)) >> 16)};
}

/// Calls `f` with a null pointer of the element type of `dtype`: `with_element(d, [&]<class T>(T*) { … })`.
template <class F>
auto with_element(Dtype dtype, F&& f) {
  switch (dtype) {
    case Dtype::f64:
      return f(static_cast<double*>(nullptr));
    case Dtype::f32:
      return f(static_cast<float*>(nullptr));
    case Dtype::f16:
      return f(static_cast<F16*>(nullptr));
    case Dtype::bf16:
      return f(static_cast<Bf16*>(nullptr));
    case Dtype::i8:
      return f(static_cast<std::int8_t*>(nullptr));
    case Dtype::i32:
      break;
  }
  return f(static_cast<std::int32_t*>(nullptr));
}

}  // namespace chipfit::oracle
