#pragma once
#include <cstdint>
#include <limits>
#include <type_traits>
#include <vector>

#include "kernels/oracle/arithmetic.hpp"
#include "kernels/oracle/oracle.hpp"
#include "kernels/oracle/random.hpp"

namespace chipfit::oracle {

/// What is left of a claim after its expected value is taken away: value i is Σ weight·(out − c0 − Σ in0·in1) over a
/// block of outputs. All are zero for an exact claim.
template <class Number>
struct Residuals {
  std::vector<Number> value;
  /// Products behind value i: block × terms of each sum inside the image. With unit weights the projected result has
  /// the variance σ_a²·σ_b²·products (per term of the claim). 0 where every product falls on padding.
  std::vector<double> products;
  /// Outputs in a full block.
  std::int64_t block = 1;
};

/// "Contract everything", for the exact check.
inline constexpr std::int64_t kWholeBlock = std::numeric_limits<std::int64_t>::max();

/// Projection of a GEMM claim along the shorter of M and N, in blocks of at most `max_block`. One residual for each
/// batch, block and index of the longer side.
template <class Number>
Residuals<Number> gemm_residuals(const Claim&, const GemmProblem&, Seed secret, std::int64_t max_block, int threads);

/// Contraction of a convolution claim over its two free indices (fwd: n and k; bwd_data: n and c; bwd_weights: k and
/// c), per group, in blocks of at most `max_block` outputs. One residual for each block, group and remaining position.
template <class Number>
Residuals<Number> conv_residuals(const Claim&, const ConvProblem&, Seed secret, std::int64_t max_block, int threads);
/// Work of conv_residuals' small convolutions in operations, and the outputs that it contracts into one at most.
double contracted_flop(const ConvProblem&, std::int64_t max_block);
std::int64_t contraction(const ConvProblem&);

/// Residuals of single outputs at secret positions, half of them stratified over the whole result and half on the
/// borders of its images; all outputs where `budget` products suffice. `all` says which.
template <class Number>
Residuals<Number> sampled_residuals(const Claim&, const ConvProblem&, Seed secret, std::int64_t budget, int threads,
                                    bool& all);

/// Random weights: signs, or uniform integers modulo 2^64.
template <class Number>
std::vector<Number> random_weights(Seed seed, std::int64_t n) {
  std::vector<Number> weights(static_cast<std::size_t>(n));
  Stream stream(seed);
  std::uint64_t bits = 0;
  for (std::int64_t i = 0; i < n; ++i) {
    if constexpr (std::is_same_v<Number, std::uint64_t>) {
      weights[static_cast<std::size_t>(i)] = stream.next();
    } else {
      if (i % 64 == 0) bits = stream.next();
      const double sign = (bits & 1) != 0 ? 1 : -1;
      bits >>= 1;
      if constexpr (std::is_same_v<Number, double>) {
        weights[static_cast<std::size_t>(i)] = sign;
      } else {
        weights[static_cast<std::size_t>(i)] = {sign, 0};
      }
    }
  }
  return weights;
}

template <class Number>
void negate(std::vector<Number>& numbers) {
  for (Number& number : numbers) number = negated(number);
}

}  // namespace chipfit::oracle
