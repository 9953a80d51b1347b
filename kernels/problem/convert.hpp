#pragma once
#include <cstdint>

#include "kernels/problem/dtype.hpp"

namespace chipfit {

/// IEEE binary16 and bfloat16 as bit patterns. Conversion from float rounds to nearest, ties to even; values past the
/// largest finite one become infinity; NaN stays a (quiet) NaN.
float f16_to_f32(std::uint16_t);
float bf16_to_f32(std::uint16_t);
std::uint16_t f32_to_f16(float);
std::uint16_t f32_to_bf16(float);

/// Element `index` of a dense array of `dtype`.
double load(Dtype, const void* data, std::int64_t index);
/// Rounds to the type: to nearest even for floating types; integers round to nearest and saturate, except i32, which
/// wraps modulo 2^32 as an accumulator does. NaN becomes integer 0.
void store(Dtype, void* data, std::int64_t index, double value);

/// Bulk conversion of n elements (vectorised).
void to_f32(Dtype, const void* source, float* target, std::int64_t n);
void to_f64(Dtype, const void* source, double* target, std::int64_t n);

}  // namespace chipfit
