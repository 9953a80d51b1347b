#include "kernels/oracle/fill.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <type_traits>

#include "kernels/oracle/random.hpp"
#include "kernels/problem/element.hpp"

namespace chipfit::oracle {
namespace {

/// Two keys for one block of kFillBlock elements, from the secret seed.
struct Keys {
  std::uint32_t a, b;
};
Keys keys_of_block(Seed seed, std::int64_t block) {
  const std::uint64_t word = keyed(seed, static_cast<std::uint64_t>(block));
  return {static_cast<std::uint32_t>(word), static_cast<std::uint32_t>(word >> 32)};
}

CHIPFIT_ALWAYS_INLINE std::uint32_t first_hash(Keys keys, std::uint32_t i) {
  return mix32((i * 0x9E3779B9u) ^ keys.a) + keys.b;
}
CHIPFIT_ALWAYS_INLINE std::uint32_t second_hash(Keys keys, std::uint32_t hash) {
  return mix32(hash ^ keys.b) + keys.a;
}

template <class T>
CHIPFIT_ALWAYS_INLINE T uniform(Keys keys, std::uint32_t i) {
  const std::uint32_t h = first_hash(keys, i);
  if constexpr (std::is_same_v<T, double>) {
    // 63 bits: a signed half and a positive half, both by the conversion from 32 bits that every processor has.
    const auto low = static_cast<std::int32_t>(second_hash(keys, h) >> 1);
    return static_cast<std::int32_t>(h) * 0x1p-31 + low * 0x1p-62;
  } else if constexpr (std::is_unsigned_v<T>) {
    return static_cast<T>(h >> 24);
  } else if constexpr (std::is_integral_v<T>) {
    return static_cast<T>(static_cast<std::int32_t>(((h >> 16) * 255u) >> 16) - 127);
  } else {
    return narrow<T>(static_cast<float>(static_cast<std::int32_t>(h)) * 0x1p-31f);
  }
}

struct ExactDraw {
  std::uint32_t threshold;  // an element is not zero where its hash is at most this
  std::uint32_t magnitude;
  bool none;
};

template <class T>
CHIPFIT_ALWAYS_INLINE T exact_value(Keys keys, std::uint32_t i, ExactDraw draw) {
  const std::uint32_t h = first_hash(keys, i);
  const std::uint32_t v = second_hash(keys, h);
  const auto size = static_cast<std::int32_t>((std::uint64_t{v >> 1} * draw.magnitude) >> 31) + 1;
  const std::int32_t value = (v & 1u) != 0 || std::is_unsigned_v<T> ? size : -size;
  const std::int32_t kept = h <= draw.threshold && !draw.none ? value : 0;
  if constexpr (std::is_arithmetic_v<T>) {
    return static_cast<T>(kept);
  } else {
    return narrow<T>(static_cast<float>(kept));
  }
}

template <class T>
CHIPFIT_ALWAYS_INLINE void uniform_block(T* data, std::int64_t n, Keys keys) {
#pragma omp simd
  for (std::int64_t i = 0; i < n; ++i) data[i] = uniform<T>(keys, static_cast<std::uint32_t>(i));
}

template <class T>
CHIPFIT_ALWAYS_INLINE void exact_block(T* data, std::int64_t n, Keys keys, ExactDraw draw) {
#pragma omp simd
  for (std::int64_t i = 0; i < n; ++i) data[i] = exact_value<T>(keys, static_cast<std::uint32_t>(i), draw);
}

// Quiet NaNs only: a signalling one may be made quiet by any copy through a floating register.
template <class T>
CHIPFIT_ALWAYS_INLINE T poison_value(Keys keys, std::uint32_t i, std::uint64_t quiet_nan) {
  const std::uint32_t h = first_hash(keys, i);
  const std::uint64_t random = sizeof(T) == 8 ? std::uint64_t{h} << 32 | second_hash(keys, h) : h;
  const std::uint64_t code = random | quiet_nan;
  if constexpr (sizeof(T) == 8) {
    return __builtin_bit_cast(T, code);
  } else if constexpr (sizeof(T) == 4) {
    return __builtin_bit_cast(T, static_cast<std::uint32_t>(code));
  } else if constexpr (sizeof(T) == 2) {
    return __builtin_bit_cast(T, static_cast<std::uint16_t>(code));
  } else {
    return __builtin_bit_cast(T, static_cast<std::uint8_t>(code));
  }
}

template <class T>
CHIPFIT_ALWAYS_INLINE void poison_block(T* data, std::int64_t n, Keys keys) {
  const std::uint64_t quiet_nan = info(kDtypeOf<T>).quiet_nan;
  for (std::int64_t i = 0; i < n; ++i) data[i] = poison_value<T>(keys, static_cast<std::uint32_t>(i), quiet_nan);
}

CHIPFIT_ALWAYS_INLINE std::int64_t count_equal_body(const unsigned char* a, const unsigned char* b, std::int64_t n) {
  std::int64_t equal = 0;
#pragma omp simd reduction(+ : equal)
  for (std::int64_t i = 0; i < n; ++i) equal += a[i] == b[i] ? 1 : 0;
  return equal;
}
CHIPFIT_MULTIVERSION(std::int64_t, count_equal, (const unsigned char* a, const unsigned char* b, std::int64_t n),
                     (a, b, n))

#define CHIPFIT_FILL_LOOPS(T, suffix)                                                                    \
  CHIPFIT_ALWAYS_INLINE void uniform_##suffix##_body(T* data, std::int64_t n, Keys keys) {               \
    uniform_block<T>(data, n, keys);                                                                     \
  }                                                                                                      \
  CHIPFIT_MULTIVERSION(void, uniform_##suffix, (T * data, std::int64_t n, Keys keys), (data, n, keys))   \
  CHIPFIT_ALWAYS_INLINE void exact_##suffix##_body(T* data, std::int64_t n, Keys keys, ExactDraw draw) { \
    exact_block<T>(data, n, keys, draw);                                                                 \
  }                                                                                                      \
  CHIPFIT_MULTIVERSION(void, exact_##suffix, (T * data, std::int64_t n, Keys keys, ExactDraw draw),      \
                       (data, n, keys, draw))                                                            \
  [[maybe_unused]] void fill_block(T* data, std::int64_t n, Keys keys) {                                 \
    uniform_##suffix(data, n, keys);                                                                     \
  }                                                                                                      \
  [[maybe_unused]] void fill_block(T* data, std::int64_t n, Keys keys, ExactDraw draw) {                 \
    exact_##suffix(data, n, keys, draw);                                                                 \
  }

CHIPFIT_FOR_EACH_ELEMENT(CHIPFIT_FILL_LOOPS)
#undef CHIPFIT_FILL_LOOPS

template <class... Draw>
void fill(Dtype dtype, void* data, std::int64_t elements, Seed seed, Draw... draw) {
  with_element(dtype, [&]<class T>(T*) {
    auto* out = static_cast<T*>(data);
    for (std::int64_t first = 0; first < elements; first += kFillBlock) {
      fill_block(out + first, std::min(kFillBlock, elements - first), keys_of_block(seed, first / kFillBlock), draw...);
    }
  });
}

// Calls visit(offset in bytes, poison bytes, their number) for one block after another.
template <class Visit>
void for_each_poison_block(Dtype dtype, std::int64_t bytes, Seed seed, Visit&& visit) {
  with_element(dtype, [&]<class T>(T*) {
    T block[kFillBlock];
    for (std::int64_t first = 0; first < bytes; first += static_cast<std::int64_t>(sizeof block)) {
      poison_block(block, kFillBlock, keys_of_block(seed, first / static_cast<std::int64_t>(sizeof block)));
      visit(first, reinterpret_cast<const unsigned char*>(block),
            std::min(static_cast<std::int64_t>(sizeof block), bytes - first));
    }
  });
}

}  // namespace

void fill_uniform(Dtype dtype, void* data, std::int64_t elements, Seed seed) {
  fill(dtype, data, elements, seed);
}

double uniform_sigma(Dtype dtype) {
  if (!info(dtype).is_integer) return std::sqrt(1.0 / 3);
  const double integers = info(dtype).is_unsigned ? 256 : 255;  // 0 … 255 or -127 … 127
  return std::sqrt((integers * integers - 1) / 12);
}

void fill_exact(Dtype dtype, void* data, std::int64_t elements, ExactRange range, Seed seed) {
  const double threshold = std::floor(range.density * 0x1p32) - 1;
  const ExactDraw draw{static_cast<std::uint32_t>(std::clamp(threshold, 0.0, 0x1p32 - 1)),
                       static_cast<std::uint32_t>(range.magnitude), threshold < 0 || range.magnitude < 1};
  fill(dtype, data, elements, seed, draw);
}

void fill_poison(Dtype dtype, void* data, std::int64_t bytes, Seed seed) {
  for_each_poison_block(dtype, bytes, seed, [&](std::int64_t at, const unsigned char* poison, std::int64_t n) {
    std::memcpy(static_cast<unsigned char*>(data) + at, poison, static_cast<std::size_t>(n));
  });
}

std::int64_t count_poison(Dtype dtype, const void* data, std::int64_t bytes, Seed seed) {
  std::int64_t held = 0;
  for_each_poison_block(dtype, bytes, seed, [&](std::int64_t at, const unsigned char* poison, std::int64_t n) {
    held += count_equal(static_cast<const unsigned char*>(data) + at, poison, n);
  });
  return held;
}

}  // namespace chipfit::oracle
