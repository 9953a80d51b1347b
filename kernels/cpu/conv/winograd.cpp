#include "kernels/cpu/conv/winograd.hpp"

#include <algorithm>

namespace chipfit::cpu {
namespace {

constexpr std::int64_t line = 16;  // floats

std::int64_t ceil_div(std::int64_t a, std::int64_t b) {
  return (a + b - 1) / b;
}

/// Whole lines, an odd number of them: points that are a multiple of 4 KiB apart would share a few sets of the cache.
std::int64_t spread(std::int64_t floats) {
  const std::int64_t lines = ceil_div(floats, line);
  return (lines % 2 == 0 ? lines + 1 : lines) * line;
}

float* floats(HugeMemory& memory) {
  return reinterpret_cast<float*>(memory.data());
}
const float* floats(const HugeMemory& memory) {
  return reinterpret_cast<const float*>(memory.data());
}

/// The filter tap that reads offset first + i, or −1.
std::int64_t tap_at(const AxisPhase& phase, std::int64_t offset) {
  for (const AxisTap& tap : phase.taps)
    if (tap.offset == offset) return tap.filter;
  return -1;
}

std::int64_t first_offset(const AxisPhase& phase) {
  std::int64_t first = phase.taps.front().offset;
  for (const AxisTap& tap : phase.taps) first = std::min(first, tap.offset);
  return first;
}

bool fits(const std::vector<AxisPhase>& phases) {
  if (phases.size() != 1 || phases[0].in_step != 1 || phases[0].taps.size() != 3) return false;
  const std::int64_t first = first_offset(phases[0]);
  return tap_at(phases[0], first + 1) >= 0 && tap_at(phases[0], first + 2) >= 0;
}

}  // namespace

bool winograd_fits(const GatherShape& shape) {
  return shape.groups == 1 && fits(shape.down) && fits(shape.across);
}

Winograd::Winograd(GatherShape shape, Accumulate accumulate, const MicroKernel& kernel, const WinogradTable& table,
                   ThreadTeam& team)
    : shape_(std::move(shape)), accumulate_(accumulate), kernel_(&kernel), table_(&table), team_(&team) {
  points_ = std::int64_t{table.m + 2} * (table.m + 2);
  tiles_h_ = ceil_div(shape_.out_h, table.m);
  tiles_w_ = ceil_div(shape_.out_w, table.m);
  column_blocks_ = ceil_div(shape_.columns, kernel.nr);
  v_row_ = spread(shape_.depth);
  const std::int64_t all = ceil_div(shape_.n * tiles_h_ * tiles_w_, team.size());
  u_point_ = spread(shape_.depth * kernel.nr);
  // Every block meets all filters: the more they are, the longer a block has to be, though it leaves the second-level
  // cache then. The bounds are measured (docs/native-conv.md).
  const std::int64_t block_bytes =
      std::clamp<std::int64_t>(column_blocks_ * points_ * u_point_ * 4, 512 << 10, 12 << 20);
  const std::int64_t blocks = std::max<std::int64_t>(1, block_bytes / (points_ * v_row_ * 4) / kernel.mr);
  block_tiles_ = ceil_div(all, ceil_div(all, blocks * kernel.mr));
  v_point_ = spread(block_tiles_ * v_row_);
  m_point_ = spread(block_tiles_ * kernel.nr);
  // A single block needs each block of columns once: filters that are overwritten by the next stay in the cache.
  u_block_ = block_tiles_ == all && team.size() == 1 ? 0 : points_ * u_point_;
  u_ = scratch(std::max(column_blocks_ * u_block_, points_ * u_point_) * 4);
  for (int i = 0; i < team.size(); ++i)
    spaces_.push_back({scratch(9 * kernel.b_panel_bytes(shape_.depth)), scratch(points_ * v_point_ * 4),
                       scratch(points_ * m_point_ * 4)});
}

void Winograd::transform_filters(const float* filters, std::int64_t column_block, Space& space) {
  const std::int64_t columns = std::min<std::int64_t>(kernel_->nr, shape_.columns - column_block * kernel_->nr);
  const std::int64_t panel = kernel_->b_panel_bytes(shape_.depth);
  WinogradFilter call{};
  for (int i = 0; i < 9; ++i) {
    const std::int64_t r = tap_at(shape_.down[0], first_offset(shape_.down[0]) + i / 3);
    const std::int64_t s = tap_at(shape_.across[0], first_offset(shape_.across[0]) + i % 3);
    const float* first =
        filters + column_block * kernel_->nr * shape_.column_step + r * shape_.r_step + s * shape_.s_step;
    kernel_->pack_b({first, shape_.column_step, shape_.depth_step}, columns, shape_.depth, panel,
                    space.taps.data() + i * panel);
    call.taps[i] = floats(space.taps) + i * panel / 4;
  }
  call.count = shape_.depth * kernel_->nr;
  call.points = floats(u_) + column_block * u_block_;
  call.point_step = u_point_;
  table_->filter(call);
}

void Winograd::transform_input(const float* in, IndexRange tiles, Space& space) const {
  const int n = table_->m + 2;
  WinogradInput call{};
  call.pixel_step = call.channels = shape_.depth;
  call.point_step = v_point_;
  for (std::int64_t t = tiles.begin; t < tiles.end; ++t) {
    const std::int64_t image = t / (tiles_h_ * tiles_w_);
    const std::int64_t y0 = t / tiles_w_ % tiles_h_ * table_->m + first_offset(shape_.down[0]);
    const std::int64_t x0 = t % tiles_w_ * table_->m + first_offset(shape_.across[0]);
    for (int i = 0; i < n; ++i) {
      const bool inside = y0 + i >= 0 && y0 + i < shape_.in_h;
      call.rows[i] = inside ? in + ((image * shape_.in_h + y0 + i) * shape_.in_w + x0) * shape_.depth : nullptr;
    }
    call.begin = static_cast<int>(std::clamp<std::int64_t>(-x0, 0, n));
    call.end = static_cast<int>(std::clamp<std::int64_t>(shape_.in_w - x0, 0, n));
    call.points = floats(space.v) + (t - tiles.begin) * v_row_;
    table_->input(call);
  }
}

void Winograd::multiply(std::int64_t column_block, std::int64_t tiles, Space& space) const {
  const std::int64_t blocks = ceil_div(tiles, kernel_->mr), rows = ceil_div(tiles, blocks);
  Tap tap{};
  Tile tile{};
  tile.taps = &tap;
  tile.tap_count = 1;
  tile.k = shape_.depth;
  tile.a_read = ARead::in_rows;
  tile.store = Store::overwrite;
  tile.cols = kernel_->nr;
  tile.a_stride = v_row_;
  tile.b_stride = tile.c_stride = kernel_->nr;
  for (std::int64_t point = 0; point < points_; ++point) {
    tap.b = floats(u_) + column_block * u_block_ + point * u_point_;
    for (std::int64_t row = 0; row < tiles; row += rows) {
      tap.a = floats(space.v) + point * v_point_ + row * v_row_;
      tile.rows = static_cast<int>(std::min(rows, tiles - row));
      tile.c = floats(space.m) + point * m_point_ + row * kernel_->nr;
      kernel_->tile(tile);
    }
  }
}

void Winograd::transform_output(float* out, IndexRange tiles, std::int64_t column_block, const Space& space) const {
  WinogradOutput call{};
  call.point_step = m_point_;
  call.pixel_step = shape_.columns;
  call.channels = std::min<std::int64_t>(kernel_->nr, shape_.columns - column_block * kernel_->nr);
  call.store = accumulate_ == Accumulate::add ? Store::add : Store::overwrite;
  for (std::int64_t t = tiles.begin; t < tiles.end; ++t) {
    const std::int64_t image = t / (tiles_h_ * tiles_w_);
    const std::int64_t y0 = t / tiles_w_ % tiles_h_ * table_->m, x0 = t % tiles_w_ * table_->m;
    for (int i = 0; i < table_->m; ++i)
      call.rows[i] = y0 + i < shape_.out_h
                         ? out + ((image * shape_.out_h + y0 + i) * shape_.out_w + x0) * shape_.columns +
                               column_block * kernel_->nr
                         : nullptr;
    call.columns = static_cast<int>(std::min<std::int64_t>(table_->m, shape_.out_w - x0));
    call.points = floats(space.m) + (t - tiles.begin) * kernel_->nr;
    table_->output(call);
  }
}

void Winograd::run_tiles(const float* in, float* out, IndexRange tiles, Space& space, const float* filters) {
  for (std::int64_t begin = tiles.begin; begin < tiles.end; begin += block_tiles_) {
    const IndexRange block{begin, std::min(begin + block_tiles_, tiles.end)};
    transform_input(in, block, space);
    for (std::int64_t column_block = 0; column_block < column_blocks_; ++column_block) {
      if (filters && begin == tiles.begin) transform_filters(filters, column_block, space);
      multiply(column_block, block.size(), space);
      transform_output(out, block, column_block, space);
    }
  }
}

void Winograd::run(const void* in, const void* filters, void* out) {
  const auto* from = static_cast<const float*>(in);
  const auto* weights = static_cast<const float*>(filters);
  auto* to = static_cast<float*>(out);
  const std::int64_t all = shape_.n * tiles_h_ * tiles_w_, threads = team_->size();
  if (threads == 1) return run_tiles(from, to, {0, all}, spaces_[0], weights);
  Barrier transformed(team_->size());
  team_->run([&](int i) {
    Space& space = spaces_[static_cast<std::size_t>(i)];
    const IndexRange mine = share(column_blocks_, i, threads);
    for (std::int64_t block = mine.begin; block < mine.end; ++block) transform_filters(weights, block, space);
    transformed.wait();
    run_tiles(from, to, share(all, i, threads), space, nullptr);
  });
}

}  // namespace chipfit::cpu
