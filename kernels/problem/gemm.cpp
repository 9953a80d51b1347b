#include "kernels/problem/gemm.hpp"

namespace chipfit {

std::int64_t flop(const GemmProblem& g) {
  return 2 * g.m * g.n * g.k * g.batch;
}

}  // namespace chipfit
