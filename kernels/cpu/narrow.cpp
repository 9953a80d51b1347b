#include "kernels/cpu/narrow.hpp"

#include "kernels/problem/element.hpp"

namespace chipfit::cpu {
namespace {

template <class T>
CHIPFIT_ALWAYS_INLINE void narrow_rows_body(const NarrowTile& t, T* to) {
  for (std::int64_t row = 0; row < t.rows; ++row, to += t.to_stride) {
    const float* from = t.from + row * t.from_stride;
    if (t.store == Store::add) {
      for (std::int64_t i = 0; i < t.cols; ++i) to[i] = narrow<T>(from[i] + static_cast<float>(widen(to[i])));
    } else {
      for (std::int64_t i = 0; i < t.cols; ++i) to[i] = narrow<T>(from[i]);
    }
  }
}
CHIPFIT_MULTIVERSION(void, narrow_rows, (const NarrowTile& t, F16* to), (t, to))
CHIPFIT_MULTIVERSION(void, narrow_rows, (const NarrowTile& t, Bf16* to), (t, to))

}  // namespace

void narrow_tile(const NarrowTile& t, Dtype out) {
  if (out == Dtype::f16)
    narrow_rows(t, static_cast<F16*>(t.to));
  else
    narrow_rows(t, static_cast<Bf16*>(t.to));
}

}  // namespace chipfit::cpu
