#pragma once
#include <cstdint>
#include <functional>

namespace chipfit::oracle {

/// A block of a matrix: rows [row, row + rows) and columns [column, column + columns).
struct Block {
  std::int64_t row, rows, column, columns;
};

/// A batch of matrix products C = A·B in f64 whose matrices exist only as functions: `load_a` and `load_b` write a
/// block of one batch's matrix row-major with `ld` numbers between rows, `store` takes a finished block of C. Called
/// from several threads.
struct TileProduct {
  std::int64_t batch, m, n, k;
  std::function<void(std::int64_t batch, Block, double*out, std::int64_t ld)> load_a, load_b;
  std::function<void(std::int64_t batch, Block, const double* values, std::int64_t ld)> store;
};
void run(const TileProduct&, int threads);

}  // namespace chipfit::oracle
