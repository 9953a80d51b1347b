#pragma once
#include <cstdint>

#include "kernels/problem/dtype.hpp"

namespace chipfit {

/// Element `index` of a dense array of `dtype`.
double load(Dtype, const void* data, std::int64_t index);

/// Rounds to the type, once: to nearest, ties to even. What is out of range:
///   f64 f32 f16 bf16  infinity
///   e4m3 e5m2         the largest finite value, ±448 and ±57344, for ±infinity too (OCP 8-bit floating point,
///                     saturating mode), although e5m2 has codes of infinity, which load() reads
///   i8 u8             the nearest value of the type; NaN becomes 0
///   i32               modulo 2^32, as an accumulator does; NaN and infinities become 0
/// A NaN stays a (quiet) NaN of the same sign in every floating type.
void store(Dtype, void* data, std::int64_t index, double value);

/// Bulk conversion of n elements (vectorised).
void to_f32(Dtype, const void* source, float* target, std::int64_t n);
void to_f64(Dtype, const void* source, double* target, std::int64_t n);

}  // namespace chipfit
