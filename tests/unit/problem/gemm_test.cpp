#include "kernels/problem/gemm.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <string>

#include "kernels/problem/fault.hpp"

namespace chipfit {
namespace {

constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();

// "field: message", or "ok".
std::string fault_of(const GemmProblem& problem) {
  const auto fault = find_fault(problem);
  const auto result = validate(problem);
  EXPECT_EQ(fault.has_value(), !result);
  if (!fault) return "ok";
  EXPECT_EQ(result.error().what, fault->what);
  EXPECT_EQ(result.error().kind, Error::Kind::usage);
  EXPECT_NE(result.error().hint, "");
  return std::string(fault->field) + ": " + fault->what;
}

GemmProblem gemm(std::int64_t m, std::int64_t n, std::int64_t k, std::int64_t batch = 1) {
  return {.m = m, .n = n, .k = k, .batch = batch};
}

TEST(GemmValidate, NamesTheFirstRuleThatIsBroken) {
  EXPECT_EQ(fault_of(gemm(1, 0, 1)), "n: n must be at least 1, not 0");
  EXPECT_EQ(fault_of(gemm(-5, 0, 1)), "m: m must be at least 1, not -5");
  EXPECT_EQ(fault_of(gemm(1, 1, std::numeric_limits<std::int64_t>::min())),
            "k: k must be at least 1, not -9223372036854775808");
  EXPECT_EQ(fault_of(gemm(1, 1, 1, 0)), "batch: batch must be at least 1, not 0");
  EXPECT_EQ(fault_of({}), "m: m must be at least 1, not 0");

  GemmProblem mixed = gemm(1, 1, 1);
  mixed.dtypes.out = Dtype::f64;
  EXPECT_EQ(fault_of(mixed), "dtypes: f32-f32-f64 is not a defined combination of element types");

  GemmProblem tf32 = gemm(1, 1, 1);
  tf32.math = Math::tf32;
  EXPECT_EQ(fault_of(tf32), "ok");
  tf32.dtypes = default_combo(Dtype::bf16).value();
  EXPECT_EQ(fault_of(tf32), "math: math mode tf32 applies to f32 operands, not to bf16");
}

TEST(GemmValidate, RefusesWhatDoesNotFit64Bits) {
  EXPECT_EQ(fault_of(gemm(kMax, kMax, kMax, kMax)), "m: the problem has 2^63 operations or more");
  const std::int64_t two20 = 1 << 20;
  EXPECT_EQ(fault_of(gemm(two20, two20, two20, 2)), "ok");  // 2^62 operations
  EXPECT_EQ(fault_of(gemm(two20, two20, two20, 4)), "m: the problem has 2^63 operations or more");
  EXPECT_EQ(fault_of(gemm(two20, two20, two20, 3)), "ok");  // 3/4 of 2^63
  // One product per element: 2^61 operations, but A alone has 2^63 bytes in f64.
  GemmProblem tall = gemm(std::int64_t{1} << 60, 1, 1);
  tall.dtypes = default_combo(Dtype::f64).value();
  EXPECT_EQ(fault_of(tall), "m: the operands have 2^63 bytes or more");
  // Each operand fits, all of them together do not.
  tall.m = std::int64_t{3} << 57;
  EXPECT_EQ(fault_of(tall), "m: the operands have 2^63 bytes or more");
  tall.m = std::int64_t{1} << 58;  // 2^61 + 2·2^61 + 8 bytes
  EXPECT_EQ(fault_of(tall), "ok");
}

TEST(GemmFlop, CountsAMultiplicationAndAnAdditionForEachProduct) {
  EXPECT_EQ(flop(gemm(16, 1760, 1760)), 2ll * 16 * 1760 * 1760);
  EXPECT_EQ(flop(gemm(3, 5, 7, 11)), 2310);
  EXPECT_EQ(flop(gemm(16896, 16896, 16384)), 9354438770688);  // far beyond 32 bits
}

}  // namespace
}  // namespace chipfit
