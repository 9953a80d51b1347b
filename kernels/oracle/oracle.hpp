#pragma once
#include <span>
#include <string>

#include "kernels/oracle/fill.hpp"

namespace chipfit::oracle {

/// The inputs of one product or convolution, as operands(problem) describes them.
struct Inputs {
  const void* in0;
  const void* in1;
};

/// What is judged: `out` should be c0 + Σ op(in0ᵢ, in1ᵢ) (c0 null: 0) for the terms i; one term for an ordinary
/// problem, n for an accumulated batch of an Accumulate::add problem.
struct Claim {
  Problem problem;
  std::span<const Inputs> terms;
  const void* c0 = nullptr;
  const void* out = nullptr;
};

enum class Finding {
  ok,
  not_finite,    ///< NaN or infinity in the output
  incorrect,     ///< beyond any rounding
  precision,     ///< right, but in less precision than the problem asks for
  sparse_error,  ///< a few elements are wrong, the rest is right
};

/// Family of arithmetic that an error grade belongs to: "exact", "f64", "f32", "tf32/f16", "bf16", "fp8", "wrong".
std::string_view family_of(const Problem&, double e);

struct Report {
  Finding finding = Finding::ok;
  std::string reason;       ///< a sentence with the figures; empty when ok
  std::string_view method;  ///< "exact", "exact-nearest", "projection", "reference", "sampled-reference"
  double e = 0;             ///< error grade in units of 2^-24 (f64: 2^-53); 0 for exact checks
  double limit = 0;         ///< largest E that passes here; 0 for exact checks
  double row_max_over_median = 0;
  std::string_view family;  ///< family_of(e)
  /// Of check_exact without rounding, on a finding of incorrect: the outputs are off by fractions as the inexact
  /// constants of fast convolutions leave them. The claim deserves a second round, with fresh inputs by
  /// exact_plan(problem, Headroom::for_transforms) and Rounding::nearest, whose finding then counts instead.
  bool dense_fractions = false;
};

enum class Rounding {
  none,     ///< every output is the integer that it should be
  nearest,  ///< every output is nearest to it, and within 1/4
};

/// Check 1: inputs made by fill_exact with exact_plan; zero tolerance; false accept ≤ 2^-20.
/// GEMM: C·x = A·(B·x) along the shorter of M and N, with x uniform in the integers modulo 2^64. Convolution:
/// contraction over batch and output channels (fwd; the other directions contract their own two indices). Where that
/// contracts nothing, all outputs by the reference ("reference"); where it is too much work, outputs at secret
/// positions ("sampled-reference"). i32 results are compared modulo 2^32 where an honest sum may have wrapped.
/// Rounding::nearest: inputs of the plan with headroom; an output farther than 1/4 from an integer is incorrect, then
/// the same comparison of the outputs rounded (a copy of them is made), "exact-nearest". Nothing that is wrong by 1 or
/// more passes. dense_fractions is set where has_inexact_transforms, a quarter of the outputs that have room for
/// fractions have them, and check 2 of these very outputs, whose inputs fill their significands, finds nothing.
/// `secret` must be drawn after the output arrived.
Report check_exact(const Claim&, Seed secret, int threads, Rounding = Rounding::none);

/// Check 2: inputs made by fill_uniform. The same projections in blocks of at most 1024, with random signs and
/// magnitudes; residual against an f64 (for f64: compensated) product, divided by u·σ_a·σ_b·√(products behind it); E =
/// median row / 0.6745. Integers: as check 1. Finding by the limits of `grade_limit`, wider where few rows make the
/// median rough and where c0 is large. Source: docs/oracle.md.
Report check_grade(const Claim&, Seed secret, int threads);

/// The largest E that passes for a problem with many rows: by its math mode and accumulation length, with the rounding
/// of a narrow output added in quadrature, grown by √terms for accumulated narrow outputs (c0 made by fill_uniform).
double grade_limit(const Problem&, std::int64_t terms);

}  // namespace chipfit::oracle
