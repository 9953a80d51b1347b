#include "kernels/cpu/conv/nchw.hpp"

#include <algorithm>
#include <cstring>

#include "kernels/cpu/conv/axis.hpp"
#include "kernels/cpu/conv/scratch.hpp"
#include "kernels/cpu/conv/transpose.hpp"
#include "kernels/problem/problem.hpp"

namespace chipfit::cpu {
namespace {

constexpr std::int64_t least_part_bytes = 4 << 20, most_part_bytes = 64 << 20;

std::int64_t activation_bytes(const ConvProblem& c) {
  const Operands shapes = operands(c);
  switch (c.direction) {
    case ConvDirection::fwd:
    case ConvDirection::bwd_data:
      return shapes.in[0].bytes() + shapes.out.bytes();
    case ConvDirection::bwd_weights:
      break;
  }
  return shapes.in[0].bytes() + shapes.in[1].bytes();
}

}  // namespace

ConvProblem nhwc_part(const ConvProblem& nchw) {
  ConvProblem part = nchw;
  part.layout = Layout::nhwc;
  const std::int64_t image = activation_bytes(nchw) / nchw.n;
  // Filters are packed or transformed for each part: that has to stay a small share of the work.
  const std::int64_t filter_bytes = nchw.k * nchw.c / nchw.groups * nchw.r * nchw.s * info(nchw.dtypes.a).bytes;
  const std::int64_t part_bytes = std::clamp(4 * filter_bytes, least_part_bytes, most_part_bytes);
  part.n = std::clamp<std::int64_t>(part_bytes / image, 1, nchw.n);
  while (nchw.n % part.n != 0) --part.n;
  return part;
}

NchwConv::NchwConv(const ConvProblem& nchw, const Make& make, ThreadTeam& team)
    : problem_(nchw), part_(nhwc_part(nchw)), team_(&team) {
  first_ = make(part_);
  if (problem_.direction == ConvDirection::bwd_weights) {
    part_.accumulate = Accumulate::add;
    rest_ = make(part_);
  }
  const Operands shapes = operands(part_);
  in0_ = scratch(shapes.in[0].bytes());
  if (problem_.direction == ConvDirection::bwd_weights) in1_ = scratch(shapes.in[1].bytes());
  out_ = scratch(shapes.out.bytes());
}

void NchwConv::turn_images(Turn turn, Dtype type, const std::byte* from, std::byte* to, std::int64_t channels,
                           std::int64_t pixels) {
  const int bytes = info(type).bytes;
  constexpr std::int64_t strip = 64;  // of pixels: lines of both sides stay in the cache
  const std::int64_t strips = (pixels + strip - 1) / strip;
  team_->run([&](int thread) {
    const IndexRange mine = share(part_.n * strips, thread, team_->size());
    for (std::int64_t at = mine.begin; at < mine.end; ++at) {
      const std::int64_t image = at / strips * channels * pixels, pixel = at % strips * strip;
      const std::int64_t width = std::min(strip, pixels - pixel);
      const std::int64_t nchw = (image + pixel) * bytes, nhwc = (image + pixel * channels) * bytes;
      if (turn == Turn::to_nhwc)
        transpose(bytes, from + nchw, pixels, to + nhwc, channels, channels, width);
      else
        transpose(bytes, from + nhwc, channels, to + nchw, pixels, width, channels);
    }
  });
}

void NchwConv::turn_filters(Turn turn, const std::byte* from, std::byte* to) {
  const std::int64_t channels = problem_.c / problem_.groups, taps = problem_.r * problem_.s;
  const int bytes = info(problem_.dtypes.out).bytes;
  for (std::int64_t k = 0; k < problem_.k; ++k) {
    const std::int64_t at = k * channels * taps * bytes;
    if (turn == Turn::to_nhwc)
      transpose(bytes, from + at, taps, to + at, channels, channels, taps);
    else
      transpose(bytes, from + at, channels, to + at, taps, taps, channels);
  }
}

void NchwConv::run_images(const std::byte* in, const std::byte* filters, std::byte* out) {
  const bool forward = problem_.direction == ConvDirection::fwd;
  const std::int64_t x = problem_.h * problem_.w, y = problem_.p() * problem_.q();
  const std::int64_t in_channels = forward ? problem_.c : problem_.k, out_channels = forward ? problem_.k : problem_.c;
  const std::int64_t in_pixels = forward ? x : y, out_pixels = forward ? y : x;
  const Dtype in_type = problem_.dtypes.a, out_type = problem_.dtypes.out;
  const Operands shapes = operands(part_);
  for (std::int64_t n = 0; n < problem_.n; n += part_.n) {
    turn_images(Turn::to_nhwc, in_type, in, in0_.data(), in_channels, in_pixels);
    if (problem_.accumulate == Accumulate::add)
      turn_images(Turn::to_nhwc, out_type, out, out_.data(), out_channels, out_pixels);
    first_.run(in0_.data(), filters, out_.data());
    turn_images(Turn::to_nchw, out_type, out_.data(), out, out_channels, out_pixels);
    in += shapes.in[0].bytes();
    out += shapes.out.bytes();
  }
}

void NchwConv::run_weights(const std::byte* x, const std::byte* dy, std::byte* dw) {
  const Operands shapes = operands(part_);
  if (problem_.accumulate == Accumulate::add) turn_filters(Turn::to_nhwc, dw, out_.data());
  for (std::int64_t n = 0; n < problem_.n; n += part_.n) {
    turn_images(Turn::to_nhwc, problem_.dtypes.a, x, in0_.data(), problem_.c, problem_.h * problem_.w);
    turn_images(Turn::to_nhwc, problem_.dtypes.b, dy, in1_.data(), problem_.k, problem_.p() * problem_.q());
    (n == 0 ? first_ : rest_).run(in0_.data(), in1_.data(), out_.data());
    x += shapes.in[0].bytes();
    dy += shapes.in[1].bytes();
  }
  turn_filters(Turn::to_nchw, out_.data(), dw);
}

void NchwConv::run(const void* in0, const void* in1, void* out) {
  const auto* a = static_cast<const std::byte*>(in0);
  const auto* b = static_cast<const std::byte*>(in1);
  auto* c = static_cast<std::byte*>(out);
  if (problem_.direction == ConvDirection::bwd_weights)
    run_weights(a, b, c);
  else
    run_images(a, b, c);
}

}  // namespace chipfit::cpu
