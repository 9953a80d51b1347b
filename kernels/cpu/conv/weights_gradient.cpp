#include "kernels/cpu/conv/weights_gradient.hpp"

#include <algorithm>

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
  return w;
}

WeightsGradient::WeightsGradient(WeightsShape shape, Accumulate accumulate, const MicroKernel& kernel,
                                 std::int64_t chunk_bytes, int)
    : shape_(std::move(shape)), accumulate_(accumulate), kernel_(&kernel) {
  const std::int64_t line_bytes =
      (shape_.down.in_step * shape_.x_w * shape_.x_pixel + shape_.y_w * shape_.groups * shape_.outputs) *
      kernel.a_bytes;
  chunk_lines_ = std::clamp<std::int64_t>(chunk_bytes / line_bytes, 1, shape_.n * shape_.y_h);
  const std::int64_t blocks = ceil_div(shape_.outputs, kernel.mr);
  rows_per_tile_ = ceil_div(shape_.outputs, blocks);
}

void WeightsGradient::chunk(const std::byte* x, const std::byte* dy, std::byte* dw, IndexRange lines) const {
  const std::int64_t bytes = kernel_->a_bytes, filter = static_cast<std::int64_t>(shape_.across.taps.size());
  const std::int64_t dw_row = static_cast<std::int64_t>(shape_.down.taps.size()) * filter * shape_.columns;
  const std::int64_t y_pixel = shape_.groups * shape_.outputs;
  Tile tile{};
  tile.a_read = ARead::k_major;
  tile.a_stride = y_pixel;
  tile.b_stride = shape_.across.in_step * shape_.x_pixel;
  tile.c_stride = dw_row;
  tile.store = accumulate_ == Accumulate::add || lines.begin > 0 ? Store::add : Store::overwrite;
  std::vector<Tap> at_origin, taps;
  for (const AxisTap& r : shape_.down.taps)
    for (const AxisTap& s : shape_.across.taps) {
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
      for (std::int64_t group = 0; group < shape_.groups; ++group)
        for (std::int64_t column = 0; column < shape_.columns; column += kernel_->nr)
          for (std::int64_t row = 0; row < shape_.outputs; row += rows_per_tile_) {
            const std::int64_t output = group * shape_.outputs + row;
            for (std::size_t t = 0; t < taps.size(); ++t)
              taps[t] = {static_cast<const std::byte*>(at_origin[t].a) + output * bytes,
                         static_cast<const std::byte*>(at_origin[t].b) + (group * shape_.channels + column) * bytes};
            tile.rows = static_cast<int>(std::min(rows_per_tile_, shape_.outputs - row));
            tile.cols = static_cast<int>(std::min<std::int64_t>(kernel_->nr, shape_.columns - column));
            tile.c = dw + (output * dw_row + (r.filter * filter + s.filter) * shape_.columns + column) * bytes;
            kernel_->tile(tile);
          }
    }
}

void WeightsGradient::run(const void* x, const void* dy, void* dw) {
  const std::int64_t lines = shape_.n * shape_.y_h;
  for (std::int64_t begin = 0; begin < lines; begin += chunk_lines_)
    chunk(static_cast<const std::byte*>(x), static_cast<const std::byte*>(dy), static_cast<std::byte*>(dw),
          {begin, std::min(begin + chunk_lines_, lines)});
}

}  // namespace chipfit::cpu
