#pragma once
#include <cstddef>

#include "kernels/cpu/conv/gather.hpp"
#include "kernels/cpu/conv/winograd_table.hpp"

namespace chipfit::cpu {

/// Whether Winograd computes it: 3×3, stride 1, no dilation, one group, f32.
bool winograd_fits(const GatherShape&);

/// 3×3 fwd and bwd_data by F(m×m, 3×3): blocks of tiles are transformed to (m+2)² points, each point is a matrix
/// product of tiles × depth by depth × nr columns, and each block of columns is transformed back before the next one is
/// computed, so that only the transformed input outlives a block. Filters are transformed in every run.
class Winograd {
 public:
  Winograd(GatherShape, Accumulate, const MicroKernel&, const WinogradTable&, ThreadTeam&);
  void run(const void* in, const void* filters, void* out);

 private:
  /// What one thread works in.
  struct Space {
    HugeMemory taps, v, m;
  };
  void transform_filters(const float* filters, std::int64_t column_block, Space&);
  void transform_input(const float* in, IndexRange tiles, Space&) const;
  void multiply(std::int64_t column_block, std::int64_t tiles, Space&) const;
  void transform_output(float* out, IndexRange tiles, std::int64_t column_block, const Space&) const;
  void run_tiles(const float* in, float* out, IndexRange tiles, Space&, const float* filters);

  GatherShape shape_;
  Accumulate accumulate_;
  const MicroKernel* kernel_;
  const WinogradTable* table_;
  std::int64_t points_, tiles_h_, tiles_w_, block_tiles_, column_blocks_;
  std::int64_t v_row_, v_point_, m_point_, u_point_, u_block_;  ///< steps, in floats
  HugeMemory u_;
  std::vector<Space> spaces_;
  ThreadTeam* team_;
};

}  // namespace chipfit::cpu
