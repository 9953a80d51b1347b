#include "kernels/cpu/conv/product.hpp"

namespace chipfit::cpu {
namespace {

/// The one product (NHWC), or that of one image.
GemmProblem gemm_of(const ConvProblem& c) {
  GemmProblem g;
  g.dtypes = c.dtypes;
  g.math = c.math;
  g.accumulate = c.accumulate;
  const bool nhwc = c.layout == Layout::nhwc;
  const std::int64_t pixels = nhwc ? c.n * c.h * c.w : c.h * c.w;
  switch (c.direction) {
    case ConvDirection::fwd:  // Y = X·Wᵀ, or Y = W·X
      g.m = nhwc ? pixels : c.k, g.n = nhwc ? c.k : pixels, g.k = c.c;
      g.trans_b = nhwc ? Transpose::yes : Transpose::no;
      break;
    case ConvDirection::bwd_data:  // dX = dY·W, or dX = Wᵀ·dY
      g.m = nhwc ? pixels : c.c, g.n = nhwc ? c.c : pixels, g.k = c.k;
      g.trans_a = nhwc ? Transpose::no : Transpose::yes;
      break;
    case ConvDirection::bwd_weights:  // dW = dYᵀ·X, or dW = dY·Xᵀ
      g.m = c.k, g.n = c.c, g.k = pixels;
      g.trans_a = nhwc ? Transpose::yes : Transpose::no;
      g.trans_b = nhwc ? Transpose::no : Transpose::yes;
      break;
  }
  return g;
}

Result<Gemm> make_gemm(const GemmProblem& problem, ThreadTeam& team, std::string_view isa) {
  const auto plan = plan_gemm(problem, team.size(), isa);
  if (!plan) return pass_on(plan.error());
  return Gemm::make(*plan, team);
}

}  // namespace

bool is_product(const ConvProblem& c) {
  const bool in_order = c.layout == Layout::nhwc && c.direction != ConvDirection::bwd_weights;
  if (!in_order && c.dtypes.a != c.dtypes.b) return false;  // the product would have its factors exchanged
  return c.r == 1 && c.s == 1 && c.stride_h == 1 && c.stride_w == 1 && c.pad_h == 0 && c.pad_w == 0 && c.groups == 1;
}

Result<ProductConv> ProductConv::make(const ConvProblem& problem, ThreadTeam& team, std::string_view isa) {
  GemmProblem gemm = gemm_of(problem);
  Result<Gemm> first = make_gemm(gemm, team, isa);
  if (!first) return pass_on(first.error());
  ProductConv conv(problem, std::move(*first));
  if (problem.layout == Layout::nchw && problem.direction == ConvDirection::bwd_weights && problem.n > 1) {
    gemm.accumulate = Accumulate::add;
    Result<Gemm> rest = make_gemm(gemm, team, isa);
    if (!rest) return pass_on(rest.error());
    conv.rest_ = std::move(*rest);
  }
  return conv;
}

void ProductConv::run(const void* in0, const void* in1, void* out) {
  const auto* a = static_cast<const std::byte*>(in0);
  const auto* b = static_cast<const std::byte*>(in1);
  auto* c = static_cast<std::byte*>(out);
  const bool weights = problem_.direction == ConvDirection::bwd_weights;
  if (problem_.layout == Layout::nhwc) return weights ? first_.run(b, a, c) : first_.run(a, b, c);

  const std::int64_t pixels = problem_.h * problem_.w;
  const bool forward = problem_.direction != ConvDirection::bwd_data;
  const std::int64_t in0_image = pixels * (forward ? problem_.c : problem_.k) * info(problem_.dtypes.a).bytes;
  for (std::int64_t n = 0; n < problem_.n; ++n) {
    if (weights)
      (n == 0 ? first_ : *rest_).run(b + n * pixels * problem_.k * info(problem_.dtypes.b).bytes, a + n * in0_image, c);
    else
      first_.run(b, a + n * in0_image,
                 c + n * pixels * (forward ? problem_.k : problem_.c) * info(problem_.dtypes.out).bytes);
  }
}

}  // namespace chipfit::cpu
