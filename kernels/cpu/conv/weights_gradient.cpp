#include "kernels/cpu/conv/weights_gradient.hpp"

#include <algorithm>
#include <cstring>

namespace chipfit::cpu {
namespace {

std::int64_t ceil_div(std::int64_t a, std::int64_t b) {
  return (a + b - 1) / b;
}

}  // namespace

WeightsShape weights_shape(const ConvProblem& c) {
  WeightsShape w;
  w.n = c.n, w.groups = c.groups, w.outputs = c.k / c.groups, w.channels = w.columns = c.c / c.groups;
  w.x_h = c.h, w.x_w = c.w, w.y_h = c.p(), w.y_w = c.q();
  w.down = forward_phase(height_axis(c));
  w.across = forward_phase(width_axis(c));
  w.x_pixel = c.c;
  if (c.r == 1 && c.s == 1 && c.pad_h == 0 && c.pad_w == 0 && c.stride_h == 1 && c.stride_w == 1) {
    // Rows mean nothing here; some are kept, to have something to cut the pixels by.
    w.n = 1, w.x_h = w.y_h = c.n * c.h, w.x_w = w.y_w = c.w;
    w.down.count = w.down.in_extent = w.x_h;
  }
  constexpr std::int64_t few_channels = 8;
  if (c.groups == 1 && c.c <= few_channels && c.s > 1 && c.dil_w == 1) {
    w.pad_before = c.pad_w;
    w.x_w = std::max(c.w + c.pad_w, (w.y_w - 1) * c.stride_w + c.s);
    w.pad_after = w.x_w - c.w - c.pad_w;
    w.columns = c.s * c.c;
    w.across.in_extent = w.x_w;
    w.across.taps = {{0, 0}};
  }
  return w;
}

WeightsGradient::WeightsGradient(WeightsShape shape, Accumulate accumulate, const MicroKernel& kernel,
                                 std::int64_t chunk_bytes, ThreadTeam& team)
    : shape_(std::move(shape)), accumulate_(accumulate), kernel_(&kernel), team_(&team) {
  const std::int64_t line_bytes =
      (shape_.down.in_step * shape_.x_w * shape_.x_pixel + shape_.y_w * shape_.groups * shape_.outputs) *
      kernel.a_bytes;
  chunk_lines_ = std::clamp<std::int64_t>(chunk_bytes / line_bytes, 1, shape_.n * shape_.y_h);
  rows_per_tile_ = ceil_div(shape_.outputs, ceil_div(shape_.outputs, kernel.mr));
  row_blocks_ = ceil_div(shape_.outputs, rows_per_tile_);
  column_blocks_ = ceil_div(shape_.columns, kernel.nr);
  tiles_ = static_cast<std::int64_t>(shape_.down.taps.size() * shape_.across.taps.size()) * shape_.groups *
           column_blocks_ * row_blocks_;
  if (shape_.pad_before + shape_.pad_after > 0 || (!kernel.b_in_place && shape_.columns % kernel.nr != 0))
    padded_x_ = scratch((shape_.n * shape_.x_h * shape_.x_w * shape_.x_pixel + kernel.nr) * kernel.b_bytes);
}

const std::byte* WeightsGradient::padded(const std::byte* x) {
  const std::int64_t pixel = shape_.x_pixel * kernel_->b_bytes;
  const auto before = static_cast<std::size_t>(shape_.pad_before * pixel),
             after = static_cast<std::size_t>(shape_.pad_after * pixel),
             row = static_cast<std::size_t>(shape_.x_w * pixel) - before - after;
  team_->run([&](int thread) {
    const IndexRange lines = share(shape_.n * shape_.x_h, thread, team_->size());
    std::byte* to = padded_x_.data() + lines.begin * shape_.x_w * pixel;
    const std::byte* from = x + lines.begin * static_cast<std::int64_t>(row);
    for (std::int64_t line = lines.begin; line < lines.end; ++line, to += shape_.x_w * pixel, from += row) {
      std::memset(to, 0, before);
      std::memcpy(to + before, from, row);
      std::memset(to + before + row, 0, after);
    }
  });
  return padded_x_.data();
}

void WeightsGradient::chunk(const std::byte* x, const std::byte* dy, std::byte* dw, IndexRange lines, IndexRange tiles,
                            Store store) const {
  const std::int64_t bytes = kernel_->a_bytes, filter = static_cast<std::int64_t>(shape_.across.taps.size());
  const std::int64_t dw_row = static_cast<std::int64_t>(shape_.down.taps.size()) * filter * shape_.columns;
  const std::int64_t y_pixel = shape_.groups * shape_.outputs;
  Tile tile{};
  tile.a_read = ARead::k_major;
  tile.a_stride = y_pixel;
  tile.b_stride = shape_.across.in_step * shape_.x_pixel;
  tile.c_stride = dw_row;
  tile.store = store;
  std::vector<Tap> at_origin, taps;
  std::int64_t filter_tap = -1;
  for (std::int64_t t = tiles.begin; t < tiles.end; ++t) {
    const std::int64_t row = t % row_blocks_ * rows_per_tile_;
    const std::int64_t column = t / row_blocks_ % column_blocks_ * kernel_->nr;
    const std::int64_t group = t / (row_blocks_ * column_blocks_) % shape_.groups;
    if (t / (row_blocks_ * column_blocks_ * shape_.groups) != filter_tap) {
      filter_tap = t / (row_blocks_ * column_blocks_ * shape_.groups);
      const AxisTap& r = shape_.down.taps[static_cast<std::size_t>(filter_tap / filter)];
      const AxisTap& s = shape_.across.taps[static_cast<std::size_t>(filter_tap % filter)];
      const IndexRange inside_p = inside(shape_.down, r), inside_q = inside(shape_.across, s);
      at_origin.clear();
      for (std::int64_t line = lines.begin; line < lines.end && inside_q.size() > 0; ++line) {
        const std::int64_t image = line / shape_.y_h, p = line % shape_.y_h;
        if (p < inside_p.begin || p >= inside_p.end) continue;
        const std::int64_t y = p * shape_.down.in_step + r.offset;
        const std::int64_t x0 = inside_q.begin * shape_.across.in_step + s.offset;
        at_origin.push_back({dy + (line * shape_.y_w + inside_q.begin) * y_pixel * bytes,
                             x + ((image * shape_.x_h + y) * shape_.x_w + x0) * shape_.x_pixel * bytes});
      }
      tile.k = inside_q.size();
      tile.tap_count = static_cast<std::int64_t>(at_origin.size());
      taps.resize(at_origin.size());
      tile.taps = taps.data();
    }
    const std::int64_t output = group * shape_.outputs + row;
    for (std::size_t i = 0; i < taps.size(); ++i)
      taps[i] = {static_cast<const std::byte*>(at_origin[i].a) + output * bytes,
                 static_cast<const std::byte*>(at_origin[i].b) + (group * shape_.channels + column) * bytes};
    tile.rows = static_cast<int>(std::min(rows_per_tile_, shape_.outputs - row));
    tile.cols = static_cast<int>(std::min<std::int64_t>(kernel_->nr, shape_.columns - column));
    tile.c = dw + (output * dw_row + filter_tap * shape_.columns + column) * bytes;
    kernel_->tile(tile);
  }
}

void WeightsGradient::run(const void* x, const void* dy, void* dw) {
  const std::int64_t lines = shape_.n * shape_.y_h;
  if (padded_x_.data()) x = padded(static_cast<const std::byte*>(x));
  team_->run([&](int thread) {
    const IndexRange mine = share(tiles_, thread, team_->size());
    for (std::int64_t begin = 0; begin < lines; begin += chunk_lines_)
      chunk(static_cast<const std::byte*>(x), static_cast<const std::byte*>(dy), static_cast<std::byte*>(dw),
            {begin, std::min(begin + chunk_lines_, lines)}, mine,
            accumulate_ == Accumulate::add || begin > 0 ? Store::add : Store::overwrite);
  });
}

}  // namespace chipfit::cpu
