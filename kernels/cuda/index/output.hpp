#pragma once
#include <cstdint>

#include "kernels/cuda/index/element.hpp"

namespace chipfit::cuda {

/// Where results go: element (row, col) of batch b lies at b·batch_stride + row·row_stride + col, in elements.
struct Output {
  void* data = nullptr;
  std::int64_t m = 0, n = 0, row_stride = 0, batch_stride = 0;
  Element element = Element::f32;
  bool add = false;  ///< out += …

  CHIPFIT_HD std::int64_t offset(std::int64_t batch, std::int64_t row, std::int64_t col) const {
    return batch * batch_stride + row * row_stride + col;
  }
};

/// Partial sums of a split sum, in the accumulator's type: [split][batch][m][n], dense. Unused where splits is 1.
struct Partial {
  void* data = nullptr;
  std::int64_t batch = 1, m = 0, n = 0;

  CHIPFIT_HD std::int64_t offset(std::int64_t split, std::int64_t batch_index, std::int64_t row,
                                 std::int64_t col) const {
    return ((split * batch + batch_index) * m + row) * n + col;
  }
};

}  // namespace chipfit::cuda
