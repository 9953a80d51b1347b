#pragma once
#include <cstdint>
#include <vector>

#include "kernels/oracle/oracle.hpp"

namespace chipfit::oracle {

/// What one output tells when it is computed again, in f64 (f64 problems: in double-double).
struct Sample {
  std::int64_t flat = 0;  ///< position in the output
  double value = 0, expected = 0, error = 0;
  double products = 0;       ///< inside the image, of all terms
  double size = 0;           ///< |c0| + |A||B|
  double inputs = 0;         ///< Σ(|a| + |b|)
  double squares = 0;        ///< Σ(a·b)²
  double walk = 0;           ///< sum of the squares of all partial sums
  double results = 0;        ///< Σ|c_j| over the results after each term
  double last_rounding = 0;  ///< error of the expected value rounded to the output type
};

/// `threads` ≥ 1.
std::vector<Sample> measure_samples(const Claim&, const std::vector<std::int64_t>& positions, int threads);

enum class InputRounding { nearest, toward_zero };

/// Sum of the samples' squared errors after the error of inputs rounded to `bits` of significand is taken off: near
/// zero where the claim was computed from such inputs.
double squared_error_beside(InputRounding, int bits, const Claim&, const std::vector<Sample>&);

}  // namespace chipfit::oracle
