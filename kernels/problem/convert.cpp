#include "kernels/problem/convert.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <type_traits>

#include "kernels/problem/element.hpp"

namespace chipfit {
namespace {

// Rounds to odd: an inexact result gets an odd significand, so that a second rounding to at most 22 bits gives what
// one rounding of the double would have given (S. Boldo, G. Melquiond, "When double rounding is odd", 2005).
float to_f32_odd(double value) {
  const float nearest = static_cast<float>(value);
  const double back = nearest;
  std::uint32_t bits = std::bit_cast<std::uint32_t>(nearest);
  if (std::isnan(value) || back == value || (bits & 1u) != 0) return nearest;
  bits = std::fabs(back) > std::fabs(value) ? bits - 1 : bits + 1;
  return std::bit_cast<float>(bits);
}

std::int32_t to_i32_wrapped(double value) {
  if (!std::isfinite(value)) return 0;
  const double remainder = std::fmod(std::nearbyint(value), 0x1p32);  // exact, in (-2^32, 2^32)
  return static_cast<std::int32_t>(static_cast<std::uint32_t>(static_cast<std::int64_t>(remainder)));
}

template <class T>
T from_f64(double value) {
  if constexpr (std::is_same_v<T, std::int32_t>) {
    return to_i32_wrapped(value);
  } else if constexpr (std::is_integral_v<T>) {
    if (std::isnan(value)) return 0;
    constexpr double low = std::numeric_limits<T>::min(), high = std::numeric_limits<T>::max();
    return static_cast<T>(std::clamp(std::nearbyint(value), low, high));
  } else if constexpr (std::is_floating_point_v<T>) {
    return static_cast<T>(value);
  } else {
    return narrow<T>(to_f32_odd(value));
  }
}

template <class From, class To>
CHIPFIT_ALWAYS_INLINE void convert_body(const From* source, To* target, std::int64_t n) {
  for (std::int64_t i = 0; i < n; ++i) target[i] = static_cast<To>(widen(source[i]));
}
#define CHIPFIT_CONVERT(T, name)                                                                             \
  CHIPFIT_MULTIVERSION(void, convert, (const T* source, float* target, std::int64_t n), (source, target, n)) \
  CHIPFIT_MULTIVERSION(void, convert, (const T* source, double* target, std::int64_t n), (source, target, n))
CHIPFIT_FOR_EACH_ELEMENT(CHIPFIT_CONVERT)
#undef CHIPFIT_CONVERT

template <class T>
T element(const void* data, std::int64_t index) {
  T value;
  std::memcpy(&value, static_cast<const char*>(data) + index * static_cast<std::int64_t>(sizeof(T)), sizeof(T));
  return value;
}

}  // namespace

double load(Dtype dtype, const void* data, std::int64_t index) {
  return with_element(dtype, [&]<class T>(T*) { return widen(element<T>(data, index)); });
}

void store(Dtype dtype, void* data, std::int64_t index, double value) {
  with_element(dtype, [&]<class T>(T*) {
    const T rounded = from_f64<T>(value);
    std::memcpy(static_cast<char*>(data) + index * static_cast<std::int64_t>(sizeof(T)), &rounded, sizeof(T));
  });
}

void to_f32(Dtype dtype, const void* source, float* target, std::int64_t n) {
  with_element(dtype, [&]<class T>(T*) { convert(static_cast<const T*>(source), target, n); });
}

void to_f64(Dtype dtype, const void* source, double* target, std::int64_t n) {
  with_element(dtype, [&]<class T>(T*) { convert(static_cast<const T*>(source), target, n); });
}

}  // namespace chipfit
