#pragma once
#include <optional>
#include <string>

#include "kernels/oracle/oracle.hpp"

namespace chipfit::oracle {

/// Accuracy of single outputs ĉ against c = c0 + Σ in0·in1 in f64 (f64 problems: in double-double).
struct Elementwise {
  Finding finding = Finding::ok;
  std::string reason;          ///< a sentence with position, value, expected value, error and bound; empty when ok
  std::int64_t positions = 0;  ///< outputs that were computed again
  /// Largest |ĉ − c| / (|c0| + |A||B|): the component-wise backward error of a sum of products (N. J. Higham, Accuracy
  /// and Stability of Numerical Algorithms, 2nd ed., §3.1), which is the smallest relative change of the inputs that
  /// makes the output right. The rounding of the result to the output type is part of it: at most u_o, so that narrow
  /// outputs stay comparable. Outputs whose products all fall on padding have none. 0 for integers.
  double err_backward = 0;
  /// Largest |ĉ − c| in units of its bound; above 1 the finding is not ok.
  double of_bound = 0;
  /// Significand bits p of an accumulator that, adding one product after another with roundings of unit 2^-p, would
  /// leave the error seen: p = −log2(√(Σ(ĉ−c)² / Σ s²) / 0.42), s every partial sum behind every position. At most the
  /// bits of the declared accumulator. Rounding of the inputs that the math mode allows is taken off; rounding that it
  /// does not allow is recognised by its own error, and p is then the bits that the inputs were left with. Empty:
  /// integers, no error at all, fewer than 16 positions, and what a narrow output hides (docs/oracle.md).
  std::optional<double> acc_bits_implied;
};

/// Check 3: inputs made by fill_uniform. Each of up to 1000 secret positions (fewer for long sums:
/// elementwise_positions) must obey, with L products and n terms,
///   |ĉ−c| ≤ u_o·Σ|c_j| + n·η_o + [min(γ_L, 6√L·u_a) + 4u_i]·(|c0| + |A||B|) + η_i·Σ(|a| + |b|)
/// u_o: unit roundoff of the output, u_a: 2^-accumulation_bits; c_j the results after term j; γ_L = 2L·u_a / (1 −
/// 2L·u_a) (twice the usual, since matrix units truncate); u_i: of the input rounding that the math mode allows (strict
/// 0, tf32 and f16 2^-11, bf16 and relaxed 2^-8; 4 for two operands that may be truncated); η: the smallest numbers of
/// the output and of f16. Convolutions may instead stay below 7 limits of check 2, as Winograd and FFT are stable
/// norm-wise only. Integers: equal modulo 2^32. Beyond the bound: Finding::precision (integers: incorrect); NaN:
/// not_finite. `secret` must be drawn after the output arrived.
Elementwise check_elementwise(const Claim&, Seed secret, int threads);

/// Positions that check_elementwise draws: 1000, or the fewer for which 2^22 products and 2^-14 of the problem's are
/// enough (about 1 % of a GEMM's time), but at least 64, for which at most 2^18 products are spent, or 16, or what 2^26
/// products are enough for; all outputs where that is fewer.
std::int64_t elementwise_positions(const Problem&, std::int64_t terms);

}  // namespace chipfit::oracle
