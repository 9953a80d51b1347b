#pragma once
#include <cstdint>
#include <vector>

#include "kernels/cpu/conv/axis.hpp"

namespace chipfit::cpu {

/// Taps of the width that are inside the image for the same rows of a block, and for no others.
struct RowGroup {
  int row = 0, rows = 0;  ///< within the block
  std::vector<AxisTap> taps;
  friend bool operator==(const RowGroup&, const RowGroup&) = default;
};

/// What happens to a block of outputs along the width. `groups` of a pattern that is `covered` begin with one that has
/// all rows of the block, so that its result can be stored; otherwise some output may meet no tap at all.
struct RowPattern {
  bool covered = false;
  std::vector<RowGroup> groups;
  friend bool operator==(const RowPattern&, const RowPattern&) = default;
};

/// Outputs first … first + rows − 1 of a phase.
struct RowBlock {
  std::int64_t first = 0;
  int rows = 0;
  int pattern = 0;  ///< index into RowBlocks::patterns
};

/// A phase of the width cut into blocks of nearly equal size, none larger than `most_rows`. Padding costs nothing:
/// where taps fall on it, they belong to a group of fewer rows.
struct RowBlocks {
  std::vector<RowBlock> blocks;
  std::vector<RowPattern> patterns;
};
RowBlocks cut_rows(const AxisPhase&, int most_rows);

}  // namespace chipfit::cpu
