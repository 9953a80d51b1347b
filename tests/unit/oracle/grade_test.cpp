#include "kernels/oracle/grade.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "kernels/problem/case_id.hpp"

namespace chipfit::oracle {
namespace {

Problem problem(const char* id) {
  return *parse_case_id(id);
}

/// Rows of a result with normal errors of grade `e` in a problem with K = 128.
GradeInput normal_rows(const char* id, double e, std::size_t rows, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::normal_distribution<double> normal;
  GradeInput in{.problem = problem(id), .block = 1024, .power = 1.0 / 9, .residual = {}, .products = {}};
  in.products.assign(rows, 128.0 * 1024);
  for (std::size_t i = 0; i < rows; ++i) {
    in.residual.push_back(normal(random) * e * 0x1p-24 * std::sqrt(in.power * in.products[i]));
  }
  return in;
}

TEST(Grade, NanIsNeverOk) {
  GradeInput in = normal_rows("gemm:f32:NN:64x1024x128", 10, 64, 1);
  for (double& row : in.residual) row = std::nan("");
  EXPECT_NE(grade(in).finding, Finding::ok);
}

TEST(Grade, MeasuresTheStandardDeviationOfTheRows) {
  const Report report = grade(normal_rows("gemm:f32:NN:4096x1024x128", 20, 4096, 1));
  EXPECT_EQ(report.finding, Finding::ok);
  EXPECT_NEAR(report.e, 20, 2);
  EXPECT_EQ(report.family, "f32");
  EXPECT_NEAR(report.row_max_over_median, 5.5, 1.5);
}

TEST(Grade, OneRowThatStandsOutIsSparseUnlessRowsAreTooFewToTell) {
  GradeInput in = normal_rows("gemm:f32:NN:1000x1024x128", 20, 1000, 1);
  in.residual[17] = 300 * 0x1p-24 * std::sqrt(in.power * in.products[0]);
  EXPECT_EQ(grade(in).finding, Finding::sparse_error);
  in = normal_rows("gemm:f32:NN:2x1024x128", 20, 2, 1);
  EXPECT_EQ(grade(in).finding, Finding::ok);
  in.residual[0] = 1e5 * 0x1p-24 * std::sqrt(in.power * in.products[0]);
  EXPECT_NE(grade(in).finding, Finding::ok);
}

TEST(Grade, NoFalseAlarmFromFewRows) {
  // The rounding of a bf16 result, as few as one row of it.
  for (std::uint64_t seed = 0; seed < 20'000; ++seed) {
    const std::size_t rows = 1 + seed % 40;
    const Report report = grade(normal_rows("gemm:bf16:NN:40x1024x128", 27'800, rows, seed));
    ASSERT_EQ(report.finding, Finding::ok) << rows << " rows: " << report.reason;
  }
}

TEST(Grade, RowsOnPaddingOnlyMustBeZeroButDoNotCount) {
  GradeInput in = normal_rows("gemm:f32:NN:1000x1024x128", 20, 1000, 1);
  for (std::size_t i = 0; i < 900; ++i) in.residual[i] = in.products[i] = 0;
  EXPECT_NEAR(grade(in).e, 20, 6);
  in.residual[5] = 1;
  EXPECT_NE(grade(in).finding, Finding::ok);
}

TEST(GradeLimit, FollowsTheTable) {
  EXPECT_EQ(grade_limit(problem("gemm:f32:NN:64x64x128"), 1), 400);
  EXPECT_EQ(grade_limit(problem("gemm:f64:NN:64x64x16384"), 1), 400);
  EXPECT_EQ(grade_limit(problem("gemm:f32:NN:64x64x65536"), 1), 800);
  EXPECT_EQ(grade_limit(problem("gemm:f32:NN:64x64x16384:acc"), 4), 800);
  EXPECT_EQ(grade_limit(problem("gemm:f32:NN:64x64x128:tf32"), 1), 2e4);
  EXPECT_EQ(grade_limit(problem("gemm:f32:NN:64x64x128:relaxed"), 1), 2e5);
  EXPECT_EQ(grade_limit(problem("gemm:i8:NN:64x64x128"), 1), 0);
  EXPECT_EQ(grade_limit(problem("gemm:bf16-f32-f32:NN:64x64x128"), 1), 400);
  EXPECT_NEAR(grade_limit(problem("gemm:f16:NN:64x64x128"), 1), 1.5 * std::hypot(400, 0.42 * 0x1p13), 1e-6);
  EXPECT_NEAR(grade_limit(problem("gemm:bf16:NN:64x64x128"), 1), 1.5 * std::hypot(400, 0.42 * 0x1p16), 1e-6);
  // √n for n accumulated terms.
  EXPECT_NEAR(
      grade_limit(problem("gemm:bf16:NN:64x64x512:acc"), 64) / grade_limit(problem("gemm:bf16:NN:64x64x512:acc"), 16),
      2, 0.1);
}

TEST(Family, FollowsTheTable) {
  const Problem f32 = problem("gemm:f32:NN:64x64x128"), f64 = problem("gemm:f64:NN:64x64x128");
  EXPECT_EQ(family_of(f32, 0), "exact");
  EXPECT_EQ(family_of(f32, 20), "f32");
  EXPECT_EQ(family_of(f32, 4300), "tf32/f16");
  EXPECT_EQ(family_of(f32, 3.4e4), "bf16");
  EXPECT_EQ(family_of(f32, 5.6e5), "fp8");
  EXPECT_EQ(family_of(f32, 1.6e7), "wrong");
  EXPECT_EQ(family_of(f64, 20), "f64");
  EXPECT_EQ(family_of(f64, 20 * 0x1p29), "f32");
}

TEST(MedianFactors, CloseInOnOneFromBothSides) {
  double upper = 100, lower = 0;
  for (const std::int64_t rows : {1, 3, 10, 100, 1000, 100'000}) {
    EXPECT_LT(median_factor_upper(rows), upper) << rows;
    EXPECT_GT(median_factor_lower(rows), lower) << rows;
    upper = median_factor_upper(rows);
    lower = median_factor_lower(rows);
  }
  EXPECT_NEAR(median_factor_upper(1), 9.59, 0.01);  // 6.467, the two-sided 10^-10 quantile, over 0.6745
  EXPECT_NEAR(upper, 1, 0.05);
  EXPECT_NEAR(lower, 1, 0.05);
}

}  // namespace
}  // namespace chipfit::oracle
