#pragma once
#include "kernels/oracle/residual.hpp"

namespace chipfit::oracle {

/// Residuals of a claim by the method that fits the problem, and that method's name for the report.
template <class Number>
struct Checked {
  Residuals<Number> residuals;
  std::string_view method;
};

/// Projection for GEMM and for convolutions whose contraction is cheap; single outputs otherwise. `projection` is the
/// report's word for the former ("exact" or "projection").
template <class Number>
Checked<Number> residuals_of(const Claim&, Seed secret, std::int64_t max_block, int threads,
                             std::string_view projection);

/// Finding not_finite with the count, for an output that holds NaN or infinity.
Report not_finite_report(std::int64_t not_finite, std::int64_t outputs);

/// Compares integer-valued data without tolerance; `modulo_2_32` where an honest i32 sum may have wrapped. `projection`
/// as for residuals_of.
enum class Wrap { impossible, modulo_2_32 };
Report compare_exact(const Claim&, Seed secret, int threads, Wrap wrap, std::string_view projection = "exact");

}  // namespace chipfit::oracle
