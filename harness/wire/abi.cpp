#include "harness/wire/abi.hpp"

#include <type_traits>

namespace chipfit::wire {
namespace {

template <class Enum>
constexpr std::uint32_t number(Enum value) {
  return static_cast<std::uint32_t>(value);
}

// The problem's enumerators are the ABI's numbers: to_abi() copies them.
static_assert(number(Dtype::f64) == CHIPFIT_F64 && number(Dtype::f32) == CHIPFIT_F32 &&
              number(Dtype::f16) == CHIPFIT_F16 && number(Dtype::bf16) == CHIPFIT_BF16 &&
              number(Dtype::e4m3) == CHIPFIT_E4M3 && number(Dtype::e5m2) == CHIPFIT_E5M2 &&
              number(Dtype::i8) == CHIPFIT_I8 && number(Dtype::u8) == CHIPFIT_U8 && number(Dtype::i32) == CHIPFIT_I32);
static_assert(number(Math::strict) == CHIPFIT_STRICT && number(Math::relaxed) == CHIPFIT_RELAXED &&
              number(Math::tf32) == CHIPFIT_TF32 && number(Math::f16) == CHIPFIT_MATH_F16 &&
              number(Math::bf16) == CHIPFIT_MATH_BF16);
static_assert(number(ConvDirection::fwd) == CHIPFIT_CONV_FWD &&
              number(ConvDirection::bwd_data) == CHIPFIT_CONV_BWD_DATA &&
              number(ConvDirection::bwd_weights) == CHIPFIT_CONV_BWD_WEIGHTS);
static_assert(number(Layout::nchw) == CHIPFIT_NCHW && number(Layout::nhwc) == CHIPFIT_NHWC);

template <class P>
void fill_common(const P& problem, chipfit_problem& abi) {
  abi.struct_size = sizeof(chipfit_problem);
  abi.dtype_a = number(problem.dtypes.a);
  abi.dtype_b = number(problem.dtypes.b);
  abi.dtype_acc = number(problem.dtypes.acc);
  abi.dtype_out = number(problem.dtypes.out);
  abi.math = number(problem.math);
  abi.accumulate = number(problem.accumulate);
  abi.since_minor = 0;  // GEMM and convolution are of ABI 1.0
}

void fill(const GemmProblem& p, chipfit_problem& abi) {
  abi.op = CHIPFIT_GEMM;
  abi.layout = CHIPFIT_ROW_MAJOR;
  abi.shape.gemm = {p.m, p.n, p.k, p.batch, number(p.trans_a), number(p.trans_b)};
}

void fill(const ConvProblem& p, chipfit_problem& abi) {
  abi.op = number(p.direction);
  abi.layout = number(p.layout);
  abi.shape.conv = {p.n,   p.c,     p.h,     p.w,        p.k,        p.r,     p.s,     p.p(),
                    p.q(), p.pad_h, p.pad_w, p.stride_h, p.stride_w, p.dil_h, p.dil_w, p.groups};
}

}  // namespace

chipfit_problem to_abi(const Problem& problem) {
  chipfit_problem abi{};
  for (auto& word : abi.shape.words) word = 0;  // {} zeroes the first member of a union only
  std::visit(
      [&](const auto& p) {
        fill_common(p, abi);
        fill(p, abi);
      },
      problem);
  return abi;
}

std::string_view name(chipfit_status status) {
  switch (status) {
    case CHIPFIT_OK:
      return "OK";
    case CHIPFIT_UNSUPPORTED:
      return "UNSUPPORTED";
    case CHIPFIT_UNAVAILABLE:
      return "UNAVAILABLE";
    case CHIPFIT_OUT_OF_MEMORY:
      return "OUT_OF_MEMORY";
    case CHIPFIT_DEVICE_LOST:
      return "DEVICE_LOST";
    case CHIPFIT_INTERNAL:
      return "INTERNAL";
  }
  return "UNKNOWN";
}

}  // namespace chipfit::wire
