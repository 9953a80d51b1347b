#pragma once
#include "kernels/cpu/micro_kernel.hpp"
#include "kernels/problem/element.hpp"

// Packing in plain loops, for every type and processor: an operand of type From into panels of `width` lines of type
// To.

namespace chipfit::cpu {
namespace {

template <class To, class From>
CHIPFIT_ALWAYS_INLINE To panel_element(From x) {
  return static_cast<To>(widen(x));
}

template <int width, int group, class From, class To>
void generic_pack(const Source& source, std::int64_t lines, std::int64_t k, std::int64_t panel_bytes, void* panels) {
  const auto* from = static_cast<const From*>(source.data);
  auto* panel = static_cast<char*>(panels);
  const std::int64_t padded = (k + group - 1) / group * group;
  for (; lines > 0; lines -= width, from += width * source.line_stride, panel += panel_bytes) {
    To* const to = reinterpret_cast<To*>(panel);
    if (lines < width || padded > k)
      for (std::int64_t i = 0; i < padded * width; ++i) to[i] = To{};
    const std::int64_t count = lines < width ? lines : width;
    const auto at = [&](std::int64_t line, std::int64_t d) -> To& {
      return to[(d / group * width + line) * group + d % group];
    };
    if (source.line_stride == 1 && count == width) {
      for (std::int64_t d = 0; d < k; ++d)
        for (std::int64_t line = 0; line < width; ++line)
          at(line, d) = panel_element<To>(from[d * source.k_stride + line]);
    } else {
      for (std::int64_t line = 0; line < count; ++line)
        for (std::int64_t d = 0; d < k; ++d)
          at(line, d) = panel_element<To>(from[line * source.line_stride + d * source.k_stride]);
    }
  }
}

/// The row of the table for operands A and B that are packed for Unit.
template <class Unit, class A, class B>
constexpr MicroKernel generic_kernel(std::string_view isa, std::string_view name, CpuFeature needs,
                                     void (*tile)(const Tile&)) {
  using Panel = typename Unit::Panel;
  constexpr int columns =
      Unit::vectors * static_cast<int>(sizeof(typename Unit::Vector) / sizeof(typename Unit::Accumulator));
  MicroKernel kernel{};
  kernel.isa = isa, kernel.name = name, kernel.needs = needs;
  kernel.a = kDtypeOf<A>, kernel.b = kDtypeOf<B>, kernel.acc = kDtypeOf<typename Unit::Accumulator>;
  kernel.mr = Unit::rows, kernel.nr = columns, kernel.group = Unit::group;
  kernel.a_bytes = kernel.b_bytes = sizeof(Panel);
  kernel.a_in_place = std::is_same_v<A, Panel>;
  kernel.tile = tile;
  kernel.pack_a = generic_pack<Unit::rows, Unit::group, A, Panel>;
  kernel.pack_b = generic_pack<columns, Unit::group, B, Panel>;
  return kernel;
}

}  // namespace
}  // namespace chipfit::cpu
