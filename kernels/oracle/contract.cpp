#include "kernels/oracle/contract.hpp"

#include <algorithm>
#include <type_traits>

#include "kernels/oracle/parallel.hpp"

namespace chipfit::oracle {
namespace {

/// Rows that stay in the first-level cache while all weight vectors pass over them.
constexpr std::int64_t kRowsAtOnce = 8;
/// Columns whose sums or weights stay in the first-level cache.
constexpr std::int64_t kColumnsAtOnce = 2048;
/// Elements for which starting a thread pays.
constexpr std::int64_t kElementsPerThread = 1 << 18;

template <class Number, class T>
CHIPFIT_ALWAYS_INLINE void dot_four(const T* t, std::int64_t ld, std::int64_t n, const Number* w, Number* y) {
  using V = View<Number>;
  const T *t0 = t, *t1 = t + ld, *t2 = t1 + ld, *t3 = t2 + ld;
  Number s0{}, s1{}, s2{}, s3{};
#pragma omp simd reduction(+ : s0, s1, s2, s3)
  for (std::int64_t j = 0; j < n; ++j) {
    const Number wj = w[j];
    s0 += V::of(t0[j]) * wj;
    s1 += V::of(t1[j]) * wj;
    s2 += V::of(t2[j]) * wj;
    s3 += V::of(t3[j]) * wj;
  }
  y[0] += s0;
  y[1] += s1;
  y[2] += s2;
  y[3] += s3;
}

template <class Number, class T>
CHIPFIT_ALWAYS_INLINE void dot_one(const T* t, std::int64_t n, const Number* w, Number* y) {
  using V = View<Number>;
  if constexpr (std::is_same_v<Number, DoubleDouble>) {
    if (n < 256) {
      dot_in_lanes<8>(t, n, w, *y);
    } else {
      dot_in_lanes<32>(t, n, w, *y);
    }
  } else {
    Number sum{};
#pragma omp simd reduction(+ : sum)
    for (std::int64_t j = 0; j < n; ++j) sum += V::of(t[j]) * w[j];
    *y += sum;
  }
}

template <class Number, class T>
CHIPFIT_ALWAYS_INLINE void dots_body(const T* t, std::int64_t ld, std::int64_t rows, std::int64_t n, const Number* w,
                                     Number* y) {
  std::int64_t r = 0;
  if constexpr (!std::is_same_v<Number, DoubleDouble>) {
    for (; r + 4 <= rows; r += 4) dot_four(t + r * ld, ld, n, w, y + r);
  }
  for (; r < rows; ++r) dot_one(t + r * ld, n, w, y + r);
}

template <class Number, class T>
CHIPFIT_ALWAYS_INLINE void add_rows_body(const T* t, std::int64_t ld, std::int64_t rows, std::int64_t n,
                                         const Number* w, Number* y) {
  using V = View<Number>;
  std::int64_t r = 0;
  for (; r + 4 <= rows; r += 4) {
    const T *t0 = t + r * ld, *t1 = t0 + ld, *t2 = t1 + ld, *t3 = t2 + ld;
    const Number w0 = w[r], w1 = w[r + 1], w2 = w[r + 2], w3 = w[r + 3];
#pragma omp simd
    for (std::int64_t j = 0; j < n; ++j) {
      Number sum = y[j];
      add_product(sum, V::of(t0[j]), w0);
      add_product(sum, V::of(t1[j]), w1);
      add_product(sum, V::of(t2[j]), w2);
      add_product(sum, V::of(t3[j]), w3);
      y[j] = sum;
    }
  }
  for (; r < rows; ++r) {
    const T* t0 = t + r * ld;
    const Number w0 = w[r];
#pragma omp simd
    for (std::int64_t j = 0; j < n; ++j) {
      Number sum = y[j];
      add_product(sum, V::of(t0[j]), w0);
      y[j] = sum;
    }
  }
}

// One overload of dots() and add_rows() for each pair of arithmetic and element type.
#define CHIPFIT_PARAMETERS(Number, T) \
  (const T* t, std::int64_t ld, std::int64_t rows, std::int64_t n, const Number* w, Number* y)
#define CHIPFIT_PAIR(Number, T)                                                           \
  CHIPFIT_MULTIVERSION(void, dots, CHIPFIT_PARAMETERS(Number, T), (t, ld, rows, n, w, y)) \
  CHIPFIT_MULTIVERSION(void, add_rows, CHIPFIT_PARAMETERS(Number, T), (t, ld, rows, n, w, y))
#define CHIPFIT_PAIRS(T, name) CHIPFIT_PAIR(double, T) CHIPFIT_PAIR(std::uint64_t, T)
CHIPFIT_FOR_EACH_ELEMENT(CHIPFIT_PAIRS)
CHIPFIT_PAIR(DoubleDouble, double)
#undef CHIPFIT_PAIRS
#undef CHIPFIT_PAIR
#undef CHIPFIT_PARAMETERS

template <class Number, class T>
constexpr bool kDefined = !std::is_same_v<Number, DoubleDouble> || std::is_same_v<T, double>;

int useful_threads(const Matrix& m, int threads) {
  return static_cast<int>(std::clamp<std::int64_t>(m.rows * m.cols / kElementsPerThread, 1, threads));
}

}  // namespace

template <class Number>
void contract_columns(const Matrix& m, Vectors<const Number> w, Vectors<Number> y, int threads) {
  if (m.cols == 1 && m.ld == 1) {  // one column is one row of the transposed matrix, and rows are what is fast
    const Matrix row{m.dtype, m.data, m.first, 1, m.rows, m.rows};
    return contract_rows(row, w, y, threads);
  }
  with_element(m.dtype, [&]<class T>(T*) {
    if constexpr (kDefined<Number, T>) {
      const T* data = static_cast<const T*>(m.data) + m.first;
      const int workers = useful_threads(m, threads);
      const std::int64_t share = ((m.rows + workers - 1) / workers + kRowsAtOnce - 1) / kRowsAtOnce * kRowsAtOnce;
      parallel_for(workers, workers, [&](std::int64_t worker) {
        const std::int64_t end = std::min(m.rows, (worker + 1) * share);
        for (std::int64_t c = 0; c < m.cols; c += kColumnsAtOnce) {
          const std::int64_t width = std::min(kColumnsAtOnce, m.cols - c);
          for (std::int64_t r = worker * share; r < end; r += kRowsAtOnce) {
            const std::int64_t height = std::min(kRowsAtOnce, end - r);
            for (std::int64_t q = 0; q < w.count; ++q) {
              dots(data + r * m.ld + c, m.ld, height, width, w.data + q * w.step + c, y.data + q * y.step + r);
            }
          }
        }
      });
    }
  });
}

template <class Number>
void contract_rows(const Matrix& m, Vectors<const Number> w, Vectors<Number> y, int threads) {
  with_element(m.dtype, [&]<class T>(T*) {
    if constexpr (kDefined<Number, T>) {
      const T* data = static_cast<const T*>(m.data) + m.first;
      const int workers = useful_threads(m, threads);
      const std::int64_t share = ((m.cols + workers - 1) / workers + 63) / 64 * 64;
      parallel_for(workers, workers, [&](std::int64_t worker) {
        const std::int64_t end = std::min(m.cols, (worker + 1) * share);
        for (std::int64_t c = worker * share; c < end; c += kColumnsAtOnce) {
          const std::int64_t width = std::min(kColumnsAtOnce, end - c);
          for (std::int64_t r = 0; r < m.rows; r += kRowsAtOnce) {
            const std::int64_t height = std::min(kRowsAtOnce, m.rows - r);
            for (std::int64_t q = 0; q < w.count; ++q) {
              add_rows(data + r * m.ld + c, m.ld, height, width, w.data + q * w.step + r, y.data + q * y.step + c);
            }
          }
        }
      });
    }
  });
}

#define CHIPFIT_NUMBER(Number)                                                                        \
  template void contract_columns<Number>(const Matrix&, Vectors<const Number>, Vectors<Number>, int); \
  template void contract_rows<Number>(const Matrix&, Vectors<const Number>, Vectors<Number>, int);
CHIPFIT_NUMBER(double)
CHIPFIT_NUMBER(DoubleDouble)
CHIPFIT_NUMBER(std::uint64_t)
#undef CHIPFIT_NUMBER

}  // namespace chipfit::oracle
