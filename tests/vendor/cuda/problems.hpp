#pragma once
#include <chipfit/chipfit_plugin.hpp>
#include <string>

#include "tests/vendor/abi_problems.hpp"

namespace chipfit::test {

inline chipfit_problem gemm_of(std::uint32_t in, std::uint32_t acc, std::uint32_t out, const chipfit_gemm_shape& s) {
  return gemm({in, in, acc, out}, s.m, s.n, s.k, s.batch, s.trans_a, s.trans_b);
}

inline chipfit_problem conv_of(std::uint32_t op, std::uint32_t in, std::uint32_t acc, std::uint32_t out,
                               std::uint32_t layout, const chipfit_conv_shape& f) {
  return conv(op, {in, in, acc, out}, layout, f);
}

/// Why `call` refuses: the text of an UNSUPPORTED failure, "" where it does not refuse.
template <class Call>
std::string refusal(Call&& call) {
  try {
    call();
    return "";
  } catch (const chipfit::plugin::Failure& failure) {
    if (failure.status() == CHIPFIT_UNSUPPORTED) return failure.what();
    return "status " + std::to_string(failure.status()) + ": " + failure.what();
  }
}

}  // namespace chipfit::test
