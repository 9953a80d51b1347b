#include "kernels/problem/convert.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>

#include "kernels/base/function_clones.hpp"

namespace chipfit {
namespace {

template <class T>
T load_as(const void* data, std::int64_t index) {
  T value;
  std::memcpy(&value, static_cast<const char*>(data) + index * static_cast<std::int64_t>(sizeof(T)), sizeof(T));
  return value;
}

template <class T>
void store_as(void* data, std::int64_t index, T value) {
  std::memcpy(static_cast<char*>(data) + index * static_cast<std::int64_t>(sizeof(T)), &value, sizeof(T));
}

// Without branches, so that loops over it vectorise. Source: M. Dukhan, FP16 (fp16_ieee_to_fp32_value).
inline float widen_f16(std::uint16_t half) {
  const std::uint32_t high = std::uint32_t{half} << 16;
  const std::uint32_t twice = high + high;  // drops the sign
  const float normal = std::bit_cast<float>((twice >> 4) + (0xE0u << 23)) * 0x1p-112f;
  const float subnormal = std::bit_cast<float>((twice >> 17) | (126u << 23)) - 0.5f;
  const std::uint32_t magnitude =
      twice < (1u << 27) ? std::bit_cast<std::uint32_t>(subnormal) : std::bit_cast<std::uint32_t>(normal);
  return std::bit_cast<float>((high & 0x80000000u) | magnitude);
}

inline float widen_bf16(std::uint16_t bits) {
  return std::bit_cast<float>(std::uint32_t{bits} << 16);
}

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

std::int8_t to_i8_saturated(double value) {
  if (std::isnan(value)) return 0;
  return static_cast<std::int8_t>(std::clamp(std::nearbyint(value), -128.0, 127.0));
}

}  // namespace

// Loops for each pair of types, with external linkage: clang cannot clone functions of an anonymous namespace.
namespace convert_loops {

CHIPFIT_FUNCTION_CLONES void f64_to_f32(const double* source, float* target, std::int64_t n) {
  for (std::int64_t i = 0; i < n; ++i) target[i] = static_cast<float>(source[i]);
}

CHIPFIT_FUNCTION_CLONES void f16_to_f32(const std::uint16_t* source, float* target, std::int64_t n) {
  for (std::int64_t i = 0; i < n; ++i) target[i] = widen_f16(source[i]);
}

CHIPFIT_FUNCTION_CLONES void bf16_to_f32(const std::uint16_t* source, float* target, std::int64_t n) {
  for (std::int64_t i = 0; i < n; ++i) target[i] = widen_bf16(source[i]);
}

CHIPFIT_FUNCTION_CLONES void i8_to_f32(const std::int8_t* source, float* target, std::int64_t n) {
  for (std::int64_t i = 0; i < n; ++i) target[i] = source[i];
}

CHIPFIT_FUNCTION_CLONES void i32_to_f32(const std::int32_t* source, float* target, std::int64_t n) {
  for (std::int64_t i = 0; i < n; ++i) target[i] = static_cast<float>(source[i]);
}

CHIPFIT_FUNCTION_CLONES void f32_to_f64(const float* source, double* target, std::int64_t n) {
  for (std::int64_t i = 0; i < n; ++i) target[i] = source[i];
}

CHIPFIT_FUNCTION_CLONES void f16_to_f64(const std::uint16_t* source, double* target, std::int64_t n) {
  for (std::int64_t i = 0; i < n; ++i) target[i] = widen_f16(source[i]);
}

CHIPFIT_FUNCTION_CLONES void bf16_to_f64(const std::uint16_t* source, double* target, std::int64_t n) {
  for (std::int64_t i = 0; i < n; ++i) target[i] = widen_bf16(source[i]);
}

CHIPFIT_FUNCTION_CLONES void i8_to_f64(const std::int8_t* source, double* target, std::int64_t n) {
  for (std::int64_t i = 0; i < n; ++i) target[i] = source[i];
}

CHIPFIT_FUNCTION_CLONES void i32_to_f64(const std::int32_t* source, double* target, std::int64_t n) {
  for (std::int64_t i = 0; i < n; ++i) target[i] = source[i];
}

}  // namespace convert_loops

float f16_to_f32(std::uint16_t half) {
  return widen_f16(half);
}
float bf16_to_f32(std::uint16_t bits) {
  return widen_bf16(bits);
}

std::uint16_t f32_to_f16(float value) {
  const std::uint32_t bits = std::bit_cast<std::uint32_t>(value);
  const std::uint32_t sign = (bits >> 16) & 0x8000u;
  std::uint32_t magnitude = bits & 0x7FFFFFFFu;
  if (magnitude > 0x7F800000u) {  // NaN: made quiet, the top of its payload kept
    magnitude = 0x7E00u | ((magnitude >> 13) & 0x3FFu);
  } else if (magnitude >= 0x477FF000u) {  // 65520 and more: past the middle between the largest finite and 2^16
    magnitude = 0x7C00u;
  } else if (magnitude < 0x38800000u) {
    // Below 2^-14 results are multiples of 2^-24, the spacing of floats in [0.5, 1): the addition does the rounding.
    magnitude = std::bit_cast<std::uint32_t>(std::bit_cast<float>(magnitude) + 0.5f) - 0x3F000000u;
  } else {
    // Rebias the exponent from 127 to 15 and round half to even in one addition.
    magnitude = (magnitude + 0xC8000FFFu + ((magnitude >> 13) & 1u)) >> 13;
  }
  return static_cast<std::uint16_t>(sign | magnitude);
}

std::uint16_t f32_to_bf16(float value) {
  const std::uint32_t bits = std::bit_cast<std::uint32_t>(value);
  if ((bits & 0x7FFFFFFFu) > 0x7F800000u) return static_cast<std::uint16_t>((bits >> 16) | 0x40u);
  return static_cast<std::uint16_t>((bits + 0x7FFFu + ((bits >> 16) & 1u)) >> 16);
}

double load(Dtype dtype, const void* data, std::int64_t index) {
  switch (dtype) {
    case Dtype::f64:
      return load_as<double>(data, index);
    case Dtype::f32:
      return load_as<float>(data, index);
    case Dtype::f16:
      return widen_f16(load_as<std::uint16_t>(data, index));
    case Dtype::bf16:
      return widen_bf16(load_as<std::uint16_t>(data, index));
    case Dtype::i8:
      return load_as<std::int8_t>(data, index);
    case Dtype::i32:
      return load_as<std::int32_t>(data, index);
  }
  return std::numeric_limits<double>::quiet_NaN();
}

void store(Dtype dtype, void* data, std::int64_t index, double value) {
  switch (dtype) {
    case Dtype::f64:
      return store_as(data, index, value);
    case Dtype::f32:
      return store_as(data, index, static_cast<float>(value));
    case Dtype::f16:
      return store_as(data, index, f32_to_f16(to_f32_odd(value)));
    case Dtype::bf16:
      return store_as(data, index, f32_to_bf16(to_f32_odd(value)));
    case Dtype::i8:
      return store_as(data, index, to_i8_saturated(value));
    case Dtype::i32:
      return store_as(data, index, to_i32_wrapped(value));
  }
}

void to_f32(Dtype dtype, const void* source, float* target, std::int64_t n) {
  switch (dtype) {
    case Dtype::f64:
      return convert_loops::f64_to_f32(static_cast<const double*>(source), target, n);
    case Dtype::f32: {
      if (n > 0) std::memcpy(target, source, static_cast<std::size_t>(n) * sizeof(float));
      return;
    }
    case Dtype::f16:
      return convert_loops::f16_to_f32(static_cast<const std::uint16_t*>(source), target, n);
    case Dtype::bf16:
      return convert_loops::bf16_to_f32(static_cast<const std::uint16_t*>(source), target, n);
    case Dtype::i8:
      return convert_loops::i8_to_f32(static_cast<const std::int8_t*>(source), target, n);
    case Dtype::i32:
      return convert_loops::i32_to_f32(static_cast<const std::int32_t*>(source), target, n);
  }
}

void to_f64(Dtype dtype, const void* source, double* target, std::int64_t n) {
  switch (dtype) {
    case Dtype::f64: {
      if (n > 0) std::memcpy(target, source, static_cast<std::size_t>(n) * sizeof(double));
      return;
    }
    case Dtype::f32:
      return convert_loops::f32_to_f64(static_cast<const float*>(source), target, n);
    case Dtype::f16:
      return convert_loops::f16_to_f64(static_cast<const std::uint16_t*>(source), target, n);
    case Dtype::bf16:
      return convert_loops::bf16_to_f64(static_cast<const std::uint16_t*>(source), target, n);
    case Dtype::i8:
      return convert_loops::i8_to_f64(static_cast<const std::int8_t*>(source), target, n);
    case Dtype::i32:
      return convert_loops::i32_to_f64(static_cast<const std::int32_t*>(source), target, n);
  }
}

}  // namespace chipfit
