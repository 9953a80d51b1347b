#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "kernels/oracle/fill.hpp"
#include "kernels/problem/problem.hpp"

namespace chipfit::conformance {

/// Everything about a problem but its extents. Answers about a kind are asked with concrete problems.
struct Kind {
  Problem like;  ///< extents without meaning
};

/// "gemm:bf16:TN:acc", "conv_fwd:f32:nhwc:tf32".
std::string name(const Kind&);

/// Every kind the ABI knows: GEMM in all types and transposes, convolution in all directions, types and layouts, each
/// overwriting and accumulating; f32 NN and nhwc also in every math mode.
std::vector<Kind> all_kinds();

/// A small stream of numbers that a seed decides.
class Dice {
 public:
  explicit Dice(oracle::Seed seed) : seed_(seed) {}
  std::int64_t between(std::int64_t low, std::int64_t high);  ///< both included
  bool one_in(int n) { return between(1, n) == 1; }
  oracle::Seed seed() { return seed_.derive(drawn_++); }

 private:
  oracle::Seed seed_;
  std::uint64_t drawn_ = 0;
};

/// A problem of this kind that everything that computes the kind computes: extents that are multiples of 16, no
/// padding, one group.
Problem plain_problem(const Kind&);

/// A problem of this kind that validates, with at most 2^22 operations and 2^17 elements in an operand, of the extents
/// that find bugs: 1, primes, one more or less than a power of two; padding, stride, dilation, groups, batch.
Problem fuzzed_problem(const Kind&, Dice&);

/// The seed of everything about a problem, so that a single case is repeated exactly: its data do not depend on
/// what was tried before.
oracle::Seed seed_of_case(std::uint64_t seed, const Problem&);

}  // namespace chipfit::conformance
