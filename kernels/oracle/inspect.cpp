#include "kernels/oracle/inspect.hpp"

#include <algorithm>
#include <atomic>
#include <type_traits>
#include <vector>

#include "kernels/oracle/parallel.hpp"
#include "kernels/problem/convert.hpp"
#include "kernels/problem/element.hpp"

namespace chipfit::oracle {
namespace {

struct Sums {
  std::int32_t not_finite, fraction, too_large, far, divisible;
};

/// Looks at an element in float where that holds it.
template <class T>
using Native = std::conditional_t<std::is_same_v<T, double>, double, float>;

template <class T, class Real = Native<T>>
CHIPFIT_ALWAYS_INLINE Sums count_body(const T* data, std::int64_t n, Real limit) {
  // Adding 2^52 (f32: 2^23) to a smaller magnitude rounds it to an integer; larger ones are integers already.
  constexpr Real magic = sizeof(Real) == 8 ? static_cast<Real>(0x1p52) : static_cast<Real>(0x1p23);
  constexpr Real quarter = static_cast<Real>(0.25);
  constexpr Real largest =
      sizeof(Real) == 8 ? static_cast<Real>(0x1.fffffffffffffp1023) : static_cast<Real>(0x1.fffffep127);
  std::int32_t finite = 0, fraction = 0, too_large = 0, far = 0, divisible = 0;
#pragma omp simd reduction(+ : finite, fraction, too_large, far, divisible)
  for (std::int64_t i = 0; i < n; ++i) {
    const auto x = static_cast<Real>(widen(data[i]));
    const Real size = x < 0 ? -x : x;
    const Real rounded = (size + magic) - magic;
    finite += (size <= largest) ? 1 : 0;
    fraction += ((size < magic) & (rounded != size)) ? 1 : 0;
    too_large += ((size <= largest) & (size > limit)) ? 1 : 0;
    const Real off = size < rounded ? rounded - size : size - rounded;
    far += ((size < magic) & (off > quarter)) ? 1 : 0;
    divisible += size < magic / 2 ? 1 : 0;
  }
  return {static_cast<std::int32_t>(n) - finite, fraction, too_large, far, divisible};
}
#define CHIPFIT_COUNT(T, name) \
  CHIPFIT_MULTIVERSION(Sums, count, (const T* data, std::int64_t n, Native<T> limit), (data, n, limit))
CHIPFIT_FOR_EACH_ELEMENT(CHIPFIT_COUNT)
#undef CHIPFIT_COUNT

}  // namespace

Inspection inspect(Dtype dtype, const void* data, std::int64_t n, double limit, int threads) {
  if (info(dtype).is_integer) return {};
  constexpr std::int64_t chunk = 1 << 16;
  std::atomic<std::int64_t> not_finite{0}, fraction{0}, too_large{0}, far{0}, divisible{0};
  with_element(dtype, [&]<class T>(T*) {
    parallel_for((n + chunk - 1) / chunk, n < 4 * chunk ? 1 : threads, [&](std::int64_t i) {
      const auto sums =
          count(static_cast<const T*>(data) + i * chunk, std::min(chunk, n - i * chunk), static_cast<Native<T>>(limit));
      not_finite += sums.not_finite;
      fraction += sums.fraction;
      too_large += sums.too_large;
      far += sums.far;
      divisible += sums.divisible;
    });
  });
  return {not_finite, fraction, too_large, far, divisible};
}

double mean_square(Dtype dtype, const void* data, std::int64_t n) {
  constexpr std::int64_t most = 1 << 13;
  const std::int64_t samples = std::min(n, most);
  double sum = 0;
  for (std::int64_t i = 0; i < samples; ++i) {
    const double x = load(dtype, data, n / samples * i + n % samples * i / samples);
    sum += x * x;
  }
  return samples > 0 ? sum / static_cast<double>(samples) : 0;
}

}  // namespace chipfit::oracle
