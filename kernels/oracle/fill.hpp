#pragma once
#include <cstdint>

#include "kernels/problem/problem.hpp"

namespace chipfit::oracle {

/// 128 secret bits. Everything random in the oracle is a counter-based function of a seed and an index, so that any
/// part of it can be made again without storing it.
struct Seed {
  std::uint64_t hi = 0, lo = 0;
  /// An independent seed for purpose number `tag`.
  Seed derive(std::uint64_t tag) const;
};
/// From the kernel's random number generator (getrandom).
Seed secret_seed();

/// Timing data: uniform in [-1, 1] rounded to the type, never zero-filled; i8: uniform integers in [-127, 127].
/// Element i of the array is a function of (seed, i). At least 4 GB/s on one core (f32).
void fill_uniform(Dtype, void* data, std::int64_t elements, Seed);
/// Standard deviation of fill_uniform's values.
double uniform_sigma(Dtype);

/// Integer-valued data for the exactness check: value 0 with probability 1 - density, else uniform on
/// {±1 … ±magnitude}.
struct ExactRange {
  std::int64_t magnitude = 1;
  double density = 1;
};
/// Ranges for the two inputs such that every partial sum is exact in the accumulator and every result, also after
/// adding an initial value of up to `magnitude_c0`, is exact in the output type (narrow types: sparse small integers).
/// Holds for one term, and for the sum of up to 16 terms where the problem accumulates. Certain for wide outputs up to
/// 2^24 products, else with probability 1 - 10^-18 for each output (docs/oracle.md). Operands of strict problems use
/// all significand bits of their type where the sum has room for it, so that rounded operands show.
struct ExactPlan {
  ExactRange in[2];
  std::int64_t magnitude_c0 = 0;
};
/// What room the sums leave to an honest algorithm's own rounding.
enum class Headroom {
  none,            ///< for algorithms whose every step is exact on integers
  for_transforms,  ///< for convolutions whose transforms have inexact constants: Winograd F(4×4, 3×3), FFT
};
/// With headroom sums have a root mean square of at most 2^(p-14), p the significand bits of the accumulator (f32:
/// 2^10, f64: 2^39), so that arithmetic of any grade E ≤ 400 errs by 1/4 only ten standard deviations out
/// (docs/oracle.md). Headroom is for the problems of has_inexact_transforms; others get the plan without.
ExactPlan exact_plan(const Problem&, Headroom = Headroom::none);
/// Convolutions of f32 or f64 with results of the same type, in any math mode. Products of matrices have no such
/// excuse: the constants of Strassen-like algorithms are integers.
bool has_inexact_transforms(const Problem&);
void fill_exact(Dtype, void* data, std::int64_t elements, ExactRange, Seed);

/// Secret poison for outputs: NaNs with random payload where the type has them, else random bits. `bytes` need not
/// be a multiple of the element size (guard bytes); byte i is a function of (seed, i).
void fill_poison(Dtype, void* data, std::int64_t bytes, Seed);
/// Bytes among `bytes` that still hold the poison of `seed`.
std::int64_t count_poison(Dtype, const void* data, std::int64_t bytes, Seed);

}  // namespace chipfit::oracle
