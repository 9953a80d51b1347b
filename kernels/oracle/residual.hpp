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
  /// Products behind value i: Σ weight² × terms of each sum inside the image. The projected result has the variance
  /// σ_a²·σ_b²·products for each term of the claim. 0 where every product falls on padding.
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

/// Random weights. Integers: uniform modulo 2^64. Otherwise random signs with magnitudes uniform on [1/2, 1.427], whose
/// mean square is one: plain signs would be blind to half of all exchanges of two elements. They are multiples of
/// 2^-20, so that products with f32 are exact in double.
template <class Number>
std::vector<Number> random_weights(Seed seed, std::int64_t n) {
  constexpr std::int64_t lowest = 1 << 19, highest = 1'496'439;
  std::vector<Number> weights(static_cast<std::size_t>(n));
  Stream stream(seed);
  for (Number& weight : weights) {
    const std::uint64_t bits = stream.next();
    if constexpr (std::is_same_v<Number, std::uint64_t>) {
      weight = bits;
    } else {
      const auto magnitude = static_cast<double>(lowest + static_cast<std::int64_t>((bits >> 1) % (highest - lowest)));
      const double signed_weight = ((bits & 1) != 0 ? magnitude : -magnitude) * 0x1p-20;
      if constexpr (std::is_same_v<Number, double>) {
        weight = signed_weight;
      } else {
        weight = {signed_weight, 0};
      }
    }
  }
  return weights;
}

/// Σ w² over `length` weights from `first` on: their share in the variance of a projected sum.
template <class Number>
double sum_of_squares(const std::vector<Number>& weights, std::int64_t first, std::int64_t length) {
  double sum = 0;
  for (std::int64_t i = first; i < first + length; ++i) {
    const Number& weight = weights[static_cast<std::size_t>(i)];
    if constexpr (std::is_same_v<Number, DoubleDouble>) {
      sum += weight.hi * weight.hi;
    } else if constexpr (std::is_same_v<Number, double>) {
      sum += weight * weight;
    } else {
      sum += 1;
    }
  }
  return sum;
}

template <class Number>
void negate(std::vector<Number>& numbers) {
  for (Number& number : numbers) number = negated(number);
}

}  // namespace chipfit::oracle
