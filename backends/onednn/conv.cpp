#include "backends/onednn/conv.hpp"

#include <chipfit/chipfit_plugin.hpp>

namespace onednn {
namespace {

using dnnl::memory;
using Tag = memory::format_tag;

/// One of the three tensors of a convolution.
struct Tensor {
  memory::dims dims;
  Tag plain;
  memory::desc as(memory::data_type type, bool any) const { return {dims, type, any ? Tag::any : plain}; }
};

/// Padding after the last element, such that oneDNN's formula gives exactly `out`; it may be negative.
std::int64_t pad_after(std::int64_t in, std::int64_t filter, std::int64_t pad, std::int64_t stride, std::int64_t dil,
                       std::int64_t out) {
  return (out - 1) * stride + dil * (filter - 1) + 1 - in - pad;
}

struct Conv {
  Conv(const chipfit_problem& problem, dnnl::algorithm way) : op(problem.op), algorithm(way) {
    const chipfit_conv_shape& f = problem.shape.conv;
    const bool nhwc = problem.layout == CHIPFIT_NHWC;
    x = {{f.n, f.c, f.h, f.w}, nhwc ? Tag::nhwc : Tag::nchw};
    y = {{f.n, f.k, f.p, f.q}, nhwc ? Tag::nhwc : Tag::nchw};
    if (f.groups == 1)
      w = {{f.k, f.c, f.r, f.s}, nhwc ? Tag::ohwi : Tag::oihw};
    else
      w = {{f.groups, f.k / f.groups, f.c / f.groups, f.r, f.s}, nhwc ? Tag::gohwi : Tag::goihw};
    stride = {f.stride_h, f.stride_w};
    dilation = {f.dil_h - 1, f.dil_w - 1};
    before = {f.pad_h, f.pad_w};
    after = {pad_after(f.h, f.r, f.pad_h, f.stride_h, f.dil_h, f.p),
             pad_after(f.w, f.s, f.pad_w, f.stride_w, f.dil_w, f.q)};
  }

  /// The tensors as in[0], in[1] and out.
  std::array<const Tensor*, 3> operands() const {
    if (op == CHIPFIT_CONV_FWD) return {&x, &w, &y};
    if (op == CHIPFIT_CONV_BWD_DATA) return {&y, &w, &x};
    return {&x, &y, &w};
  }
  /// In the sum of one output.
  std::int64_t products() const {
    const std::size_t group = w.dims.size() - 4;  // filters have a leading dimension where there are groups
    if (op == CHIPFIT_CONV_BWD_WEIGHTS) return y.dims[0] * y.dims[2] * y.dims[3];
    return w.dims[group + (op == CHIPFIT_CONV_FWD ? 1 : 0)] * w.dims[group + 2] * w.dims[group + 3];
  }

  dnnl::convolution_forward::desc forward(const memory::desc& in, const memory::desc& filters,
                                          const memory::desc& out) const {
    return {dnnl::prop_kind::forward_training, algorithm, in, filters, out, stride, dilation, before, after};
  }

  /// Backward primitives ask for a forward one, any that exists.
  dnnl::convolution_forward::primitive_desc hint() const {
    constexpr auto f32 = memory::data_type::f32;
    return {forward(x.as(f32, true), w.as(f32, true), y.as(f32, true)), cpu()};
  }

  void consider_with(const Operands& d, bool adds, dnnl::fpmath_mode math, Offer& offer) const {
    if (op == CHIPFIT_CONV_FWD)
      consider<dnnl::convolution_forward>(offer, {DNNL_ARG_SRC, DNNL_ARG_WEIGHTS, DNNL_ARG_DST}, adds, math,
                                          [&] { return forward(d[0], d[1], d[2]); });
    else if (op == CHIPFIT_CONV_BWD_DATA)
      consider<dnnl::convolution_backward_data>(
          offer, {DNNL_ARG_DIFF_DST, DNNL_ARG_WEIGHTS, DNNL_ARG_DIFF_SRC}, adds, math,
          [&]() -> dnnl::convolution_backward_data::desc {
            return {algorithm, d[2], d[1], d[0], stride, dilation, before, after};
          },
          offer.hint);
    else
      consider<dnnl::convolution_backward_weights>(
          offer, {DNNL_ARG_SRC, DNNL_ARG_DIFF_DST, DNNL_ARG_DIFF_WEIGHTS}, adds, math,
          [&]() -> dnnl::convolution_backward_weights::desc {
            return {algorithm, d[0], d[2], d[1], stride, dilation, before, after};
          },
          offer.hint);
  }

  std::uint32_t op;
  dnnl::algorithm algorithm;
  Tensor x{}, w{}, y{};
  memory::dims stride, dilation, before, after;
};

/// Wrong results that were seen in 2.6.3.
std::vector<Ban> faults(const chipfit_problem& problem, const Types& types) {
  const chipfit_conv_shape& f = problem.shape.conv;
  std::vector<Ban> bans;
  // The reorder of such filters leaves out the correction for shifted operands.
  if (multiplies_signed_bytes(types) && f.k == 8 && f.c / f.groups * f.r * f.s == 8)
    bans.push_back({"gemm", "wrong where signed filters are an 8x8 matrix"});
  // Every second result, where H·W is a multiple of 30.
  if (types.in0 == memory::data_type::bf16 && problem.op == CHIPFIT_CONV_BWD_DATA && problem.layout == CHIPFIT_NHWC &&
      f.k / f.groups % 2 == 1)
    bans.push_back({"jit_bf16_1x1", "wrong for an odd number of NHWC filters"});
  return bans;
}

}  // namespace

Offer offer_conv(const chipfit_problem& problem, dnnl::algorithm algorithm) {
  const Conv conv(problem, algorithm);
  const auto tensors = conv.operands();
  const Types user = types_of(problem);
  Offer offer;
  offer.user = {tensors[0]->as(user.in0, false), tensors[1]->as(user.in1, false), tensors[2]->as(user.out, false)};
  offer.bans = faults(problem, user);
  if (user.out == memory::data_type::s32 && conv.products() > safe_byte_sum) {
    if (conv.products() > likely_byte_sum)
      chipfit::plugin::unsupported(library_name() + " rounds convolutions of bytes whose sums pass 2^24");
    offer.caution = sums_below_2_24;
  }
  if (problem.op != CHIPFIT_CONV_FWD) offer.hint = conv.hint();
  struct Policy {
    bool activations_any, filters_any;
  };
  // oneDNN computes on NHWC itself where filters are in its format; NCHW it would rather have blocked.
  const bool nhwc = problem.layout == CHIPFIT_NHWC;
  for (const Arithmetic& arithmetic : arithmetics_of(problem))
    for (const Policy policy : {Policy{!nhwc, true}, {nhwc, true}, {true, false}, {false, false}}) {
      const auto any = [&](std::size_t i) {
        return tensors[i] == &conv.w ? policy.filters_any : policy.activations_any;
      };
      const bool adds = problem.accumulate && problem.op == CHIPFIT_CONV_FWD && !any(2);
      Types types = arithmetic.types;
      // A sum that is added in a step of its own is rounded once, there.
      if (problem.accumulate && !adds) types.out = accumulator_of(types);
      conv.consider_with(
          {tensors[0]->as(types.in0, any(0)), tensors[1]->as(types.in1, any(1)), tensors[2]->as(types.out, any(2))},
          adds, arithmetic.math, offer);
    }
  return offer;
}

}  // namespace onednn
