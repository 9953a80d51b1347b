#include "backends/cuda/product.hpp"

#include "backends/cuda/cublaslt_names.hpp"  // generated from cublasLt.h: tile_name, stages_name, cluster_name

namespace cuda {
namespace {

template <class Value>
void set(const CublasLt& lt, cublasLtMatmulDesc_t operation, cublasLtMatmulDescAttributes_t attribute, Value value) {
  lt.check(lt.product_set(operation, attribute, &value, sizeof value), "cublasLtMatmulDescSetAttribute");
}
template <class Value>
void set(const CublasLt& lt, cublasLtMatrixLayout_t layout, cublasLtMatrixLayoutAttribute_t attribute, Value value) {
  lt.check(lt.matrix_set(layout, attribute, &value, sizeof value), "cublasLtMatrixLayoutSetAttribute");
}
template <class Value>
void set(const CublasLt& lt, cublasLtMatmulPreference_t preference, cublasLtMatmulPreferenceAttributes_t attribute,
         Value value) {
  lt.check(lt.preference_set(preference, attribute, &value, sizeof value), "cublasLtMatmulPreferenceSetAttribute");
}

Owned<cublasLtMatrixLayout_t> layout_of(const CublasLt& lt, const Matrix& matrix, std::int32_t batch) {
  Owned<cublasLtMatrixLayout_t> layout(lt.matrix_destroy, [&](cublasLtMatrixLayout_t* made) {
    lt.check(lt.matrix_create(made, matrix.type, matrix.rows, matrix.columns, matrix.leading),
             "cublasLtMatrixLayoutCreate");
  });
  set(lt, layout.get(), CUBLASLT_MATRIX_LAYOUT_BATCH_COUNT, batch);
  set(lt, layout.get(), CUBLASLT_MATRIX_LAYOUT_STRIDED_BATCH_OFFSET, matrix.batch_stride);
  return layout;
}

/// One property of an algorithm; 0 where the library does not know it.
template <class Value>
Value property(const CublasLt& lt, const cublasLtMatmulAlgo_t& algorithm, cublasLtMatmulAlgoConfigAttributes_t which) {
  Value value{};
  std::size_t written = 0;
  const cublasStatus_t status = lt.algorithm_get(&algorithm, which, &value, sizeof value, &written);
  return status == CUBLAS_STATUS_SUCCESS ? value : Value{};
}

}  // namespace

Product::Product(const CublasLt& lt, const GemmDescription& gemm, Fp8Accumulation accumulation)
    : operation(lt.product_destroy,
                [&](cublasLtMatmulDesc_t* made) {
                  lt.check(lt.product_create(made, gemm.compute, gemm.scale), "cublasLtMatmulDescCreate");
                }),
      first(layout_of(lt, gemm.first, gemm.batch)),
      second(layout_of(lt, gemm.second, gemm.batch)),
      out(layout_of(lt, gemm.out, gemm.batch)) {
  set(lt, operation.get(), CUBLASLT_MATMUL_DESC_TRANSA, static_cast<std::int32_t>(gemm.op_first));
  set(lt, operation.get(), CUBLASLT_MATMUL_DESC_TRANSB, static_cast<std::int32_t>(gemm.op_second));
  const bool fp8 = gemm.first.type == CUDA_R_8F_E4M3 || gemm.first.type == CUDA_R_8F_E5M2;
  if (fp8)
    set(lt, operation.get(), CUBLASLT_MATMUL_DESC_FAST_ACCUM,
        static_cast<std::int8_t>(accumulation == Fp8Accumulation::fast));
}

Owned<cublasLtMatmulPreference_t> preference(const CublasLt& lt, std::uint64_t workspace_bytes,
                                             std::uint32_t alignment_bytes) {
  Owned<cublasLtMatmulPreference_t> made(lt.preference_destroy, [&](cublasLtMatmulPreference_t* preference) {
    lt.check(lt.preference_create(preference), "cublasLtMatmulPreferenceCreate");
  });
  set(lt, made.get(), CUBLASLT_MATMUL_PREF_MAX_WORKSPACE_BYTES, workspace_bytes);
  for (const auto operand : {CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_A_BYTES, CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_B_BYTES,
                             CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_C_BYTES, CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_D_BYTES})
    set(lt, made.get(), operand, alignment_bytes);
  return made;
}

std::string name_of(const CublasLt& lt, const cublasLtMatmulAlgo_t& algorithm) {
  const auto number = [&](cublasLtMatmulAlgoConfigAttributes_t which) {
    return property<std::uint32_t>(lt, algorithm, which);
  };
  std::string name = lt.version_text() + " algo " +
                     std::to_string(property<std::int32_t>(lt, algorithm, CUBLASLT_ALGO_CONFIG_ID)) + " tile " +
                     tile_name(number(CUBLASLT_ALGO_CONFIG_TILE_ID)) + " stages " +
                     stages_name(number(CUBLASLT_ALGO_CONFIG_STAGES_ID));
  if (const auto cluster = property<std::uint16_t>(lt, algorithm, CUBLASLT_ALGO_CONFIG_CLUSTER_SHAPE_ID); cluster != 0)
    name += " cluster " + cluster_name(cluster);
  if (const auto split = property<std::int32_t>(lt, algorithm, CUBLASLT_ALGO_CONFIG_SPLITK_NUM); split > 1)
    name += " splitk " + std::to_string(split);
  return name;
}

Scalar scalar(cudaDataType type, bool one) {
  Scalar value{};
  constexpr std::uint16_t one_in_f16 = 0x3c00;
  if (type == CUDA_R_64F)
    value.f64 = one;
  else if (type == CUDA_R_32I)
    value.i32 = one;
  else if (type == CUDA_R_16F)
    value.f16 = one ? one_in_f16 : 0;
  else
    value.f32 = one;
  return value;
}

}  // namespace cuda
