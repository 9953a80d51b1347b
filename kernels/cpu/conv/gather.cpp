#include "kernels/cpu/conv/gather.hpp"

#include <algorithm>
#include <cstring>

#include "kernels/cpu/narrow.hpp"
#include "kernels/problem/convert.hpp"

namespace chipfit::cpu {
namespace {

std::int64_t ceil_div(std::int64_t a, std::int64_t b) {
  return (a + b - 1) / b;
}

/// Tiles of one phase of the height and one of the width: blocks of a row within rows within images.
std::int64_t tile_count(const GatherShape& shape, const AxisPhase& down, const RowBlocks& cut) {
  return shape.n * down.count * static_cast<std::int64_t>(cut.blocks.size());
}

/// Taps s, s + 1, … whose pixels follow one another in memory, as their slices of packed filters do, are one longer
/// tap.
std::int64_t merged_taps(const RowGroup& group, bool contiguous) {
  if (!contiguous) return 1;
  const AxisTap& first = group.taps.front();
  for (std::size_t i = 1; i < group.taps.size(); ++i) {
    const std::int64_t by = static_cast<std::int64_t>(i);
    if (group.taps[i] != AxisTap{first.filter + by, first.offset + by}) return 1;
  }
  return static_cast<std::int64_t>(group.taps.size());
}

}  // namespace

GatherShape gather_shape(const ConvProblem& c, Layout filters) {
  GatherShape g;
  const bool forward = c.direction == ConvDirection::fwd;
  const std::int64_t channels = c.c / c.groups, outputs = c.k / c.groups;
  g.n = c.n, g.groups = c.groups, g.r = c.r, g.s = c.s;
  g.depth = forward ? channels : outputs;
  g.columns = forward ? outputs : channels;
  g.in_h = c.h, g.in_w = c.w, g.out_h = c.p(), g.out_w = c.q();
  if (forward) {
    g.down = {forward_phase(height_axis(c))};
    g.across = {forward_phase(width_axis(c))};
  } else {
    std::swap(g.in_h, g.out_h);
    std::swap(g.in_w, g.out_w);
    g.down = backward_phases(height_axis(c));
    g.across = backward_phases(width_axis(c));
  }
  const bool kcrs = filters == Layout::nchw;
  const std::int64_t channel_step = kcrs ? c.r * c.s : 1;
  g.r_step = kcrs ? c.s : c.s * channels;
  g.s_step = kcrs ? 1 : channels;
  const std::int64_t output_step = channels * c.r * c.s;
  g.column_step = forward ? output_step : channel_step;
  g.depth_step = forward ? channel_step : output_step;
  g.group_step = outputs * output_step;
  // A 1×1 convolution that reads every pixel once knows no rows: one long row has the fewest remainders.
  if (c.r == 1 && c.s == 1 && c.pad_h == 0 && c.pad_w == 0 && c.stride_h == 1 && c.stride_w == 1) {
    const std::int64_t pixels = c.n * c.h * c.w;
    g.n = g.in_h = g.out_h = 1, g.in_w = g.out_w = pixels;
    g.down = {AxisPhase{0, 1, 1, 1, 1, {{0, 0}}}};
    g.across = {AxisPhase{0, 1, pixels, 1, pixels, {{0, 0}}}};
  }
  return g;
}

GatherBlocking gather_blocking(const GatherShape& shape, const MicroKernel& kernel) {
  const std::int64_t filter_bytes =
      shape.groups * shape.columns * shape.depth * shape.r * shape.s * info(kernel.acc).bytes;
  GatherBlocking blocking;
  if (filter_bytes <= 1 << 20) blocking.slab_bytes = 256 << 10;
  return blocking;
}

/// A range of the tiles of one pair of phases, one block of columns and one chunk of the depth.
struct GatherConv::Work {
  const std::byte* in;
  std::byte* out;
  std::size_t phase_down, phase_across;
  std::int64_t group, column_block, chunk;
  IndexRange range;
};

GatherConv::GatherConv(GatherShape shape, Accumulate accumulate, Dtype out, const MicroKernel& kernel,
                       GatherBlocking blocking, ThreadTeam& team)
    : shape_(std::move(shape)), accumulate_(accumulate), out_type_(out), kernel_(&kernel), team_(&team) {
  // Sums that are rounded at the end cannot wait in the output.
  if (out != kernel.acc) blocking.depth = shape_.depth;
  in_depth_ = shape_.depth;
  if (!kernel.a_in_place || shape_.depth % kernel.group != 0) {
    in_depth_ = kernel.padded(shape_.depth);
    staged_ = scratch(shape_.n * shape_.in_h * shape_.in_w * shape_.groups * in_depth_ * kernel.a_bytes);
  }
  for (const AxisPhase& phase : shape_.across) cuts_.push_back(cut_rows(phase, kernel.mr));
  chunks_ = ceil_div(shape_.depth, std::max<std::int64_t>(blocking.depth, 1));
  chunk_ = kernel.padded(ceil_div(shape_.depth, chunks_));
  chunks_ = ceil_div(shape_.depth, chunk_);
  column_blocks_ = ceil_div(shape_.columns, kernel.nr);
  const std::int64_t pixel_bytes =
      shape_.groups * (shape_.depth * kernel.a_bytes + shape_.columns * info(kernel.acc).bytes);
  slab_tiles_ = std::max<std::int64_t>(1, blocking.slab_bytes / (pixel_bytes * kernel.mr));
  packed_ = scratch(shape_.groups * column_blocks_ * chunks_ * shape_.r * shape_.s * kernel.b_panel_bytes(chunk_));
}

void GatherConv::stage(const std::byte* in, IndexRange pixels) {
  const std::int64_t bytes = info(kernel_->a).bytes;
  for (std::int64_t i = pixels.begin * shape_.groups; i < pixels.end * shape_.groups; ++i) {
    const std::byte* from = in + i * shape_.depth * bytes;
    std::byte* to = staged_.data() + i * in_depth_ * kernel_->a_bytes;
    if (bytes == kernel_->a_bytes)
      std::memcpy(to, from, static_cast<std::size_t>(shape_.depth * bytes));
    else if (kernel_->a == Dtype::i8)
      std::copy_n(reinterpret_cast<const std::int8_t*>(from), shape_.depth, reinterpret_cast<std::int16_t*>(to));
    else if (kernel_->a == Dtype::u8)
      std::copy_n(reinterpret_cast<const std::uint8_t*>(from), shape_.depth, reinterpret_cast<std::int16_t*>(to));
    else
      to_f32(kernel_->a, from, reinterpret_cast<float*>(to), shape_.depth);
  }
}

void GatherConv::pack(const std::byte* filters, std::int64_t group, std::int64_t column_block) {
  const std::int64_t columns = std::min<std::int64_t>(kernel_->nr, shape_.columns - column_block * kernel_->nr);
  std::byte* target = packed_.data() + (group * column_blocks_ + column_block) * chunks_ * shape_.r * shape_.s *
                                           kernel_->b_panel_bytes(chunk_);
  for (std::int64_t chunk = 0; chunk < chunks_; ++chunk)
    for (std::int64_t r = 0; r < shape_.r; ++r)
      for (std::int64_t s = 0; s < shape_.s; ++s) {
        const std::int64_t first = group * shape_.group_step + column_block * kernel_->nr * shape_.column_step +
                                   chunk * chunk_ * shape_.depth_step + r * shape_.r_step + s * shape_.s_step;
        kernel_->pack_b({filters + first * info(kernel_->b).bytes, shape_.column_step, shape_.depth_step}, columns,
                        std::min(chunk_, shape_.depth - chunk * chunk_), kernel_->b_panel_bytes(chunk_), target);
        target += kernel_->b_panel_bytes(chunk_);
      }
}

void GatherConv::tiles(const Work& work) const {
  const AxisPhase& down = shape_.down[work.phase_down];
  const AxisPhase& across = shape_.across[work.phase_across];
  const RowBlocks& cut = cuts_[work.phase_across];
  const std::int64_t blocks = static_cast<std::int64_t>(cut.blocks.size());
  const std::int64_t in_pixel = shape_.groups * in_depth_ * kernel_->a_bytes, out_bytes = info(out_type_).bytes;
  const std::int64_t out_pixel = shape_.groups * shape_.columns * out_bytes;
  const std::int64_t panel = kernel_->b_panel_bytes(chunk_);
  const std::int64_t depth = std::min(chunk_, shape_.depth - work.chunk * chunk_);
  const std::byte* in = work.in + (work.group * in_depth_ + work.chunk * chunk_) * kernel_->a_bytes;
  const std::byte* filters =
      packed_.data() +
      ((work.group * column_blocks_ + work.column_block) * chunks_ + work.chunk) * shape_.r * shape_.s * panel;
  std::byte* out = work.out + (work.group * shape_.columns + work.column_block * kernel_->nr) * out_bytes;
  const bool contiguous = shape_.groups == 1 && chunks_ == 1 && panel == depth * kernel_->nr * kernel_->b_bytes &&
                          kernel_->compensation_bytes == 0;
  const bool narrow = out_type_ != kernel_->acc;
  const bool adds = !narrow && (accumulate_ == Accumulate::add || work.chunk > 0);

  Tile tile{};
  tile.a_read = ARead::in_rows;
  tile.cols = static_cast<int>(std::min<std::int64_t>(kernel_->nr, shape_.columns - work.column_block * kernel_->nr));
  tile.a_stride = across.in_step * shape_.groups * in_depth_;
  tile.b_stride = kernel_->nr * kernel_->group;
  tile.c_stride = narrow ? kernel_->nr : across.step * shape_.groups * shape_.columns;
  std::vector<Tap> taps;
  std::vector<float> sums(static_cast<std::size_t>(narrow ? kernel_->mr * kernel_->nr : 0));
  std::vector<const std::byte*> lines;  // of the image, and the filters' rows that meet them
  std::vector<const std::byte*> slices;
  for (std::int64_t t = work.range.begin, line = -1; t < work.range.end; ++t) {
    const RowBlock& block = cut.blocks[static_cast<std::size_t>(t % blocks)];
    const RowPattern& pattern = cut.patterns[static_cast<std::size_t>(block.pattern)];
    const std::int64_t image = t / blocks / down.count, i = t / blocks % down.count;
    if (t / blocks != line) {
      line = t / blocks;
      lines.clear(), slices.clear();
      for (const AxisTap& tap : down.taps) {
        const std::int64_t y = i * down.in_step + tap.offset;
        if (y < 0 || y >= down.in_extent) continue;
        lines.push_back(in + (image * shape_.in_h + y) * shape_.in_w * in_pixel);
        slices.push_back(filters + tap.filter * shape_.s * panel);
      }
    }
    std::byte* pixels = out + ((image * shape_.out_h + down.first + i * down.step) * shape_.out_w + across.first +
                               block.first * across.step) *
                                  out_pixel;
    tile.store = adds ? Store::add : Store::overwrite;
    std::byte* target = narrow ? reinterpret_cast<std::byte*>(sums.data()) : pixels;
    const std::int64_t target_row = tile.c_stride * info(kernel_->acc).bytes;
    if (!adds && (lines.empty() || !pattern.covered)) {
      for (int row = 0; row < block.rows; ++row)
        std::memset(target + row * target_row, 0, static_cast<std::size_t>(tile.cols * info(kernel_->acc).bytes));
      tile.store = Store::add;
    }
    for (const RowGroup& group : pattern.groups) {
      if (lines.empty()) break;
      const std::int64_t merged = merged_taps(group, contiguous);
      taps.clear();
      for (std::size_t r = 0; r < lines.size(); ++r)
        for (std::size_t s = 0; s < group.taps.size(); s += static_cast<std::size_t>(merged)) {
          const std::int64_t x = (block.first + group.row) * across.in_step + group.taps[s].offset;
          taps.push_back({lines[r] + x * in_pixel, slices[r] + group.taps[s].filter * panel});
        }
      tile.taps = taps.data();
      tile.tap_count = static_cast<std::int64_t>(taps.size());
      tile.k = kernel_->padded(depth) * merged;
      tile.rows = group.rows;
      tile.c = target + group.row * target_row;
      kernel_->tile(tile);
      tile.store = Store::add;
    }
    if (narrow)
      narrow_tile({sums.data(), tile.c_stride, pixels, across.step * shape_.groups * shape_.columns, block.rows,
                   tile.cols, accumulate_ == Accumulate::add ? Store::add : Store::overwrite},
                  out_type_);
  }
}

void GatherConv::run_by_columns(const std::byte* in, const std::byte* filters, std::byte* out, IndexRange columns) {
  for (std::size_t d = 0; d < shape_.down.size(); ++d)
    for (std::size_t a = 0; a < shape_.across.size(); ++a) {
      const std::int64_t count = tile_count(shape_, shape_.down[d], cuts_[a]);
      for (std::int64_t begin = 0; begin < count; begin += slab_tiles_)
        for (std::int64_t column = columns.begin; column < columns.end; ++column) {
          const std::int64_t group = column / column_blocks_, block = column % column_blocks_;
          // Packed just before their first use, filters come from the second-level cache.
          if (d == 0 && a == 0 && begin == 0) pack(filters, group, block);
          for (std::int64_t chunk = 0; chunk < chunks_; ++chunk)
            tiles({in, out, d, a, group, block, chunk, {begin, std::min(begin + slab_tiles_, count)}});
        }
    }
}

void GatherConv::run_by_tiles(const std::byte* in, std::byte* out, std::int64_t part, std::int64_t parts) {
  for (std::size_t d = 0; d < shape_.down.size(); ++d)
    for (std::size_t a = 0; a < shape_.across.size(); ++a) {
      const IndexRange mine = share(tile_count(shape_, shape_.down[d], cuts_[a]), part, parts);
      for (std::int64_t begin = mine.begin; begin < mine.end; begin += slab_tiles_)
        for (std::int64_t column = 0; column < shape_.groups * column_blocks_; ++column)
          for (std::int64_t chunk = 0; chunk < chunks_; ++chunk)
            tiles({in,
                   out,
                   d,
                   a,
                   column / column_blocks_,
                   column % column_blocks_,
                   chunk,
                   {begin, std::min(begin + slab_tiles_, mine.end)}});
    }
}

void GatherConv::run(const void* in, const void* filters, void* out) {
  const auto* from = static_cast<const std::byte*>(in);
  const auto* weights = static_cast<const std::byte*>(filters);
  auto* to = static_cast<std::byte*>(out);
  if (staged_.data()) {
    team_->run([&](int i) { stage(from, share(shape_.n * shape_.in_h * shape_.in_w, i, team_->size())); });
    from = staged_.data();
  }
  const std::int64_t columns = shape_.groups * column_blocks_, threads = team_->size();
  if (threads == 1) return run_by_columns(from, weights, to, {0, columns});
  // Columns are divided where that is even: no thread waits for filters that another one packs.
  if (columns % threads == 0 || columns > 4 * threads) {
    team_->run([&](int i) { run_by_columns(from, weights, to, share(columns, i, threads)); });
    return;
  }
  Barrier packed(team_->size());
  team_->run([&](int i) {
    const IndexRange mine = share(columns, i, threads);
    for (std::int64_t column = mine.begin; column < mine.end; ++column)
      pack(weights, column / column_blocks_, column % column_blocks_);
    packed.wait();
    run_by_tiles(from, to, i, threads);
  });
}

}  // namespace chipfit::cpu
