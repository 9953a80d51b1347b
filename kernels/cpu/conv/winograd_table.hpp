#pragma once
#include <cstdint>
#include <string_view>

#include "kernels/cpu/cpu_features.hpp"
#include "kernels/cpu/micro_kernel.hpp"

// Winograd's minimal filtering F(m×m, 3×3): an m × m tile of outputs from (m+2)² inputs with (m+2)² products for each
// pair of channels. Y = Aᵀ[(G g Gᵀ) ⊙ (Bᵀ d B)]A, matrices of A. Lavin, S. Gray, "Fast Algorithms for Convolutional
// Neural Networks", CVPR 2016. All steps count floats.

namespace chipfit::cpu {

/// Bᵀ d B of one tile. Pixels outside of the image are zero: rows that are null, columns outside [begin, end).
struct WinogradInput {
  const float* rows[6];  ///< of each of m + 2 rows the channels of column 0
  std::int64_t pixel_step;
  int begin, end;         ///< columns of 0 … m + 1 that are inside
  std::int64_t channels;  ///< stored rounded up to whole vectors, with zeros
  float* points;          ///< point i·(m+2) + j at this + (i·(m+2) + j)·point_step
  std::int64_t point_step;
};

/// G g Gᵀ for `count` filters, which are neighbours: tap r·3 + s at taps[r·3 + s] + i. count in whole vectors.
struct WinogradFilter {
  const float* taps[9];
  std::int64_t count;
  float* points;
  std::int64_t point_step;
};

/// Aᵀ m A of one tile. Rows that are null and columns from `columns` on are not written.
struct WinogradOutput {
  const float* points;
  std::int64_t point_step;
  float* rows[4];
  std::int64_t pixel_step;
  int columns;
  std::int64_t channels;
  Store store;
};

/// The transforms of one m on one instruction set.
struct WinogradTable {
  std::string_view isa;
  CpuFeature needs;
  int m;      ///< 2 or 4
  int lanes;  ///< floats in a vector
  void (*input)(const WinogradInput&);
  void (*filter)(const WinogradFilter&);
  void (*output)(const WinogradOutput&);
};

/// The best of this processor, or the one of `isa`; null where that has none.
const WinogradTable* find_winograd(int m, std::string_view isa = {});

}  // namespace chipfit::cpu
