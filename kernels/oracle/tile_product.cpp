#include "kernels/oracle/tile_product.hpp"

#include <algorithm>
#include <cstring>
#include <vector>

#include "kernels/base/multiversion.hpp"
#include "kernels/oracle/parallel.hpp"

namespace chipfit::oracle {
namespace {

constexpr std::int64_t kTileM = 64, kTileN = 128, kTileK = 256, kRows = 4, kColumns = 16;
static_assert(kTileM % kRows == 0 && kTileN % kColumns == 0);

using Vector = double __attribute__((vector_size(64)));

// c += a·b for whole tiles; rows and columns past the matrix hold zeros.
CHIPFIT_ALWAYS_INLINE void multiply_body(std::int64_t rows, std::int64_t columns, std::int64_t depth, const double* a,
                                         const double* b, double* c) {
  for (std::int64_t i = 0; i < rows; i += kRows) {
    for (std::int64_t j = 0; j < columns; j += kColumns) {
      Vector sums[kRows][2] = {};
      for (std::int64_t k = 0; k < depth; ++k) {
        Vector b0, b1;
        std::memcpy(&b0, b + k * kTileN + j, sizeof b0);
        std::memcpy(&b1, b + k * kTileN + j + 8, sizeof b1);
        for (std::int64_t r = 0; r < kRows; ++r) {
          const double x = a[(i + r) * kTileK + k];
          sums[r][0] += x * b0;
          sums[r][1] += x * b1;
        }
      }
      for (std::int64_t r = 0; r < kRows; ++r) {
        double* row = c + (i + r) * kTileN + j;
        for (int half = 0; half < 2; ++half) {
          Vector old;
          std::memcpy(&old, row + 8 * half, sizeof old);
          old += sums[r][half];
          std::memcpy(row + 8 * half, &old, sizeof old);
        }
      }
    }
  }
}
CHIPFIT_MULTIVERSION(void, multiply,
                     (std::int64_t rows, std::int64_t columns, std::int64_t depth, const double* a, const double* b,
                      double* c),
                     (rows, columns, depth, a, b, c))

std::int64_t round_up(std::int64_t x, std::int64_t step) {
  return (x + step - 1) / step * step;
}

}  // namespace

void run(const TileProduct& p, int threads) {
  const std::int64_t tiles_m = (p.m + kTileM - 1) / kTileM, tiles_n = (p.n + kTileN - 1) / kTileN;
  parallel_for(p.batch * tiles_m * tiles_n, threads, [&](std::int64_t task) {
    const std::int64_t batch = task / (tiles_m * tiles_n);
    const std::int64_t i = task / tiles_n % tiles_m * kTileM, j = task % tiles_n * kTileN;
    const std::int64_t rows = std::min(kTileM, p.m - i), columns = std::min(kTileN, p.n - j);
    std::vector<double> a(kTileM * kTileK), b(kTileK * kTileN), c(kTileM * kTileN);
    for (std::int64_t k = 0; k < p.k; k += kTileK) {
      const std::int64_t depth = std::min(kTileK, p.k - k);
      p.load_a(batch, {i, rows, k, depth}, a.data(), kTileK);
      p.load_b(batch, {k, depth, j, columns}, b.data(), kTileN);
      multiply(round_up(rows, kRows), round_up(columns, kColumns), depth, a.data(), b.data(), c.data());
    }
    p.store(batch, {i, rows, j, columns}, c.data(), kTileN);
  });
}

}  // namespace chipfit::oracle
