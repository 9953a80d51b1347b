#include "kernels/problem/fault.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <initializer_list>
#include <vector>

namespace chipfit {
namespace {

std::optional<std::int64_t> checked_product(std::initializer_list<std::int64_t> factors) {
  std::int64_t product = 1;
  for (const std::int64_t factor : factors) {
    if (__builtin_mul_overflow(product, factor, &product)) return std::nullopt;
  }
  return product;
}

struct Extent {
  std::string_view field, name;
  std::int64_t value;
};

std::optional<Fault> below_one(std::initializer_list<Extent> extents) {
  for (const Extent& extent : extents) {
    if (extent.value < 1) {
      return Fault{extent.field, fmt::format("{} must be at least 1, not {}", extent.name, extent.value),
                   "extents start at 1"};
    }
  }
  return std::nullopt;
}

std::optional<Fault> types_fault(const DtypeCombo& combo, Math math) {
  const auto combos = all_combos();
  if (std::find(combos.begin(), combos.end(), combo) == combos.end()) {
    std::vector<std::string> defined;
    for (const DtypeCombo& each : combos) defined.push_back(to_string(each));
    return Fault{"dtypes", fmt::format("{} is not a defined combination of element types", to_string(combo)),
                 fmt::format("defined: {}", fmt::join(defined, ", "))};
  }
  if (math != Math::strict && combo.a != Dtype::f32) {
    return Fault{"math", fmt::format("math mode {} applies to f32 operands, not to {}", name(math), info(combo.a).name),
                 "leave the math mode out: strict"};
  }
  return std::nullopt;
}

// `elements` and `dtypes` of the two inputs and the output. Accumulating reads the output as well, so it counts twice.
std::optional<Fault> size_fault(std::string_view field, std::optional<std::int64_t> operations,
                                const std::array<std::optional<std::int64_t>, 3>& elements, const DtypeCombo& combo) {
  if (!operations) return Fault{field, "the problem has 2^63 operations or more", "choose smaller extents"};
  const std::array<Dtype, 3> dtypes{combo.a, combo.b, combo.out};
  std::int64_t total = 0;
  for (std::size_t i = 0; i < elements.size(); ++i) {
    std::int64_t bytes = 0;
    const std::int64_t times = i == 2 ? 2 : 1;
    if (!elements[i] || __builtin_mul_overflow(*elements[i], info(dtypes[i]).bytes * times, &bytes) ||
        __builtin_add_overflow(total, bytes, &total)) {
      return Fault{field, "the operands have 2^63 bytes or more", "choose smaller extents"};
    }
  }
  return std::nullopt;
}

// One axis of a convolution: the words for its messages, and its numbers.
struct Axis {
  std::string_view stride_field, pad_field, dil_field, extent_field;
  std::string_view filter_name, extent_name;  // "r", "h"
  std::int64_t stride, pad, dil, filter, extent;
};

std::optional<Fault> axis_fault(const Axis& axis) {
  if (axis.stride < 1) {
    return Fault{axis.stride_field, fmt::format("stride {} is not a stride", axis.stride), "strides start at 1"};
  }
  if (axis.dil < 1) {
    return Fault{axis.dil_field, fmt::format("dilation {} is not a dilation", axis.dil),
                 "dilations start at 1, which leaves no gap"};
  }
  if (axis.pad < 0) {
    return Fault{axis.pad_field, fmt::format("padding {} is not a padding", axis.pad), "paddings start at 0"};
  }
  std::int64_t reach = 0, padded = 0;
  if (__builtin_mul_overflow(axis.dil, axis.filter - 1, &reach) || __builtin_add_overflow(reach, 1, &reach)) {
    return Fault{axis.dil_field, "the dilated filter reaches over 2^63 points or more", "choose smaller extents"};
  }
  if (__builtin_mul_overflow(axis.pad, 2, &padded) || __builtin_add_overflow(padded, axis.extent, &padded)) {
    return Fault{axis.pad_field, "the padded input has 2^63 points or more on one axis", "choose smaller extents"};
  }
  if (reach > padded) {
    return Fault{
        axis.extent_field,
        fmt::format("the filter reaches over {} points ({} {}, dilation {}), but the padded input has {} ({} {})",
                    reach, axis.filter_name, axis.filter, axis.dil, padded, axis.extent_name, axis.extent),
        "enlarge the input or the padding"};
  }
  return std::nullopt;
}

}  // namespace

std::optional<Fault> find_fault(const GemmProblem& g) {
  if (auto fault = below_one({{"m", "m", g.m}, {"n", "n", g.n}, {"k", "k", g.k}, {"batch", "batch", g.batch}})) {
    return fault;
  }
  if (auto fault = types_fault(g.dtypes, g.math)) return fault;
  return size_fault("m", checked_product({2, g.m, g.n, g.k, g.batch}),
                    {checked_product({g.m, g.k, g.batch}), checked_product({g.k, g.n, g.batch}),
                     checked_product({g.m, g.n, g.batch})},
                    g.dtypes);
}

std::optional<Fault> find_fault(const ConvProblem& c) {
  if (auto fault = below_one({{"conv_n", "n", c.n},
                              {"conv_c", "c", c.c},
                              {"conv_h", "h", c.h},
                              {"conv_w", "w", c.w},
                              {"conv_k", "k", c.k},
                              {"conv_r", "r", c.r},
                              {"conv_s", "s", c.s},
                              {"groups", "groups", c.groups}})) {
    return fault;
  }
  if (c.c % c.groups != 0) {
    return Fault{"groups", fmt::format("groups {} does not divide channels {}", c.groups, c.c),
                 "channels and filters must be multiples of groups"};
  }
  if (c.k % c.groups != 0) {
    return Fault{"groups", fmt::format("groups {} does not divide filters {}", c.groups, c.k),
                 "channels and filters must be multiples of groups"};
  }
  const Axis rows{"stride_h", "pad_h", "dil_h", "conv_h", "r", "h", c.stride_h, c.pad_h, c.dil_h, c.r, c.h};
  const Axis columns{"stride_w", "pad_w", "dil_w", "conv_w", "s", "w", c.stride_w, c.pad_w, c.dil_w, c.s, c.w};
  if (auto fault = axis_fault(rows)) return fault;
  if (auto fault = axis_fault(columns)) return fault;
  if (auto fault = types_fault(c.dtypes, c.math)) return fault;

  const std::int64_t p = c.p(), q = c.q();
  const auto x = checked_product({c.n, c.c, c.h, c.w});
  const auto w = checked_product({c.k, c.c / c.groups, c.r, c.s});
  const auto y = checked_product({c.n, c.k, p, q});
  const auto operations = checked_product({2, c.n, c.k, c.c / c.groups, c.r, c.s, p, q});
  switch (c.direction) {
    case ConvDirection::fwd:
      return size_fault("conv_n", operations, {x, w, y}, c.dtypes);
    case ConvDirection::bwd_data:
      return size_fault("conv_n", operations, {y, w, x}, c.dtypes);
    case ConvDirection::bwd_weights:
      return size_fault("conv_n", operations, {x, y, w}, c.dtypes);
  }
  return Fault{"directions", "unknown direction", "known: fwd, bwd_data, bwd_weights"};
}

std::optional<Fault> find_fault(const Problem& problem) {
  return std::visit([](const auto& each) { return find_fault(each); }, problem);
}

namespace {

Result<void> as_result(std::optional<Fault> fault) {
  if (!fault) return {};
  return fail(Error::Kind::usage, std::move(fault->what), {}, std::move(fault->hint));
}

}  // namespace

Result<void> validate(const GemmProblem& problem) {
  return as_result(find_fault(problem));
}
Result<void> validate(const ConvProblem& problem) {
  return as_result(find_fault(problem));
}
Result<void> validate(const Problem& problem) {
  return as_result(find_fault(problem));
}

}  // namespace chipfit
