#include "kernels/cpu/conv/row_blocks.hpp"

#include <algorithm>

namespace chipfit::cpu {
namespace {

RowPattern pattern_of(const AxisPhase& phase, const std::vector<IndexRange>& ranges, const RowBlock& block) {
  RowPattern pattern;
  for (std::size_t t = 0; t < phase.taps.size(); ++t) {
    const IndexRange rows{std::max(ranges[t].begin - block.first, std::int64_t{0}),
                          std::min(ranges[t].end - block.first, std::int64_t{block.rows})};
    if (rows.size() == 0) continue;
    const auto same = [&](const RowGroup& group) { return group.row == rows.begin && group.rows == rows.size(); };
    auto group = std::find_if(pattern.groups.begin(), pattern.groups.end(), same);
    if (group == pattern.groups.end()) {
      pattern.groups.push_back({static_cast<int>(rows.begin), static_cast<int>(rows.size()), {}});
      group = pattern.groups.end() - 1;
    }
    group->taps.push_back(phase.taps[t]);
  }
  const auto whole = [&](const RowGroup& group) { return group.rows == block.rows; };
  std::stable_partition(pattern.groups.begin(), pattern.groups.end(), whole);
  pattern.covered = !pattern.groups.empty() && whole(pattern.groups.front());
  return pattern;
}

}  // namespace

RowBlocks cut_rows(const AxisPhase& phase, int most_rows) {
  std::vector<IndexRange> ranges;
  for (const AxisTap& tap : phase.taps) ranges.push_back(inside(phase, tap));
  RowBlocks cut;
  const std::int64_t count = (phase.count + most_rows - 1) / most_rows;
  std::int64_t first = 0;
  for (std::int64_t b = 0; b < count; ++b) {
    const std::int64_t rows = phase.count / count + (b < phase.count % count ? 1 : 0);
    RowBlock block{first, static_cast<int>(rows), 0};
    first += rows;
    RowPattern pattern = pattern_of(phase, ranges, block);
    // Neighbours have the same pattern but at the borders: the last one found is the one to look at.
    if (cut.patterns.empty() || cut.patterns.back() != pattern) cut.patterns.push_back(std::move(pattern));
    block.pattern = static_cast<int>(cut.patterns.size()) - 1;
    cut.blocks.push_back(block);
  }
  return cut;
}

}  // namespace chipfit::cpu
