#pragma once
#include <chipfit/chipfit_plugin.h>
#include <cublasLt.h>

#include <cstdint>

#include "backends/common/cuda/device_facts.hpp"

namespace cuda {

/// A matrix as cuBLASLt sees it: column-major, in elements.
struct Matrix {
  cudaDataType type;
  std::uint64_t rows, columns;
  std::int64_t leading;       ///< elements from one column to the next
  std::int64_t batch_stride;  ///< elements from one matrix to the next
};

/// A product in cuBLASLt's terms: D = op(first)·op(second) + beta·D, all column-major.
///
/// A row-major matrix is its own transpose when read by columns, so the row-major C = op(A)·op(B) is the column-major
/// Cᵀ = op(B)ᵀ·op(A)ᵀ: B is the first operand and A the second, each with its own transposition, and nothing is moved.
struct GemmDescription {
  cublasComputeType_t compute;
  cudaDataType scale;  ///< type of alpha and beta
  cublasOperation_t op_first, op_second;
  Matrix first, second, out;
  std::int32_t batch;
  bool adds;            ///< beta = 1
  bool narrows_result;  ///< out is narrower than the accumulator: parts of a sum must not meet in it
};

/// Failure (UNSUPPORTED) with the reason for what cuBLASLt is known not to compute; what is left is asked of its
/// heuristic. Rules: cuBLAS documentation, cublasLtMatmul, tables of supported types, and FP8's restrictions.
GemmDescription describe_gemm(const chipfit_problem&, ComputeCapability);

}  // namespace cuda
