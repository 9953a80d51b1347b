#include <algorithm>

#include "kernels/oracle/contract.hpp"
#include "kernels/oracle/parallel.hpp"
#include "kernels/oracle/residual.hpp"

namespace chipfit::oracle {
namespace {

/// Which index of a stored matrix is summed over.
enum class Side { columns, rows };

Side other(Side side) {
  return side == Side::columns ? Side::rows : Side::columns;
}

template <class Number>
void contract(Side side, const Matrix& m, Vectors<const Number> w, Vectors<Number> y, int threads) {
  if (side == Side::columns) return contract_columns(m, w, y, threads);
  contract_rows(m, w, y, threads);
}

/// The contracted index cut into blocks: block q of the weights meets columns (or rows) [q·block, (q+1)·block).
template <class Number>
void contract_blocks(Side side, const Matrix& m, const Number* weights, std::int64_t block, Vectors<Number> y,
                     int threads) {
  const std::int64_t extent = side == Side::columns ? m.cols : m.rows;
  for (std::int64_t q = 0; q * block < extent; ++q) {
    const std::int64_t from = q * block, length = std::min(block, extent - from);
    Matrix part = m;
    part.first += side == Side::columns ? from : from * m.ld;
    (side == Side::columns ? part.cols : part.rows) = length;
    contract<Number>(side, part, {weights + from, 1, 0}, {y.data + q * y.step, 1, 0}, threads);
  }
}

}  // namespace

template <class Number>
Residuals<Number> gemm_residuals(const Claim& claim, const GemmProblem& g, Seed secret, std::int64_t max_block,
                                 int threads) {
  const bool along_n = g.n <= g.m;
  const std::int64_t contracted = along_n ? g.n : g.m, kept = along_n ? g.m : g.n;
  const std::int64_t block = std::min(contracted, max_block), blocks = (contracted + block - 1) / block;

  Residuals<Number> result;
  result.block = block;
  result.value.resize(static_cast<std::size_t>(g.batch * blocks * kept));
  result.products.resize(result.value.size());

  const bool ta = g.trans_a == Transpose::yes, tb = g.trans_b == Transpose::yes;
  const int outer_threads = g.batch >= threads ? threads : 1;
  const int inner_threads = g.batch >= threads ? 1 : threads;
  parallel_for(g.batch, outer_threads, [&](std::int64_t batch) {
    const auto weights = random_weights<Number>(secret.derive(static_cast<std::uint64_t>(batch)), contracted);
    const Vectors<Number> y{result.value.data() + batch * blocks * kept, blocks, kept};
    const Side side_c = along_n ? Side::columns : Side::rows;
    const Matrix c{g.dtypes.out, claim.out, batch * g.m * g.n, g.m, g.n, g.n};
    if (claim.c0 != nullptr) {
      auto opposite = weights;
      negate(opposite);
      Matrix c0 = c;
      c0.data = claim.c0;
      contract_blocks(side_c, c0, opposite.data(), block, y, inner_threads);
    }
    contract_blocks(side_c, c, weights.data(), block, y, inner_threads);

    std::vector<Number> z;
    for (const Inputs& term : claim.terms) {
      const Matrix a{g.dtypes.a, term.in0, batch * g.m * g.k, ta ? g.k : g.m, ta ? g.m : g.k, ta ? g.m : g.k};
      const Matrix b{g.dtypes.b, term.in1, batch * g.k * g.n, tb ? g.n : g.k, tb ? g.k : g.n, tb ? g.k : g.n};
      const Side side_a_k = ta ? Side::rows : Side::columns, side_b_k = tb ? Side::columns : Side::rows;
      z.assign(static_cast<std::size_t>(blocks * g.k), Number{});
      if (along_n) {
        contract_blocks(other(side_b_k), b, weights.data(), block, {z.data(), blocks, g.k}, inner_threads);
      } else {
        contract_blocks(other(side_a_k), a, weights.data(), block, {z.data(), blocks, g.k}, inner_threads);
      }
      negate(z);
      contract<Number>(along_n ? side_a_k : side_b_k, along_n ? a : b, {z.data(), blocks, g.k}, y, inner_threads);
    }
    for (std::int64_t q = 0; q < blocks; ++q) {
      const std::int64_t length = std::min(block, contracted - q * block);
      const auto from = result.products.begin() + (batch * blocks + q) * kept;
      std::fill(from, from + kept, sum_of_squares(weights, q * block, length) * static_cast<double>(g.k));
    }
  });
  return result;
}

template Residuals<double> gemm_residuals(const Claim&, const GemmProblem&, Seed, std::int64_t, int);
template Residuals<DoubleDouble> gemm_residuals(const Claim&, const GemmProblem&, Seed, std::int64_t, int);
template Residuals<std::uint64_t> gemm_residuals(const Claim&, const GemmProblem&, Seed, std::int64_t, int);

}  // namespace chipfit::oracle
