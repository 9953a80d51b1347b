#pragma once
#include <cblas.h>

#include <cstdint>
#include <limits>

namespace openblas {

/// A row-major matrix whose rows are `ld` elements apart.
template <class T>
struct Matrix {
  T* data;
  std::int64_t ld;
};

/// C = op(A)·op(B) + beta·C; op(A) is m×k, op(B) is k×n. All extents fit blasint (see fits_blas).
inline void gemm(CBLAS_TRANSPOSE ta, CBLAS_TRANSPOSE tb, std::int64_t m, std::int64_t n, std::int64_t k,
                 Matrix<const float> a, Matrix<const float> b, float beta, Matrix<float> c) {
  cblas_sgemm(CblasRowMajor, ta, tb, static_cast<blasint>(m), static_cast<blasint>(n), static_cast<blasint>(k), 1,
              a.data, static_cast<blasint>(a.ld), b.data, static_cast<blasint>(b.ld), beta, c.data,
              static_cast<blasint>(c.ld));
}
inline void gemm(CBLAS_TRANSPOSE ta, CBLAS_TRANSPOSE tb, std::int64_t m, std::int64_t n, std::int64_t k,
                 Matrix<const double> a, Matrix<const double> b, double beta, Matrix<double> c) {
  cblas_dgemm(CblasRowMajor, ta, tb, static_cast<blasint>(m), static_cast<blasint>(n), static_cast<blasint>(k), 1,
              a.data, static_cast<blasint>(a.ld), b.data, static_cast<blasint>(b.ld), beta, c.data,
              static_cast<blasint>(c.ld));
}

inline bool fits_blas(std::int64_t extent) {
  return extent <= std::numeric_limits<blasint>::max();
}

}  // namespace openblas
