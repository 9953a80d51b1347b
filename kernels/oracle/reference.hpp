#pragma once
#include "kernels/problem/problem.hpp"

namespace chipfit::oracle {

/// Reference kernels: plain, blocked loops; floating types accumulate in f64, integers in i64, one rounding at the end
/// (i32: modulo 2^32). `out` is overwritten, or added to (out = round(out + …)) when the problem accumulates.
/// `threads` ≥ 1. The slow, right answer that everything else is held to.
void reference(const Problem&, const void* in0, const void* in1, void* out, int threads);

/// One element of the result (before rounding), for sampled checks; `index` is the flat index into the output.
double reference_element(const Problem&, const void* in0, const void* in1, std::int64_t index);

}  // namespace chipfit::oracle
