#pragma once
#include <cstdint>

#include "kernels/problem/dtype.hpp"

namespace chipfit::oracle {

/// What an output holds, before anything is computed from it.
struct Inspection {
  std::int64_t not_finite = 0;    ///< NaN or infinite elements
  std::int64_t not_integral = 0;  ///< finite elements with a fraction
  std::int64_t too_large = 0;     ///< finite elements of magnitude above the limit
  std::int64_t far = 0;           ///< finite elements farther than 1/4 from every integer
  std::int64_t divisible = 0;     ///< elements so small that the type has quarters there (f32: below 2^22)
};
/// One pass over n elements. Integers count as finite and integral.
Inspection inspect(Dtype, const void* data, std::int64_t n, double limit, int threads);

/// Mean square of an array, from at most 2^13 of its elements evenly spread.
double mean_square(Dtype, const void* data, std::int64_t n);

}  // namespace chipfit::oracle
