#pragma once
#include "backends/cuda/cublaslt.hpp"
#include "backends/cuda/descriptor.hpp"
#include "backends/cuda/gemm_layout.hpp"

namespace cuda {

enum class Fp8Accumulation { full, fast };

/// The library's descriptors of one product. Making them needs no device.
struct Product {
  Product(const CublasLt&, const GemmDescription&, Fp8Accumulation);

  Owned<cublasLtMatmulDesc_t> operation;
  Owned<cublasLtMatrixLayout_t> first, second, out;
};

/// What the heuristic is told: at most this much workspace, and operands that lie at the plugin's view alignment.
Owned<cublasLtMatmulPreference_t> preference(const CublasLt&, std::uint64_t workspace_bytes,
                                             std::uint32_t alignment_bytes);

/// "cuBLASLt 13.1.0 algo 66 tile 128x256 stages 64x4 cluster 2x1x1 splitk 2".
std::string name_of(const CublasLt&, const cublasLtMatmulAlgo_t&);

/// Alpha or beta, 0 or 1, in the type that the product scales with.
union Scalar {
  double f64;
  float f32;
  std::int32_t i32;
  std::uint16_t f16;
};
Scalar scalar(cudaDataType type, bool one);

}  // namespace cuda
