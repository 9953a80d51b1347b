#include "kernels/cpu/conv/axis.hpp"

#include <algorithm>

namespace chipfit::cpu {
namespace {

std::int64_t floor_div(std::int64_t a, std::int64_t b) {
  return a >= 0 ? a / b : -((b - 1 - a) / b);
}

}  // namespace

IndexRange share(std::int64_t count, std::int64_t i, std::int64_t parts) {
  const std::int64_t each = count / parts, left = count % parts;
  const std::int64_t begin = i * each + std::min(i, left);
  return {begin, begin + each + (i < left ? 1 : 0)};
}

IndexRange inside(const AxisPhase& phase, const AxisTap& tap) {
  const std::int64_t begin = -floor_div(tap.offset, phase.in_step);
  const std::int64_t end = floor_div(phase.in_extent - 1 - tap.offset, phase.in_step) + 1;
  return {std::max<std::int64_t>(0, begin), std::min(phase.count, end)};
}

Axis height_axis(const ConvProblem& c) {
  return {c.h, c.r, c.p(), c.pad_h, c.stride_h, c.dil_h};
}
Axis width_axis(const ConvProblem& c) {
  return {c.w, c.s, c.q(), c.pad_w, c.stride_w, c.dil_w};
}

AxisPhase forward_phase(const Axis& a) {
  AxisPhase phase{0, 1, a.output, a.stride, a.input, {}};
  for (std::int64_t t = 0; t < a.filter; ++t) phase.taps.push_back({t, a.dilation * t - a.pad});
  return phase;
}

std::vector<AxisPhase> backward_phases(const Axis& a) {
  std::vector<AxisPhase> phases;
  for (std::int64_t residue = 0; residue < std::min(a.stride, a.input); ++residue) {
    AxisPhase phase{residue, a.stride, (a.input - residue + a.stride - 1) / a.stride, 1, a.output, {}};
    for (std::int64_t t = 0; t < a.filter; ++t) {
      const std::int64_t shifted = residue + a.pad - a.dilation * t;
      if (shifted % a.stride == 0) phase.taps.push_back({t, shifted / a.stride});
    }
    phases.push_back(std::move(phase));
  }
  return phases;
}

}  // namespace chipfit::cpu
