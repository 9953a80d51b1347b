#include "kernels/problem/conv.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "kernels/base/names.hpp"

namespace chipfit {
namespace {

constexpr std::array kDirections{ConvDirection::fwd, ConvDirection::bwd_data, ConvDirection::bwd_weights};
constexpr std::array kLayouts{Layout::nchw, Layout::nhwc};

template <class Values>
auto find_by_name(const Values& values, std::string_view word, std::string_view what) {
  std::vector<std::string> names;
  names.reserve(values.size());
  for (const auto value : values) names.emplace_back(name(value));
  return find_name(word, what, names).map([&](std::size_t index) { return values[index]; });
}

// One axis: input extent, filter extent, output extent.
struct Axis {
  std::int64_t input, filter, output, pad, stride, dil;
};

// Number of i in [0, count) with low <= step·i < high, for step >= 1.
std::int64_t count_between(std::int64_t low, std::int64_t high, std::int64_t step, std::int64_t count) {
  const auto ceil_div = [&](std::int64_t value) { return value <= 0 ? 0 : 1 + (value - 1) / step; };
  return std::max<std::int64_t>(0, std::min(ceil_div(high), count) - std::min(ceil_div(low), count));
}

// Pairs of an output point and a filter tap that meet inside the image. Walks the shorter of the two.
std::int64_t taps_in_image(const Axis& a) {
  std::int64_t taps = 0;
  if (a.filter <= a.output) {
    for (std::int64_t r = 0; r < a.filter; ++r) {
      const std::int64_t first = a.pad - a.dil * r;
      taps += count_between(first, first + a.input, a.stride, a.output);
    }
  } else {
    for (std::int64_t p = 0; p < a.output; ++p) {
      const std::int64_t first = a.pad - a.stride * p;
      taps += count_between(first, first + a.input, a.dil, a.filter);
    }
  }
  return taps;
}

// 0 for what is no convolution, so that a problem may be asked before it is validated.
std::int64_t output_extent(std::int64_t input, std::int64_t pad, std::int64_t stride, std::int64_t dil,
                           std::int64_t filter) {
  std::int64_t reach = 0, padded = 0;
  if (stride < 1 || dil < 1 || filter < 1 || input < 1 || pad < 0) return 0;
  if (__builtin_mul_overflow(dil, filter - 1, &reach) || __builtin_mul_overflow(pad, 2, &padded) ||
      __builtin_add_overflow(padded, input, &padded) || reach >= padded) {
    return 0;
  }
  return (padded - reach - 1) / stride + 1;
}

}  // namespace

std::string_view name(ConvDirection direction) {
  switch (direction) {
    case ConvDirection::fwd:
      return "fwd";
    case ConvDirection::bwd_data:
      return "bwd_data";
    case ConvDirection::bwd_weights:
      return "bwd_weights";
  }
  return "unknown";
}

std::string_view name(Layout layout) {
  switch (layout) {
    case Layout::nchw:
      return "nchw";
    case Layout::nhwc:
      return "nhwc";
  }
  return "unknown";
}

Result<ConvDirection> parse_direction(std::string_view word) {
  return find_by_name(kDirections, word, "a direction");
}
Result<Layout> parse_layout(std::string_view word) {
  return find_by_name(kLayouts, word, "a layout");
}

std::int64_t ConvProblem::p() const {
  return output_extent(h, pad_h, stride_h, dil_h, r);
}
std::int64_t ConvProblem::q() const {
  return output_extent(w, pad_w, stride_w, dil_w, s);
}

std::int64_t flop(const ConvProblem& c) {
  return 2 * c.n * c.k * (c.c / c.groups) * c.r * c.s * c.p() * c.q();
}

std::int64_t flop_in_image(const ConvProblem& c) {
  const std::int64_t rows = taps_in_image({c.h, c.r, c.p(), c.pad_h, c.stride_h, c.dil_h});
  const std::int64_t columns = taps_in_image({c.w, c.s, c.q(), c.pad_w, c.stride_w, c.dil_w});
  return 2 * c.n * c.k * (c.c / c.groups) * rows * columns;
}

}  // namespace chipfit
