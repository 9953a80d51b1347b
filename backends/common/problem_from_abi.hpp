#pragma once
#include <chipfit/chipfit_plugin.h>

#include <algorithm>
#include <string>

#include "kernels/problem/problem.hpp"

namespace chipfit {

// The kernels' enumerations have the ABI's numbers, so that a cast is the whole conversion.
static_assert(int{CHIPFIT_F64} == int(Dtype::f64) && int{CHIPFIT_F32} == int(Dtype::f32) &&
              int{CHIPFIT_F16} == int(Dtype::f16) && int{CHIPFIT_BF16} == int(Dtype::bf16) &&
              int{CHIPFIT_E4M3} == int(Dtype::e4m3) && int{CHIPFIT_E5M2} == int(Dtype::e5m2) &&
              int{CHIPFIT_I8} == int(Dtype::i8) && int{CHIPFIT_U8} == int(Dtype::u8) &&
              int{CHIPFIT_I32} == int(Dtype::i32));
static_assert(int{CHIPFIT_STRICT} == int(Math::strict) && int{CHIPFIT_RELAXED} == int(Math::relaxed) &&
              int{CHIPFIT_TF32} == int(Math::tf32) && int{CHIPFIT_MATH_F16} == int(Math::f16) &&
              int{CHIPFIT_MATH_BF16} == int(Math::bf16));
static_assert(int{CHIPFIT_CONV_FWD} == int(ConvDirection::fwd) &&
              int{CHIPFIT_CONV_BWD_DATA} == int(ConvDirection::bwd_data) &&
              int{CHIPFIT_CONV_BWD_WEIGHTS} == int(ConvDirection::bwd_weights));
static_assert(int{CHIPFIT_NCHW} == int(Layout::nchw) && int{CHIPFIT_NHWC} == int(Layout::nhwc));

/// The problem behind the ABI's struct. Error for whatever the kernels do not define: an operation, a dtype, a shape;
/// in words that fit behind CHIPFIT_UNSUPPORTED.
inline Result<Problem> problem_from_abi(const chipfit_problem& from) {
  const auto unknown = [](const char* what, std::uint32_t number) {
    return fail(Error::Kind::usage, std::string(what) + " " + std::to_string(number) + " is not computed here");
  };
  for (const std::uint32_t dtype : {from.dtype_a, from.dtype_b, from.dtype_acc, from.dtype_out}) {
    bool known = false;
    for (const DtypeInfo& row : all_dtypes()) known = known || dtype == std::uint32_t(row.id);
    if (!known) return unknown("element type", dtype);
  }
  if (from.math < CHIPFIT_STRICT || from.math > CHIPFIT_MATH_BF16) return unknown("math mode", from.math);
  if (from.accumulate > 1) return unknown("accumulate", from.accumulate);

  const auto common = [&](auto problem) {
    problem.dtypes = {Dtype(from.dtype_a), Dtype(from.dtype_b), Dtype(from.dtype_acc), Dtype(from.dtype_out)};
    problem.math = Math(from.math);
    problem.accumulate = Accumulate(from.accumulate);
    return problem;
  };
  Problem problem;
  if (from.op == CHIPFIT_GEMM) {
    const chipfit_gemm_shape& s = from.shape.gemm;
    if (from.layout != CHIPFIT_ROW_MAJOR) return unknown("GEMM layout", from.layout);
    if (s.trans_a > 1 || s.trans_b > 1) return unknown("transpose", std::max(s.trans_a, s.trans_b));
    GemmProblem gemm;
    gemm.m = s.m, gemm.n = s.n, gemm.k = s.k, gemm.batch = s.batch;
    gemm.trans_a = Transpose(s.trans_a), gemm.trans_b = Transpose(s.trans_b);
    problem = common(gemm);
  } else if (from.op >= CHIPFIT_CONV_FWD && from.op <= CHIPFIT_CONV_BWD_WEIGHTS) {
    const chipfit_conv_shape& s = from.shape.conv;
    if (from.layout != CHIPFIT_NCHW && from.layout != CHIPFIT_NHWC) return unknown("layout", from.layout);
    ConvProblem conv;
    conv.direction = ConvDirection(from.op), conv.layout = Layout(from.layout);
    conv.n = s.n, conv.c = s.c, conv.h = s.h, conv.w = s.w, conv.k = s.k, conv.r = s.r, conv.s = s.s;
    conv.pad_h = s.pad_h, conv.pad_w = s.pad_w, conv.stride_h = s.stride_h, conv.stride_w = s.stride_w;
    conv.dil_h = s.dil_h, conv.dil_w = s.dil_w, conv.groups = s.groups;
    problem = common(conv);
  } else {
    return unknown("operation", from.op);
  }
  if (const Result<void> valid = validate(problem); !valid) return pass_on(valid.error());
  return problem;
}

}  // namespace chipfit
