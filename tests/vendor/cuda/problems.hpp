#pragma once
#include <chipfit/chipfit_plugin.h>

#include <string>

#include <chipfit/chipfit_plugin.hpp>

namespace chipfit::test {

inline chipfit_problem problem_of(std::uint32_t op, std::uint32_t in, std::uint32_t acc, std::uint32_t out) {
  chipfit_problem p{};
  p.struct_size = sizeof p;
  p.op = op;
  p.dtype_a = p.dtype_b = in;
  p.dtype_acc = acc;
  p.dtype_out = out;
  p.math = CHIPFIT_STRICT;
  return p;
}

inline chipfit_problem gemm_of(std::uint32_t in, std::uint32_t acc, std::uint32_t out, chipfit_gemm_shape shape) {
  chipfit_problem p = problem_of(CHIPFIT_GEMM, in, acc, out);
  p.shape.gemm = shape;
  return p;
}

inline chipfit_problem conv_of(std::uint32_t op, std::uint32_t in, std::uint32_t acc, std::uint32_t out,
                               std::uint32_t layout, chipfit_conv_shape f) {
  chipfit_problem p = problem_of(op, in, acc, out);
  p.layout = layout;
  f.p = (f.h + 2 * f.pad_h - f.dil_h * (f.r - 1) - 1) / f.stride_h + 1;
  f.q = (f.w + 2 * f.pad_w - f.dil_w * (f.s - 1) - 1) / f.stride_w + 1;
  p.shape.conv = f;
  return p;
}

/// Why `call` refuses: the text of an UNSUPPORTED failure, "" where it does not refuse.
template <class Call>
std::string refusal(Call&& call) {
  try {
    call();
    return "";
  } catch (const chipfit::plugin::Failure& failure) {
    return failure.status() == CHIPFIT_UNSUPPORTED
               ? failure.what()
               : "status " + std::to_string(failure.status()) + ": " + failure.what();
  }
}

}  // namespace chipfit::test
