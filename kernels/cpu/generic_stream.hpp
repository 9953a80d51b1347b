#pragma once
#include <cstring>

#if defined(__AVX2__)
#include <immintrin.h>
#endif

#include "kernels/cpu/generic_tile.hpp"
#include "kernels/cpu/stream.hpp"
#include "kernels/problem/element.hpp"

// Streaming in vectors of the compiler. Integers are summed as unsigned, which wraps as their sums are declared to.

namespace chipfit::cpu {
namespace {

template <class Large>
struct SumOf {
  using type = std::conditional_t<std::is_integral_v<Large>, std::uint32_t,
                                  std::conditional_t<std::is_same_v<Large, double>, double, float>>;
};

/// Elements of a type, widened to vectors of sums.
template <class Large, int vector_bytes>
struct Widened {
  using Sum = typename SumOf<Large>::type;
  using Vector = typename VectorOf<Sum, vector_bytes>::type;
  static constexpr int lanes = vector_bytes / static_cast<int>(sizeof(Sum));

  static Sum one(Large x) {
    if constexpr (std::is_integral_v<Large>)
      return static_cast<Sum>(std::int32_t{x});
    else
      return static_cast<Sum>(widen(x));
  }
  [[gnu::always_inline]] static Vector many(const Large* from) {
    if constexpr (std::is_same_v<Large, Sum>) {
      return load_vector<Vector>(from);
    } else if constexpr (std::is_integral_v<Large>) {
      return widened_bytes(from);
    } else if constexpr (sizeof(Large) == 2) {
      typedef std::uint16_t Codes __attribute__((vector_size(2 * lanes)));
      typedef std::uint32_t Bits __attribute__((vector_size(vector_bytes)));
      const Bits bits = __builtin_convertvector(load_vector<Codes>(from), Bits);
      if constexpr (std::is_same_v<Large, Bf16>) {
        return reinterpret_cast<Vector>(bits << 16);
      } else {
        // As widen() does it: a product moves the exponent and makes subnormals normal.
        const Bits magnitude = bits & 0x7FFFu;
        const Vector scaled = reinterpret_cast<Vector>(magnitude << 13) * 0x1p112f;
        const Bits infinite = reinterpret_cast<Bits>(magnitude >= 0x7C00u) & 0x7F800000u;
        return reinterpret_cast<Vector>(reinterpret_cast<Bits>(scaled) | infinite | (bits & 0x8000u) << 16);
      }
    } else {
      Sum values[lanes];
      for (int i = 0; i < lanes; ++i) values[i] = one(from[i]);
      return load_vector<Vector>(values);
    }
  }

 private:
  // GCC 12 widens bytes one by one, where it is not told.
  [[gnu::always_inline]] static Vector widened_bytes(const Large* from) {
    [[maybe_unused]] constexpr bool is_signed = std::is_signed_v<Large>;
#if defined(__AVX512F__)
    if constexpr (vector_bytes == 64) {
      const auto bytes = load_vector<__m128i>(from);
      return reinterpret_cast<Vector>(is_signed ? _mm512_cvtepi8_epi32(bytes) : _mm512_cvtepu8_epi32(bytes));
    }
#endif
#if defined(__AVX2__)
    if constexpr (vector_bytes == 32) {
      const __m128i bytes = _mm_loadl_epi64(reinterpret_cast<const __m128i*>(from));
      return reinterpret_cast<Vector>(is_signed ? _mm256_cvtepi8_epi32(bytes) : _mm256_cvtepu8_epi32(bytes));
    }
#endif
    typedef Large Narrow __attribute__((vector_size(lanes)));
    return __builtin_convertvector(load_vector<Narrow>(from), Vector);
  }
};

/// Sum of all lanes, by halves.
template <class Sum, class Vector>
[[gnu::always_inline]] inline Sum total_of(const Vector& v) {
  if constexpr (sizeof(Vector) == 2 * sizeof(Sum)) {
    return v[0] + v[1];
  } else {
    typename VectorOf<Sum, sizeof(Vector) / 2>::type halves[2];
    std::memcpy(halves, &v, sizeof halves);
    halves[0] += halves[1];
    return total_of<Sum>(halves[0]);
  }
}

/// Dot products over k in [begin, end) of `count` small lines with `at_once` lines of the large operand, which are that
/// many streams, added to the sums; the first block begins at 0 and overwrites them.
template <class Wide, class Large, int count, int at_once>
void dot_products(const Stream& s, std::int64_t line, std::int64_t begin, std::int64_t end) {
  using Sum = typename Wide::Sum;
  using Vector = typename Wide::Vector;
  const auto* large = static_cast<const Large*>(s.large) + line * s.line_stride;
  const auto* small = static_cast<const Sum*>(s.small);
  Vector sum[count][at_once];
  unrolled<count>([&](auto c) __attribute__((always_inline)) {
    unrolled<at_once>([&](auto l) __attribute__((always_inline)) { sum[c][l] = Vector{}; });
  });
  std::int64_t k = begin;
  for (; k + Wide::lanes <= end; k += Wide::lanes) {
    Vector wide[at_once];
    unrolled<at_once>([&](auto l)
                          __attribute__((always_inline)) { wide[l] = Wide::many(large + l * s.line_stride + k); });
    unrolled<count>([&](auto c) __attribute__((always_inline)) {
      const auto factor = load_vector<Vector>(small + c * s.small_stride + k);
      unrolled<at_once>([&](auto l) __attribute__((always_inline)) { sum[c][l] += factor * wide[l]; });
    });
  }
  unrolled<count>([&](auto c) __attribute__((always_inline)) {
    unrolled<at_once>([&](auto l) __attribute__((always_inline)) {
      Sum total = total_of<Sum>(sum[c][l]);
      for (std::int64_t rest = k; rest < end; ++rest)
        total += small[c * s.small_stride + rest] * Wide::one(large[l * s.line_stride + rest]);
      Sum& to = static_cast<Sum*>(s.sums)[c * s.sums_stride + line + l];
      to = begin == 0 ? total : to + total;
    });
  });
}

template <class Wide, class Large, int count>
void stream_along_k(const Stream& s) {
  // Sums, lines and a factor fill the registers: 32 where vectors have 64 bytes, else 16.
  constexpr int sums = sizeof(typename Wide::Vector) == 64 ? 24 : 11;
  constexpr int at_once = sums / count > 8 ? 8 : sums / count < 1 ? 1 : sums / count;
  // A block of the small operand stays in the second-level cache while all lines pass by; shorter ones would cut the
  // streams.
  constexpr std::int64_t block = (128 << 10) / (count * static_cast<std::int64_t>(sizeof(typename Wide::Sum)));
  for (std::int64_t begin = 0; begin < s.k; begin += block) {
    const std::int64_t end = begin + block < s.k ? begin + block : s.k;
    std::int64_t line = 0;
    for (; line + at_once <= s.lines; line += at_once) dot_products<Wide, Large, count, at_once>(s, line, begin, end);
    for (; line < s.lines; ++line) dot_products<Wide, Large, count, 1>(s, line, begin, end);
  }
}

/// `depth` rows of k, each times its factor of every small line, added to the sums.
template <class Wide, class Large, int count, int depth>
void add_rows(const Stream& s, std::int64_t k) {
  using Sum = typename Wide::Sum;
  using Vector = typename Wide::Vector;
  const auto* large = static_cast<const Large*>(s.large) + k * s.k_stride;
  const auto* small = static_cast<const Sum*>(s.small) + k;
  auto* const sums = static_cast<Sum*>(s.sums);
  // Copies: the compiler has to think that a store to the sums changes the Stream.
  const std::int64_t k_stride = s.k_stride, small_stride = s.small_stride, sums_stride = s.sums_stride;
  const std::int64_t lines = s.lines;
  std::int64_t line = 0;
  for (; line + Wide::lanes <= lines; line += Wide::lanes) {
    Vector wide[depth];
    unrolled<depth>([&](auto d) __attribute__((always_inline)) { wide[d] = Wide::many(large + d * k_stride + line); });
    unrolled<count>([&](auto c) __attribute__((always_inline)) {
      Sum* const to = sums + c * sums_stride + line;
      auto sum = load_vector<Vector>(to);
      unrolled<depth>([&](auto d) __attribute__((always_inline)) {
        sum += in_every_lane<Vector>(small[c * small_stride + d]) * wide[d];
      });
      std::memcpy(to, &sum, sizeof sum);
    });
  }
  for (; line < lines; ++line) {
    for (int c = 0; c < count; ++c) {
      Sum sum = sums[c * sums_stride + line];
      for (int d = 0; d < depth; ++d) sum += small[c * small_stride + d] * Wide::one(large[d * k_stride + line]);
      sums[c * sums_stride + line] = sum;
    }
  }
}

template <class Wide, class Large, int count>
void stream_along_lines(const Stream& s) {
  // Each row is a stream of its own, and each visit to the sums pays for so many rows.
  constexpr int depth = sizeof(typename Wide::Vector) == 64 ? 16 : 8;
  for (int c = 0; c < count; ++c)
    std::memset(static_cast<typename Wide::Sum*>(s.sums) + c * s.sums_stride, 0,
                static_cast<std::size_t>(s.lines) * sizeof(typename Wide::Sum));
  std::int64_t k = 0;
  for (; k + depth <= s.k; k += depth) add_rows<Wide, Large, count, depth>(s, k);
  for (; k < s.k; ++k) add_rows<Wide, Large, count, 1>(s, k);
}

template <class Large, int vector_bytes, bool along_k>
void stream_of(const Stream& s) {
  using Wide = Widened<Large, vector_bytes>;
  const auto stream = s.count == 1   ? along_k ? stream_along_k<Wide, Large, 1> : stream_along_lines<Wide, Large, 1>
                        : s.count == 4 ? along_k ? stream_along_k<Wide, Large, 4> : stream_along_lines<Wide, Large, 4>
                        : along_k ? stream_along_k<Wide, Large, 8>
                                     : stream_along_lines<Wide, Large, 8>;
  stream(s);
}

template <class Large, int vector_bytes>
constexpr StreamKernel stream_kernel(std::string_view isa, CpuFeature needs) {
  return {isa, needs, kDtypeOf<Large>, stream_of<Large, vector_bytes, true>, stream_of<Large, vector_bytes, false>};
}

/// The rows of the table for one instruction set.
#define CHIPFIT_STREAM_KERNELS(vector_bytes, isa, needs)                                                            \
  {                                                                                                                 \
    stream_kernel<double, vector_bytes>(isa, needs), stream_kernel<float, vector_bytes>(isa, needs),                \
        stream_kernel<F16, vector_bytes>(isa, needs), stream_kernel<Bf16, vector_bytes>(isa, needs),                \
        stream_kernel<E4m3, vector_bytes>(isa, needs), stream_kernel<E5m2, vector_bytes>(isa, needs),               \
        stream_kernel<std::int8_t, vector_bytes>(isa, needs), stream_kernel<std::uint8_t, vector_bytes>(isa, needs) \
  }

}  // namespace
}  // namespace chipfit::cpu
