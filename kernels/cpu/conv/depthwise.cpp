#include "kernels/cpu/conv/depthwise.hpp"

#include <algorithm>
#include <cstring>

#include "kernels/cpu/conv/transpose.hpp"

namespace chipfit::cpu {
namespace {

/// target[j][i] (=|+=) source[i][j], i < rows, j < columns, dense: between filters [channel][tap] and [tap][channel].
template <class Number>
void turn(const Number* source, std::int64_t rows, std::int64_t columns, Number* target, Store store) {
  for (std::int64_t j = 0; j < columns; ++j)
    for (std::int64_t i = 0; i < rows; ++i) {
      const Number value = source[i * columns + j];
      target[j * rows + i] = store == Store::add ? target[j * rows + i] + value : value;
    }
}

void turn(Dtype type, const void* source, std::int64_t rows, std::int64_t columns, void* target, Store store) {
  if (type == Dtype::f64)
    turn(static_cast<const double*>(source), rows, columns, static_cast<double*>(target), store);
  else
    turn(static_cast<const float*>(source), rows, columns, static_cast<float*>(target), store);
}

/// Whether the taps read one pixel after another, upwards or downwards.
bool neighbours(const AxisPhase& phase) {
  if (phase.taps.size() < 2) return false;
  const std::int64_t step = phase.taps[1].offset - phase.taps[0].offset;
  if (step != 1 && step != -1) return false;
  for (std::size_t t = 1; t < phase.taps.size(); ++t)
    if (phase.taps[t].offset - phase.taps[t - 1].offset != step ||
        phase.taps[t].filter - phase.taps[t - 1].filter != phase.taps[1].filter - phase.taps[0].filter)
      return false;
  return true;
}

}  // namespace

bool is_depthwise(const ConvProblem& c) {
  return c.groups == c.c && c.groups == c.k && c.groups > 1;
}

DepthwiseConv::DepthwiseConv(GatherShape shape, Accumulate accumulate, const DepthwiseTable& table, ThreadTeam& team)
    : shape_(std::move(shape)), accumulate_(accumulate), table_(&table), team_(&team) {
  for (const AxisPhase& phase : shape_.across) {
    cuts_.push_back(cut_rows(phase, kDepthwiseRows));
    windows_.push_back(neighbours(phase) ? table.window(static_cast<std::int64_t>(phase.taps.size()), phase.in_step)
                                         : nullptr);
  }
  filters_ = scratch(shape_.groups * shape_.r * shape_.s * info(table.type).bytes);
}

void DepthwiseConv::lines(const std::byte* in, std::byte* out, std::size_t phase_down, std::size_t phase_across,
                          IndexRange lines) const {
  const AxisPhase& down = shape_.down[phase_down];
  const AxisPhase& across = shape_.across[phase_across];
  const RowBlocks& cut = cuts_[phase_across];
  const std::int64_t pixel = shape_.groups * info(table_->type).bytes;
  DepthwiseRow call{};
  call.a_step = across.in_step * shape_.groups;
  call.out_step = across.step * shape_.groups;
  call.channels = shape_.groups;
  std::vector<Tap> taps;
  for (std::int64_t line = lines.begin; line < lines.end; ++line) {
    const std::int64_t image = line / down.count, i = line % down.count;
    for (const RowBlock& block : cut.blocks) {
      const RowPattern& pattern = cut.patterns[static_cast<std::size_t>(block.pattern)];
      std::byte* pixels = out + ((image * shape_.out_h + down.first + i * down.step) * shape_.out_w + across.first +
                                 block.first * across.step) *
                                    pixel;
      call.store = accumulate_ == Accumulate::add ? Store::add : Store::overwrite;
      bool written = call.store == Store::add;
      for (const RowGroup& group : pattern.groups) {
        taps.clear();
        for (const AxisTap& r : down.taps) {
          const std::int64_t y = i * down.in_step + r.offset;
          if (y < 0 || y >= down.in_extent) continue;
          for (const AxisTap& s : group.taps) {
            const std::int64_t x = (block.first + group.row) * across.in_step + s.offset;
            taps.push_back({in + ((image * shape_.in_h + y) * shape_.in_w + x) * pixel,
                            filters_.data() + (r.filter * shape_.s + s.filter) * pixel});
          }
        }
        if (taps.empty()) break;
        if (!written && group.rows < block.rows) {
          for (int row = 0; row < block.rows; ++row)
            std::memset(pixels + row * across.step * pixel, 0, static_cast<std::size_t>(pixel));
          call.store = Store::add;
        }
        written = true;
        call.taps = taps.data();
        call.tap_count = static_cast<std::int64_t>(taps.size());
        call.rows = group.rows;
        call.out = pixels + group.row * across.step * pixel;
        table_->row(call);
        call.store = Store::add;
      }
      if (!written)
        for (int row = 0; row < block.rows; ++row)
          std::memset(pixels + row * across.step * pixel, 0, static_cast<std::size_t>(pixel));
    }
  }
}

void DepthwiseConv::windows(const std::byte* in, std::byte* out, std::size_t phase_down, std::size_t phase_across,
                            IndexRange lines) const {
  const AxisPhase& down = shape_.down[phase_down];
  const AxisPhase& across = shape_.across[phase_across];
  const std::int64_t pixel = shape_.groups * info(table_->type).bytes;
  // Taps that read downwards are taken from the last one on.
  const bool upwards = across.taps[0].offset < across.taps[1].offset;
  const AxisTap& first = upwards ? across.taps.front() : across.taps.back();
  const AxisTap& second = upwards ? across.taps[1] : across.taps[across.taps.size() - 2];
  const int taps = static_cast<int>(across.taps.size());
  DepthwiseWindow call{};
  call.a_step = shape_.groups;
  call.b_step = (second.filter - first.filter) * shape_.groups;
  call.out_step = across.step * shape_.groups;
  call.channels = shape_.groups;
  call.store = accumulate_ == Accumulate::add ? Store::add : Store::overwrite;
  call.far = shape_.n * shape_.in_h * shape_.in_w * pixel > 8 << 20;
  std::vector<DepthwiseLine> at_origin, window;
  for (std::int64_t line = lines.begin; line < lines.end; ++line) {
    const std::int64_t image = line / down.count, i = line % down.count;
    at_origin.clear();
    for (const AxisTap& r : down.taps) {
      const std::int64_t y = i * down.in_step + r.offset;
      if (y < 0 || y >= down.in_extent) continue;
      at_origin.push_back({in + ((image * shape_.in_h + y) * shape_.in_w + first.offset) * pixel,
                           filters_.data() + (r.filter * shape_.s + first.filter) * pixel, 0, 0});
    }
    window.resize(at_origin.size());
    call.lines = window.data();
    call.line_count = static_cast<std::int64_t>(window.size());
    for (const RowBlock& block : cuts_[phase_across].blocks) {
      const std::int64_t x = block.first * across.in_step + first.offset;
      const int pixels = static_cast<int>((block.rows - 1) * across.in_step + taps);
      const int begin = static_cast<int>(std::clamp<std::int64_t>(-x, 0, pixels));
      const int end = static_cast<int>(std::clamp<std::int64_t>(across.in_extent - x, 0, pixels));
      for (std::size_t l = 0; l < window.size(); ++l)
        window[l] = {static_cast<const std::byte*>(at_origin[l].a) + block.first * across.in_step * pixel,
                     at_origin[l].b, begin, end};
      call.rows = block.rows;
      call.out = out + ((image * shape_.out_h + down.first + i * down.step) * shape_.out_w + across.first +
                        block.first * across.step) *
                           pixel;
      windows_[phase_across](call);
    }
  }
}

void DepthwiseConv::run(const void* in, const void* filters, void* out) {
  transpose(info(table_->type).bytes, filters, shape_.r * shape_.s, filters_.data(), shape_.groups, shape_.groups,
            shape_.r * shape_.s);
  team_->run([&](int thread) {
    for (std::size_t d = 0; d < shape_.down.size(); ++d)
      for (std::size_t a = 0; a < shape_.across.size(); ++a)
        (this->*(windows_[a] ? &DepthwiseConv::windows : &DepthwiseConv::lines))(
            static_cast<const std::byte*>(in), static_cast<std::byte*>(out), d, a,
            share(shape_.n * shape_.down[d].count, thread, team_->size()));
  });
}

DepthwiseWeights::DepthwiseWeights(const ConvProblem& problem, const DepthwiseTable& table, ThreadTeam& team)
    : problem_(problem),
      down_(forward_phase(height_axis(problem))),
      across_(forward_phase(width_axis(problem))),
      table_(&table),
      sums_(scratch(problem.c * problem.r * problem.s * info(table.type).bytes)),
      team_(&team) {}

void DepthwiseWeights::channels(const std::byte* x, const std::byte* dy, IndexRange channels) {
  const std::int64_t bytes = info(table_->type).bytes, pixel = problem_.c * bytes;
  const std::int64_t first = channels.begin * bytes;
  for (std::int64_t tap = 0; tap < problem_.r * problem_.s; ++tap)
    std::memset(sums_.data() + tap * pixel + first, 0, static_cast<std::size_t>(channels.size() * bytes));
  DepthwiseGradient call{};
  call.x_step = across_.in_step * problem_.c;
  call.dy_step = problem_.c;
  call.channels = channels.size();
  const void* from[kDepthwiseTaps];
  void* to[kDepthwiseTaps];
  call.x = from;
  call.dw = to;
  for (std::int64_t line = 0; line < problem_.n * down_.count; ++line)
    for (const AxisTap& r : down_.taps) {
      const std::int64_t image = line / down_.count, y = line % down_.count * down_.in_step + r.offset;
      if (y < 0 || y >= down_.in_extent) continue;
      const auto gradient = [&](std::size_t s0, std::size_t s1, IndexRange q) {
        if (q.size() == 0) return;
        for (std::size_t s = s0; s < s1; ++s) {
          const std::int64_t at = q.begin * across_.in_step + across_.taps[s].offset;
          from[s - s0] = x + ((image * problem_.h + y) * problem_.w + at) * pixel + first;
          to[s - s0] = sums_.data() + (r.filter * problem_.s + across_.taps[s].filter) * pixel + first;
        }
        call.taps = static_cast<int>(s1 - s0);
        call.pixels = q.size();
        call.dy = dy + (line * across_.count + q.begin) * pixel + first;
        table_->gradient(call);
      };
      for (std::size_t s0 = 0; s0 < across_.taps.size(); s0 += kDepthwiseTaps) {
        const std::size_t s1 = std::min(s0 + kDepthwiseTaps, across_.taps.size());
        // The outputs that all of these taps meet inside of the image together, what each has besides by itself.
        IndexRange common{0, across_.count};
        for (std::size_t s = s0; s < s1; ++s) {
          const IndexRange range = inside(across_, across_.taps[s]);
          common = {std::max(common.begin, range.begin), std::min(common.end, range.end)};
        }
        if (common.size() == 0) common = {0, 0};
        gradient(s0, s1, common);
        for (std::size_t s = s0; s < s1; ++s) {
          const IndexRange range = inside(across_, across_.taps[s]);
          if (common.size() == 0) {
            gradient(s, s + 1, range);
            continue;
          }
          gradient(s, s + 1, {range.begin, common.begin});
          gradient(s, s + 1, {common.end, range.end});
        }
      }
    }
}

void DepthwiseWeights::run(const void* x, const void* dy, void* dw) {
  team_->run([&](int thread) {
    // Whole cache lines to each thread.
    constexpr std::int64_t together = 16;
    const IndexRange lines = share((problem_.c + together - 1) / together, thread, team_->size());
    const IndexRange mine{lines.begin * together, std::min(lines.end * together, problem_.c)};
    if (mine.size() > 0) channels(static_cast<const std::byte*>(x), static_cast<const std::byte*>(dy), mine);
  });
  turn(table_->type, sums_.data(), problem_.r * problem_.s, problem_.c, dw,
       problem_.accumulate == Accumulate::add ? Store::add : Store::overwrite);
}

}  // namespace chipfit::cpu
