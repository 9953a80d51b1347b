#pragma once
#include <cstdint>

#include "kernels/cpu/micro_kernel.hpp"

namespace chipfit::cpu {

/// A tile of f32 sums on its way to a narrower output type. Strides in elements.
struct NarrowTile {
  const float* from;
  std::int64_t from_stride;
  void* to;
  std::int64_t to_stride;
  std::int64_t rows, cols;
  Store store;  ///< add: the old output is added in f32, before the one rounding
};

/// Writes the tile as `out`: f16 or bf16, the narrow output types that are defined. Vectorised.
void narrow_tile(const NarrowTile&, Dtype out);

}  // namespace chipfit::cpu
