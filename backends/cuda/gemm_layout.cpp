#include "backends/cuda/gemm_layout.hpp"

#include <chipfit/chipfit_plugin.hpp>
#include <limits>
#include <string>

#include "backends/cuda/dtype_name.hpp"

namespace cuda {
namespace {

using chipfit::plugin::unsupported;

constexpr ComputeCapability kAda = 89;

bool is_fp8(std::uint32_t dtype) {
  return dtype == CHIPFIT_E4M3 || dtype == CHIPFIT_E5M2;
}

/// Hopper, Ada and the small Blackwells multiply fp8 only where both operands are stored along k.
bool only_along_k(ComputeCapability capability) {
  const int major = capability / 10;
  return major == 8 || major == 9 || major == 12;
}

cudaDataType type_of(std::uint32_t dtype) {
  switch (dtype) {
    case CHIPFIT_F64:
      return CUDA_R_64F;
    case CHIPFIT_F32:
      return CUDA_R_32F;
    case CHIPFIT_F16:
      return CUDA_R_16F;
    case CHIPFIT_BF16:
      return CUDA_R_16BF;
    case CHIPFIT_E4M3:
      return CUDA_R_8F_E4M3;
    case CHIPFIT_E5M2:
      return CUDA_R_8F_E5M2;
    case CHIPFIT_I8:
      return CUDA_R_8I;
    case CHIPFIT_I32:
      return CUDA_R_32I;
    default:
      unsupported(std::string("cuBLASLt has no products of ") + name_of(dtype));
  }
}

std::string words(const chipfit_problem& p) {
  return std::string(name_of(p.dtype_a)) + "·" + name_of(p.dtype_b) + " → " + name_of(p.dtype_out) +
         " accumulated in " + name_of(p.dtype_acc);
}

struct Arithmetic {
  cublasComputeType_t compute;
  cudaDataType scale;
};

/// Math modes are set one by one: a default that the environment could change is never relied on.
cublasComputeType_t compute_of_f32(std::uint32_t math) {
  switch (math) {
    case CHIPFIT_STRICT:
      return CUBLAS_COMPUTE_32F;
    case CHIPFIT_TF32:
    case CHIPFIT_RELAXED:
      return CUBLAS_COMPUTE_32F_FAST_TF32;
    case CHIPFIT_MATH_F16:
      return CUBLAS_COMPUTE_32F_FAST_16F;
    case CHIPFIT_MATH_BF16:
      return CUBLAS_COMPUTE_32F_FAST_16BF;
    default:
      unsupported("this math mode is not known to this plugin");
  }
}

Arithmetic arithmetic_of(const chipfit_problem& p) {
  const auto is = [&](std::uint32_t in, std::uint32_t acc) { return p.dtype_a == in && p.dtype_acc == acc; };
  const bool wide_or_same = p.dtype_out == p.dtype_a || p.dtype_out == CHIPFIT_F32;
  if (p.dtype_a != p.dtype_b && !(is_fp8(p.dtype_a) && is_fp8(p.dtype_b)))
    unsupported("cuBLASLt has no products of " + words(p));
  if (p.math != CHIPFIT_STRICT && p.dtype_a != CHIPFIT_F32) unsupported("math modes are for f32 operands");
  if (is(CHIPFIT_F64, CHIPFIT_F64) && p.dtype_out == CHIPFIT_F64) return {CUBLAS_COMPUTE_64F, CUDA_R_64F};
  if (is(CHIPFIT_F32, CHIPFIT_F32) && p.dtype_out == CHIPFIT_F32) return {compute_of_f32(p.math), CUDA_R_32F};
  if ((is(CHIPFIT_F16, CHIPFIT_F32) || is(CHIPFIT_BF16, CHIPFIT_F32)) && wide_or_same)
    return {CUBLAS_COMPUTE_32F, CUDA_R_32F};
  if (is(CHIPFIT_F16, CHIPFIT_F16) && p.dtype_out == CHIPFIT_F16) return {CUBLAS_COMPUTE_16F, CUDA_R_16F};
  if (is(CHIPFIT_I8, CHIPFIT_I32) && p.dtype_out == CHIPFIT_I32) return {CUBLAS_COMPUTE_32I, CUDA_R_32I};
  if (is_fp8(p.dtype_a) && p.dtype_acc == CHIPFIT_F32) {
    if (is_fp8(p.dtype_out))
      unsupported("cuBLASLt writes fp8 only with a scale for the output; bf16 or f32 is written");
    if (p.dtype_out == CHIPFIT_BF16 || p.dtype_out == CHIPFIT_F16 || p.dtype_out == CHIPFIT_F32)
      return {CUBLAS_COMPUTE_32F, CUDA_R_32F};
  }
  unsupported("cuBLASLt has no products of " + words(p));
}

void check_fp8(const chipfit_problem& p, ComputeCapability capability) {
  const chipfit_gemm_shape& s = p.shape.gemm;
  if (capability < kAda)
    unsupported("fp8 needs compute capability 8.9 or newer, this device has " + std::to_string(capability / 10) + "." +
                std::to_string(capability % 10));
  if (p.dtype_a == CHIPFIT_E5M2 && p.dtype_b == CHIPFIT_E5M2) unsupported("cuBLASLt has no products of e5m2 by e5m2");
  if (only_along_k(capability) && (s.trans_a || !s.trans_b))
    unsupported("cuBLASLt multiplies fp8 on this device only where both operands are stored along k (NT)");
  if (s.k % 16 != 0) unsupported("cuBLASLt multiplies fp8 only where k is a multiple of 16");
}

Matrix stored(std::uint32_t dtype, std::int64_t rows, std::int64_t columns) {
  return {type_of(dtype), static_cast<std::uint64_t>(rows), static_cast<std::uint64_t>(columns), rows, rows * columns};
}

}  // namespace

GemmDescription describe_gemm(const chipfit_problem& p, ComputeCapability capability) {
  const chipfit_gemm_shape& s = p.shape.gemm;
  const Arithmetic arithmetic = arithmetic_of(p);
  if (is_fp8(p.dtype_a)) check_fp8(p, capability);
  if (p.dtype_a == CHIPFIT_BF16 && capability < 80) unsupported("bf16 needs compute capability 8.0 or newer");
  if (s.batch > std::numeric_limits<std::int32_t>::max()) unsupported("cuBLASLt takes batches of at most 2147483647");
  GemmDescription d{};
  d.compute = arithmetic.compute;
  d.scale = arithmetic.scale;
  d.op_first = s.trans_b ? CUBLAS_OP_T : CUBLAS_OP_N;
  d.op_second = s.trans_a ? CUBLAS_OP_T : CUBLAS_OP_N;
  d.first = s.trans_b ? stored(p.dtype_b, s.k, s.n) : stored(p.dtype_b, s.n, s.k);
  d.second = s.trans_a ? stored(p.dtype_a, s.m, s.k) : stored(p.dtype_a, s.k, s.m);
  d.out = stored(p.dtype_out, s.n, s.m);
  d.batch = static_cast<std::int32_t>(s.batch);
  d.adds = p.accumulate != 0;
  return d;
}

}  // namespace cuda
