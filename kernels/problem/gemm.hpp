#pragma once
#include "kernels/problem/dtype.hpp"

namespace chipfit {

enum class Transpose : std::uint8_t { no = 0, yes = 1 };
/// What happens to the old content of the output: out = …, or out += ….
enum class Accumulate : std::uint8_t { overwrite = 0, add = 1 };

/// C[b] = op(A[b]) · op(B[b]) for b in [0, batch). Everything is row-major and dense.
/// op(A) is M×K: A is stored M×K (no) or K×M (yes). op(B) is K×N: B is stored K×N (no) or N×K (yes). C is M×N.
struct GemmProblem {
  std::int64_t m = 0, n = 0, k = 0, batch = 1;
  Transpose trans_a = Transpose::no, trans_b = Transpose::no;
  DtypeCombo dtypes{Dtype::f32, Dtype::f32, Dtype::f32, Dtype::f32};
  Math math = Math::strict;
  Accumulate accumulate = Accumulate::overwrite;
  friend bool operator==(const GemmProblem&, const GemmProblem&) = default;
};

/// 2·M·N·K·batch, in operations. Exact for a problem that validates.
std::int64_t flop(const GemmProblem&);

/// Ok, or the first rule the problem breaks ("n must be at least 1, not 0"). Rules: extents ≥ 1, combination
/// defined, math mode only with f32 operands, flop and the bytes of all operands together (the output counted twice,
/// as accumulating reads it too) below 2^63.
Result<void> validate(const GemmProblem&);

}  // namespace chipfit
