#include "kernels/cuda/lower.hpp"

namespace chipfit::cuda {

namespace {

Element element(Dtype dtype) {
  switch (dtype) {
    case Dtype::f64:
      return Element::f64;
    case Dtype::f16:
      return Element::f16;
    case Dtype::bf16:
      return Element::bf16;
    case Dtype::e4m3:
      return Element::e4m3;
    case Dtype::i8:
      return Element::i8;
    case Dtype::i32:
      return Element::i32;
    default:
      return Element::f32;
  }
}

/// A chunk is 16 bytes along the dimension that is contiguous in memory; it is whole and aligned where every run of
/// that dimension has a multiple of 16 bytes.
Access access(Major tile, Major stored, std::int64_t run, Dtype dtype) {
  return tile == stored && run * info(dtype).bytes % 16 == 0 ? Access::chunks : Access::elements;
}

Output output(const Problem& problem, const Lowered& l, std::int64_t row_stride, std::int64_t batch_stride) {
  return {nullptr,
          l.m,
          l.n,
          row_stride,
          batch_stride,
          element(dtypes(problem).out),
          accumulate(problem) == Accumulate::add};
}

Lowered lower_gemm(const GemmProblem& g, Majors majors) {
  Lowered l{g.m, g.n, g.k, g.batch, {}};
  const Major stored_a = g.trans_a == Transpose::no ? Major::k : Major::mn;
  const Major stored_b = g.trans_b == Transpose::no ? Major::mn : Major::k;
  const auto dense = [&](std::int64_t mn, Major stored) {
    return stored == Major::k ? DenseOperand{mn, g.k, g.k, 1} : DenseOperand{mn, g.k, 1, mn};
  };
  DenseArguments args;
  args.a = {nullptr, g.m * g.k, access(majors.a, stored_a, stored_a == Major::k ? g.k : g.m, g.dtypes.a),
            dense(g.m, stored_a)};
  args.b = {nullptr, g.n * g.k, access(majors.b, stored_b, stored_b == Major::k ? g.k : g.n, g.dtypes.b),
            dense(g.n, stored_b)};
  args.out = output(g, l, g.n, g.m * g.n);
  l.arguments = args;
  return l;
}

ConvGeometry geometry(const ConvProblem& c) {
  const auto i = [](std::int64_t x) { return static_cast<std::int32_t>(x); };
  ConvGeometry g;
  g.n = i(c.n), g.h = i(c.h), g.w = i(c.w), g.p = i(c.p()), g.q = i(c.q()), g.r = i(c.r), g.s = i(c.s);
  g.c = i(c.c / c.groups), g.k = i(c.k / c.groups), g.c_total = i(c.c), g.k_total = i(c.k);
  g.pad_h = i(c.pad_h), g.pad_w = i(c.pad_w), g.stride_h = i(c.stride_h), g.stride_w = i(c.stride_w);
  g.dil_h = i(c.dil_h), g.dil_w = i(c.dil_w);
  g.by_p = FastDivide::by(g.p), g.by_q = FastDivide::by(g.q), g.by_h = FastDivide::by(g.h);
  g.by_w = FastDivide::by(g.w), g.by_c = FastDivide::by(g.c), g.by_k = FastDivide::by(g.k);
  g.by_s = FastDivide::by(g.s), g.by_stride_h = FastDivide::by(g.stride_h);
  g.by_stride_w = FastDivide::by(g.stride_w);
  return g;
}

Lowered lower_conv(const ConvProblem& c, Majors majors) {
  const ConvGeometry g = geometry(c);
  const std::int64_t taps = c.r * c.s, filter = taps * g.c, out_pixels = c.n * c.p() * c.q();
  const Dtype a = c.dtypes.a, b = c.dtypes.b;
  Lowered l;
  l.batch = c.groups;
  if (c.direction == ConvDirection::fwd) {
    l.m = out_pixels, l.n = g.k, l.k = filter;
    FwdArguments args;
    args.a = {nullptr, g.c, access(majors.a, Major::k, g.c, a), {g}};
    args.b = {nullptr, g.k * filter, access(majors.b, Major::k, filter, b), {g.k, filter, filter, 1}};
    args.out = output(c, l, c.k, g.k);
    l.arguments = args;
  } else if (c.direction == ConvDirection::bwd_data) {
    l.m = c.n * c.h * c.w, l.n = g.c, l.k = taps * g.k;
    BwdDataArguments args;
    args.a = {nullptr, g.k, access(majors.a, Major::k, g.k, a), {g}};
    args.b = {nullptr, g.k * filter, access(majors.b, Major::mn, g.c, b), {g}};
    args.out = output(c, l, c.c, g.c);
    l.arguments = args;
  } else {
    // In the ABI's order X comes first; the GEMM has dY as its A.
    l.m = g.k, l.n = filter, l.k = out_pixels;
    BwdWeightsArguments args;
    args.a = {nullptr, g.k, access(majors.a, Major::mn, g.k, b), {g.k, out_pixels, 1, c.k}};
    args.b = {nullptr, g.c, access(majors.b, Major::mn, g.c, a), {{g}}};
    args.out = output(c, l, filter, g.k * filter);
    l.arguments = args;
  }
  return l;
}

}  // namespace

Element element_of(const Problem& problem) {
  const Dtype a = dtypes(problem).a, b = dtypes(problem).b;
  if (a == Dtype::e4m3 && b == Dtype::e5m2) return Element::e4m3_e5m2;
  if (a == Dtype::e5m2) return b == Dtype::e4m3 ? Element::e5m2_e4m3 : Element::e5m2;
  const Element e = element(dtypes(problem).a);
  return e == Element::f32 && math(problem) != Math::strict ? Element::tf32 : e;
}

Majors mma_majors(const Problem& problem) {
  if (bytes_of(element_of(problem)) != 2) return {Major::k, Major::k};
  if (const auto* g = std::get_if<GemmProblem>(&problem))
    return {g->trans_a == Transpose::no ? Major::k : Major::mn, g->trans_b == Transpose::no ? Major::mn : Major::k};
  switch (std::get<ConvProblem>(problem).direction) {
    case ConvDirection::fwd:
      return {Major::k, Major::k};
    case ConvDirection::bwd_data:
      return {Major::k, Major::mn};
    default:
      return {Major::mn, Major::mn};
  }
}

Lowered lower(const Problem& problem, Majors majors) {
  if (const auto* g = std::get_if<GemmProblem>(&problem)) return lower_gemm(*g, majors);
  return lower_conv(std::get<ConvProblem>(problem), majors);
}

DepthwiseArguments lower_depthwise(const ConvProblem& c) {
  Lowered l;
  const bool weights = c.direction == ConvDirection::bwd_weights;
  const std::int64_t taps = c.r * c.s;
  l.m = weights ? c.k : c.direction == ConvDirection::fwd ? c.n * c.p() * c.q() : c.n * c.h * c.w;
  l.n = weights ? taps : c.direction == ConvDirection::fwd ? c.k : c.c;
  DepthwiseArguments args;
  args.out = output(c, l, l.n, 0);
  args.partial = {nullptr, 1, l.m, l.n};
  args.geometry = geometry(c);
  return args;
}

void set_data(Lowered& l, const void* in0, const void* in1, void* out) {
  std::visit([&](auto& args) { args.a.data = in0, args.b.data = in1, args.out.data = out; }, l.arguments);
  if (auto* args = std::get_if<BwdWeightsArguments>(&l.arguments)) std::swap(args->a.data, args->b.data);
}

void set_schedule(Lowered& l, const Schedule& schedule, void* workspace) {
  std::visit(
      [&](auto& args) {
        args.schedule = schedule;
        args.partial = {workspace, l.batch, l.m, l.n};
      },
      l.arguments);
}

}  // namespace chipfit::cuda
