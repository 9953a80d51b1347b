#pragma once
#include <cstdint>

#include "kernels/cuda/index/host_device.hpp"

namespace chipfit::cuda {

/// A matrix, `batch` times: strides in elements, columns next to each other.
struct Matrices {
  std::int64_t batch = 1, rows = 0, cols = 0, row_stride = 0, batch_stride = 0;
  CHIPFIT_HD std::int64_t offset(std::int64_t b, std::int64_t row, std::int64_t col) const {
    return b * batch_stride + row * row_stride + col;
  }
  CHIPFIT_HD bool has(std::int64_t b, std::int64_t row, std::int64_t col) const {
    return b < batch && row < rows && col < cols;
  }
};

/// to[b][row][col] = from[b][row][col], or from[b][col][row] where it is transposed; 0 where `from` has none.
struct RelayoutArguments {
  const void* from_data = nullptr;
  void* to_data = nullptr;
  Matrices from, to;
  bool transposed = false;
};

}  // namespace chipfit::cuda
