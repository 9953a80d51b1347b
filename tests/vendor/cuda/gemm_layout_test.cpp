// Row-major products as cuBLASLt is asked for them: column-major, operands exchanged.
#include "backends/cuda/gemm_layout.hpp"

#include <gmock/gmock.h>

#include "tests/vendor/cuda/problems.hpp"
#include "tests/vendor/naive.hpp"

namespace chipfit::test {
namespace {

using ::testing::HasSubstr;
constexpr int kHopper = 90, kAmpere = 80, kBlackwell = 100;

/// What cuBLASLt's documentation says that a description computes, in plain loops on flat arrays.
void as_documented(const cuda::GemmDescription& d, const std::vector<double>& first, const std::vector<double>& second,
                   std::vector<double>& out) {
  const auto element = [](const std::vector<double>& data, const cuda::Matrix& m, bool transposed, std::int64_t batch,
                          std::uint64_t row, std::uint64_t column) {
    if (transposed) std::swap(row, column);
    EXPECT_LT(row, m.rows);
    EXPECT_LT(column, m.columns);
    return data.at(static_cast<std::size_t>(batch * m.batch_stride + static_cast<std::int64_t>(column) * m.leading +
                                            static_cast<std::int64_t>(row)));
  };
  const bool flip_first = d.op_first == CUBLAS_OP_T, flip_second = d.op_second == CUBLAS_OP_T;
  const std::uint64_t depth = flip_first ? d.first.rows : d.first.columns;
  for (std::int64_t b = 0; b < d.batch; ++b)
    for (std::uint64_t j = 0; j < d.out.columns; ++j)
      for (std::uint64_t i = 0; i < d.out.rows; ++i) {
        double sum = 0;
        for (std::uint64_t k = 0; k < depth; ++k)
          sum += element(first, d.first, flip_first, b, i, k) * element(second, d.second, flip_second, b, k, j);
        double& target = out.at(static_cast<std::size_t>(
            b * d.out.batch_stride + static_cast<std::int64_t>(j) * d.out.leading + static_cast<std::int64_t>(i)));
        target = sum + (d.adds ? target : 0);
      }
}

std::vector<double> counted(std::int64_t n, int from) {
  std::vector<double> data(static_cast<std::size_t>(n));
  for (std::size_t i = 0; i < data.size(); ++i)
    data[i] = static_cast<double>((static_cast<int>(i) * 7 + from) % 11 - 5);
  return data;
}

TEST(CudaGemmLayout, EveryTransposeAndBatchIsTheRowMajorProduct) {
  for (std::uint32_t bits = 0; bits < 8; ++bits) {
    const chipfit_gemm_shape s{3, 4, 5, bits & 4 ? 2 : 1, bits & 1, bits >> 1 & 1};
    for (const std::uint32_t adds : {0u, 1u}) {
      chipfit_problem p = gemm_of(CHIPFIT_F32, CHIPFIT_F32, CHIPFIT_F32, s);
      p.accumulate = adds;
      const auto a = counted(s.batch * 15, 1), b = counted(s.batch * 20, 2), before = counted(s.batch * 12, 3);
      std::vector<double> expected = adds ? before : std::vector<double>(before.size()), got = before;
      naive_gemm(s, a, b, expected);
      as_documented(cuda::describe_gemm(p, kHopper), b, a, got);
      EXPECT_EQ(got, expected) << "transposes and batch " << bits << ", accumulate " << adds;
    }
  }
}

TEST(CudaGemmLayout, LeadingDimensionsAreTheRowsOfTheHarness) {
  const auto d = cuda::describe_gemm(gemm_of(CHIPFIT_F32, CHIPFIT_F32, CHIPFIT_F32, {100, 200, 300, 1, 0, 0}), kHopper);
  EXPECT_EQ(d.first.leading, 200);   // B is 300 × 200
  EXPECT_EQ(d.second.leading, 300);  // A is 100 × 300
  EXPECT_EQ(d.out.leading, 200);     // C is 100 × 200
}

TEST(CudaGemmLayout, MathModesAreSetOneByOne) {
  chipfit_problem p = gemm_of(CHIPFIT_F32, CHIPFIT_F32, CHIPFIT_F32, {8, 8, 8, 1, 0, 0});
  const auto compute = [&](chipfit_math math) {
    p.math = math;
    return cuda::describe_gemm(p, kHopper).compute;
  };
  EXPECT_EQ(compute(CHIPFIT_STRICT), CUBLAS_COMPUTE_32F);
  EXPECT_EQ(compute(CHIPFIT_TF32), CUBLAS_COMPUTE_32F_FAST_TF32);
  EXPECT_EQ(compute(CHIPFIT_RELAXED), CUBLAS_COMPUTE_32F_FAST_TF32);
  EXPECT_EQ(compute(CHIPFIT_MATH_F16), CUBLAS_COMPUTE_32F_FAST_16F);
  EXPECT_EQ(compute(CHIPFIT_MATH_BF16), CUBLAS_COMPUTE_32F_FAST_16BF);
}

TEST(CudaGemmLayout, TypesAndTheTypeOfTheScale) {
  struct Row {
    chipfit_dtype in, acc, out;
    cublasComputeType_t compute;
    cudaDataType scale, stored, written;
  };
  for (const Row& row :
       {Row{CHIPFIT_F64, CHIPFIT_F64, CHIPFIT_F64, CUBLAS_COMPUTE_64F, CUDA_R_64F, CUDA_R_64F, CUDA_R_64F},
        Row{CHIPFIT_F16, CHIPFIT_F32, CHIPFIT_F16, CUBLAS_COMPUTE_32F, CUDA_R_32F, CUDA_R_16F, CUDA_R_16F},
        Row{CHIPFIT_F16, CHIPFIT_F32, CHIPFIT_F32, CUBLAS_COMPUTE_32F, CUDA_R_32F, CUDA_R_16F, CUDA_R_32F},
        Row{CHIPFIT_F16, CHIPFIT_F16, CHIPFIT_F16, CUBLAS_COMPUTE_16F, CUDA_R_16F, CUDA_R_16F, CUDA_R_16F},
        Row{CHIPFIT_BF16, CHIPFIT_F32, CHIPFIT_BF16, CUBLAS_COMPUTE_32F, CUDA_R_32F, CUDA_R_16BF, CUDA_R_16BF},
        Row{CHIPFIT_I8, CHIPFIT_I32, CHIPFIT_I32, CUBLAS_COMPUTE_32I, CUDA_R_32I, CUDA_R_8I, CUDA_R_32I},
        Row{CHIPFIT_E4M3, CHIPFIT_F32, CHIPFIT_BF16, CUBLAS_COMPUTE_32F, CUDA_R_32F, CUDA_R_8F_E4M3, CUDA_R_16BF}}) {
    const auto d = cuda::describe_gemm(gemm_of(row.in, row.acc, row.out, {16, 16, 16, 1, 0, 1}), kHopper);
    EXPECT_EQ(d.compute, row.compute) << row.in;
    EXPECT_EQ(d.scale, row.scale) << row.in;
    EXPECT_EQ(d.first.type, row.stored) << row.in;
    EXPECT_EQ(d.second.type, row.stored) << row.in;
    EXPECT_EQ(d.out.type, row.written) << row.in;
  }
}

TEST(CudaGemmLayout, MixedFp8TypesAreExchangedWithTheirOperands) {
  chipfit_problem p = gemm_of(CHIPFIT_E4M3, CHIPFIT_F32, CHIPFIT_BF16, {16, 16, 16, 1, 0, 1});
  p.dtype_b = CHIPFIT_E5M2;
  const auto d = cuda::describe_gemm(p, kHopper);
  EXPECT_EQ(d.first.type, CUDA_R_8F_E5M2);
  EXPECT_EQ(d.second.type, CUDA_R_8F_E4M3);
}

std::string gemm_refusal(const chipfit_problem& p, int capability) {
  return refusal([&] { cuda::describe_gemm(p, capability); });
}

TEST(CudaGemmLayout, Fp8OnHopperIsStoredAlongKAndNothingElse) {
  for (std::uint32_t bits = 0; bits < 4; ++bits) {
    const auto p = gemm_of(CHIPFIT_E4M3, CHIPFIT_F32, CHIPFIT_BF16, {16, 16, 16, 1, bits & 1, bits >> 1});
    if (bits == 2)
      EXPECT_EQ(gemm_refusal(p, kHopper), "");
    else
      EXPECT_THAT(gemm_refusal(p, kHopper), HasSubstr("stored along k (NT)")) << bits;
    EXPECT_EQ(gemm_refusal(p, kBlackwell), "") << bits;
  }
}

TEST(CudaGemmLayout, RefusalsSayWhy) {
  const chipfit_gemm_shape nt{16, 16, 16, 1, 0, 1};
  EXPECT_THAT(gemm_refusal(gemm_of(CHIPFIT_E5M2, CHIPFIT_F32, CHIPFIT_BF16, nt), kHopper), HasSubstr("e5m2 by e5m2"));
  EXPECT_THAT(gemm_refusal(gemm_of(CHIPFIT_E4M3, CHIPFIT_F32, CHIPFIT_E4M3, nt), kHopper),
              HasSubstr("scale for the output"));
  EXPECT_THAT(gemm_refusal(gemm_of(CHIPFIT_E4M3, CHIPFIT_F32, CHIPFIT_BF16, {16, 16, 24, 1, 0, 1}), kHopper),
              HasSubstr("k is a multiple of 16"));
  EXPECT_THAT(gemm_refusal(gemm_of(CHIPFIT_E4M3, CHIPFIT_F32, CHIPFIT_BF16, nt), kAmpere),
              HasSubstr("this device has 8.0"));
  EXPECT_THAT(gemm_refusal(gemm_of(CHIPFIT_BF16, CHIPFIT_F32, CHIPFIT_BF16, nt), 75), HasSubstr("8.0 or newer"));
  EXPECT_THAT(gemm_refusal(gemm_of(CHIPFIT_U8, CHIPFIT_I32, CHIPFIT_I32, nt), kHopper), HasSubstr("u8·u8 → i32"));
  EXPECT_THAT(gemm_refusal(gemm_of(CHIPFIT_F32, CHIPFIT_F64, CHIPFIT_F32, nt), kHopper),
              HasSubstr("accumulated in f64"));
  EXPECT_THAT(
      gemm_refusal(gemm_of(CHIPFIT_F32, CHIPFIT_F32, CHIPFIT_F32, {1, 1, 1, std::int64_t{1} << 31, 0, 0}), kHopper),
      HasSubstr("2147483647"));
  chipfit_problem mixed = gemm_of(CHIPFIT_F16, CHIPFIT_F32, CHIPFIT_F32, nt);
  mixed.dtype_b = CHIPFIT_BF16;
  EXPECT_THAT(gemm_refusal(mixed, kHopper), HasSubstr("f16·bf16"));
  chipfit_problem mode = gemm_of(CHIPFIT_F16, CHIPFIT_F32, CHIPFIT_F16, nt);
  mode.math = CHIPFIT_TF32;
  EXPECT_THAT(gemm_refusal(mode, kHopper), HasSubstr("math modes are for f32"));
}

}  // namespace
}  // namespace chipfit::test
