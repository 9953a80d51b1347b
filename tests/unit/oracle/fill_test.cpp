#include "kernels/oracle/fill.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <set>
#include <vector>

#include "kernels/oracle/products.hpp"
#include "kernels/problem/case_id.hpp"
#include "kernels/problem/convert.hpp"

namespace chipfit::oracle {
namespace {

std::vector<double> values(Dtype dtype, const std::vector<char>& bytes) {
  std::vector<double> out(bytes.size() / static_cast<std::size_t>(info(dtype).bytes));
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = load(dtype, bytes.data(), static_cast<std::int64_t>(i));
  return out;
}

TEST(Seeds, DerivedSeedsDifferFromEachOtherAndFromTheirParent) {
  const Seed parent{1, 2};
  std::set<std::uint64_t> seen{parent.lo};
  for (std::uint64_t tag = 0; tag < 1000; ++tag) EXPECT_TRUE(seen.insert(parent.derive(tag).lo).second);
  EXPECT_NE(secret_seed().lo, secret_seed().lo);
}

class FillEveryType : public testing::TestWithParam<Dtype> {};

TEST_P(FillEveryType, UniformHasTheStatedRangeMeanAndSigma) {
  const std::int64_t n = 100'000;
  std::vector<char> bytes(static_cast<std::size_t>(n * info(GetParam()).bytes));
  fill_uniform(GetParam(), bytes.data(), n, {3, 4});
  const DtypeInfo& type = info(GetParam());
  const double range = type.is_unsigned ? 255 : type.is_integer ? 127 : 1, sigma = uniform_sigma(GetParam());
  const double mean = type.is_unsigned ? 127.5 : 0;
  double sum = 0, squares = 0;
  int zeros = 0;
  for (const double x : values(GetParam(), bytes)) {
    ASSERT_LE(std::fabs(x), range);
    sum += x;
    squares += (x - mean) * (x - mean);
    zeros += x == 0 ? 1 : 0;
  }
  EXPECT_NEAR(sum / static_cast<double>(n), mean, 5 * sigma / std::sqrt(static_cast<double>(n)));
  EXPECT_NEAR(std::sqrt(squares / static_cast<double>(n)), sigma, 0.01 * sigma);
  EXPECT_LT(zeros, n / 100);
}

TEST_P(FillEveryType, ElementIsAFunctionOfSeedAndIndexOnly) {
  const auto size = static_cast<std::size_t>(info(GetParam()).bytes);
  std::vector<char> whole(10'000 * size), part(5000 * size), other(10'000 * size);
  fill_uniform(GetParam(), whole.data(), 10'000, {3, 4});
  fill_uniform(GetParam(), part.data(), 5000, {3, 4});
  fill_uniform(GetParam(), other.data(), 10'000, {3, 5});
  EXPECT_TRUE(std::equal(part.begin(), part.end(), whole.begin()));
  EXPECT_NE(whole, other);
}

TEST_P(FillEveryType, UniformUsesTheWholeSignificand) {
  if (info(GetParam()).is_integer) return;
  // Half of the values would be unchanged by dropping the last bit, not all.
  std::vector<char> bytes(static_cast<std::size_t>(1000 * info(GetParam()).bytes));
  fill_uniform(GetParam(), bytes.data(), 1000, {3, 4});
  int odd = 0;
  for (const double x : values(GetParam(), bytes)) {
    int exponent = 0;
    const double integer = std::ldexp(std::frexp(x, &exponent), info(GetParam()).significand_bits);
    odd += std::fmod(std::fabs(integer), 2) == 1 ? 1 : 0;
  }
  EXPECT_NEAR(odd, 500, 100);
}

TEST_P(FillEveryType, ExactHonoursMagnitudeAndDensity) {
  const std::int64_t n = 100'000, magnitude = 5;
  std::vector<char> bytes(static_cast<std::size_t>(n * info(GetParam()).bytes));
  fill_exact(GetParam(), bytes.data(), n, {magnitude, 0.25}, {5, 6});
  std::vector<int> count(2 * magnitude + 1);
  for (const double x : values(GetParam(), bytes)) {
    ASSERT_EQ(x, std::nearbyint(x));
    ASSERT_LE(std::fabs(x), magnitude);
    ++count[static_cast<std::size_t>(x + magnitude)];
  }
  EXPECT_NEAR(count[magnitude], 75'000, 700);
  const bool one_sided = info(GetParam()).is_unsigned;
  for (int v = 0; v <= 2 * magnitude; ++v) {
    if (v == magnitude) continue;
    const double expected = !one_sided ? 2500 : v > magnitude ? 5000 : 0;
    EXPECT_NEAR(count[static_cast<std::size_t>(v)], expected, expected / 10) << v - magnitude;
  }
}

TEST_P(FillEveryType, ExactWithFullDensityHasNoZeroAndWithNoneOrNoMagnitudeOnlyZeros) {
  std::vector<char> bytes(static_cast<std::size_t>(1000 * info(GetParam()).bytes));
  fill_exact(GetParam(), bytes.data(), 1000, {3, 1}, {5, 6});
  for (const double x : values(GetParam(), bytes)) ASSERT_NE(x, 0);
  fill_exact(GetParam(), bytes.data(), 1000, {3, 0}, {5, 6});
  for (const double x : values(GetParam(), bytes)) ASSERT_EQ(x, 0);
  fill_exact(GetParam(), bytes.data(), 1000, {0, 1}, {5, 6});
  for (const double x : values(GetParam(), bytes)) ASSERT_EQ(x, 0);
}

TEST_P(FillEveryType, PoisonIsNanWhereTheTypeHasItAndCountsToTheByte) {
  const std::int64_t bytes = 65'537;  // guard bytes behind the last element
  std::vector<char> data(static_cast<std::size_t>(bytes) + 8, 'x');
  fill_poison(GetParam(), data.data(), bytes, {7, 8});
  EXPECT_EQ(data[static_cast<std::size_t>(bytes)], 'x');
  EXPECT_EQ(count_poison(GetParam(), data.data(), bytes, {7, 8}), bytes);
  if (!info(GetParam()).is_integer) {
    for (std::int64_t i = 0; i < bytes / info(GetParam()).bytes; ++i) {
      ASSERT_TRUE(std::isnan(load(GetParam(), data.data(), i))) << i;
    }
  }
  data[10'000] = static_cast<char>(data[10'000] ^ 1);
  EXPECT_EQ(count_poison(GetParam(), data.data(), bytes, {7, 8}), bytes - 1);
  EXPECT_LT(count_poison(GetParam(), data.data(), bytes, {7, 9}), bytes * 3 / 4);
}

INSTANTIATE_TEST_SUITE_P(Types, FillEveryType, testing::ValuesIn([] {
                           std::vector<Dtype> types;
                           for (const DtypeInfo& type : all_dtypes()) types.push_back(type.id);
                           return types;
                         }()),
                         [](const auto& each) { return std::string(chipfit::info(each.param).name); });

TEST(ExactPlan, WideSumsAreBoundedWithCertainty) {
  for (const char* combo : {"f64", "f32", "f16-f32-f32", "bf16-f32-f32", "i8", "u8"}) {
    for (const char* k : {"1", "7", "512", "2048", "100000", "3000000"}) {
      for (const char* add : {"", ":acc"}) {
        const Problem problem = *parse_case_id("gemm:" + std::string(combo) + ":NN:8x8x" + k + add);
        const ExactPlan plan = exact_plan(problem);
        const DtypeCombo& types = dtypes(problem);
        const double terms = *add != '\0' ? 16 : 1;
        if (plan.in[0].density < 1) {
          EXPECT_GE(terms * std::stod(k), 0x1p24) << combo << k;  // longer than the accumulator has integers
          continue;
        }
        const double largest = static_cast<double>(plan.in[0].magnitude * plan.in[1].magnitude) * std::stod(k) * terms +
                               static_cast<double>(plan.magnitude_c0);
        EXPECT_LE(largest, types.acc == Dtype::f64 ? 0x1p53 : types.acc == Dtype::f32 ? 0x1p24 : 0x1p31 - 1);
        EXPECT_GE(plan.in[0].magnitude, 1);
        EXPECT_GE(plan.in[1].magnitude, 1);
        EXPECT_LE(plan.in[0].magnitude, types.a == Dtype::u8 ? 255 : types.a == Dtype::i8 ? 127 : 1 << 30);
        EXPECT_LE(plan.in[0].magnitude, types.a == Dtype::bf16 ? 256 : types.a == Dtype::f16 ? 2048 : 1 << 30);
      }
    }
  }
}

TEST(ExactPlan, KeepsNarrowSumsInsideTheOutputsIntegers) {
  // Sums of the plan's products with the bound's full length, far more of them than a suite has rows.
  for (const char* combo : {"f16", "bf16", "e4m3", "e4m3-f32-f32", "e5m2+e4m3-f32-f32"}) {
    for (const std::int64_t k : {std::int64_t{100}, std::int64_t{2048}, std::int64_t{20'000}}) {
      const Problem problem = *parse_case_id("gemm:" + std::string(combo) + ":NN:8x8x" + std::to_string(k));
      const ExactPlan plan = exact_plan(problem);
      // 2^12 for fp8 with wide outputs: Hopper keeps 14 bits of such a sum, two are left to spare.
      const double limit = std::ldexp(1.0, std::min(12, info(dtypes(problem).out).significand_bits));
      const std::int64_t sums = 2'000'000 / k;
      std::vector<float> a(static_cast<std::size_t>(sums * k)), b(a.size());
      fill_exact(Dtype::f32, a.data(), sums * k, plan.in[0], {1, 2});
      fill_exact(Dtype::f32, b.data(), sums * k, plan.in[1], {1, 3});
      double largest = 0, non_zero = 0;
      for (std::int64_t i = 0; i < sums; ++i) {
        double sum = 0;
        for (std::int64_t j = i * k; j < (i + 1) * k; ++j) {
          const double product = double{a[static_cast<std::size_t>(j)]} * double{b[static_cast<std::size_t>(j)]};
          non_zero += product != 0 ? 1 : 0;
          sum += product;
          largest = std::max(largest, std::fabs(sum));
        }
      }
      EXPECT_LE(largest, limit) << combo << k;
      EXPECT_GE(non_zero / static_cast<double>(sums), 90) << combo << k << ": too sparse to see a fault";
    }
  }
}

TEST(ExactPlan, UsesTheIntegersThatFp8Holds) {
  const auto plan = [](const char* id) { return exact_plan(*parse_case_id(id)); };
  EXPECT_EQ(plan("gemm:e4m3-f32-f32:NN:8x8x4").in[0].magnitude, 16);  // 4 significand bits
  EXPECT_EQ(plan("gemm:e5m2-f32-f32:NN:8x8x4").in[0].magnitude, 8);   // 3
  EXPECT_EQ(plan("gemm:e5m2+e4m3-f32-f32:NN:8x8x4").in[0].magnitude, 8);
  EXPECT_EQ(plan("gemm:e5m2+e4m3-f32-f32:NN:8x8x4").in[1].magnitude, 16);
  EXPECT_GE(plan("gemm:e4m3-f32-f32:NN:8x8x512").in[0].magnitude, 5);
}

TEST(ExactPlan, LeavesNoBitForARelaxedModeToLose) {
  const auto largest = [](const char* math) {
    return exact_plan(*parse_case_id(std::string("gemm:f32:NN:8x8x64") + math)).in[0].magnitude;
  };
  EXPECT_GT(largest(""), 1 << 11);
  EXPECT_LE(largest(":tf32"), 1 << 11);
  EXPECT_LE(largest(":bf16"), 1 << 8);
  EXPECT_LE(largest(":relaxed"), 1 << 8);
}

}  // namespace
}  // namespace chipfit::oracle
