#pragma once
#include <cstdint>

#include "kernels/oracle/arithmetic.hpp"

namespace chipfit::oracle {

/// A row-major matrix inside an operand: `rows` × `cols` elements, rows `ld` elements apart, from element `first` on.
struct Matrix {
  Dtype dtype;
  const void* data;
  std::int64_t first, rows, cols, ld;
};

/// `count` vectors of the same length, `step` numbers apart.
template <class Number>
struct Vectors {
  Number* data;
  std::int64_t count, step;
};

/// y_q[r] += Σ_c T[r][c]·w_q[c] for all q, reading T once. Number: double, std::uint64_t for elements that are
/// integers, DoubleDouble for f64 only.
template <class Number>
void contract_columns(const Matrix&, Vectors<const Number> w, Vectors<Number> y, int threads);

/// y_q[c] += Σ_r T[r][c]·w_q[r] for all q, reading T once.
template <class Number>
void contract_rows(const Matrix&, Vectors<const Number> w, Vectors<Number> y, int threads);

}  // namespace chipfit::oracle
