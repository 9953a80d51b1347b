#include "kernels/oracle/samples.hpp"

#include <gtest/gtest.h>

#include "honest.hpp"
#include "kernels/oracle/residual.hpp"

namespace chipfit::oracle {
namespace {

/// 1·1 + 2·1 + 3·1 on a c0 of 10 or on none, so many times.
Trial one_sum(const char* id, int terms, double out) {
  Trial t = make_trial(id, Data::uniform, 1, terms);
  for (int i = 0; i < terms; ++i) {
    for (int j = 0; j < 3; ++j) {
      store(Dtype::f32, t.a[static_cast<std::size_t>(i)].data(), j, j + 1);
      store(Dtype::f32, t.b[static_cast<std::size_t>(i)].data(), j, 1);
    }
  }
  if (!t.c0.empty()) store(Dtype::f32, t.c0.data(), 0, 10);
  t.set(0, out);
  return t;
}

TEST(Samples, OfOneSumAreItsParts) {
  Trial t = one_sum("gemm:f32:NN:1x1x3", 1, 6.5);
  const Sample s = measure_samples(t.claim(), {0}, 1).front();
  EXPECT_EQ(s.value, 6.5);
  EXPECT_EQ(s.expected, 6);
  EXPECT_EQ(s.error, 0.5);
  EXPECT_EQ(s.products, 3);
  EXPECT_EQ(s.size, 6);
  EXPECT_EQ(s.inputs, 1 + 2 + 3 + 3);
  EXPECT_EQ(s.squares, 1 + 4 + 9);
  EXPECT_EQ(s.walk, 1 + 9 + 36) << "1, 3, 6";
  EXPECT_EQ(s.results, 6);
  EXPECT_EQ(s.last_rounding, 0);
}

TEST(Samples, OfASumThatIsAddedToCountTheResultAsOneMorePartialSum) {
  Trial on_c0 = one_sum("gemm:f32:NN:1x1x3:acc", 1, 16);
  const Sample s = measure_samples(on_c0.claim(), {0}, 1).front();
  EXPECT_EQ(s.expected, 16);
  EXPECT_EQ(s.size, 10 + 6);
  EXPECT_EQ(s.walk, 1 + 9 + 36 + 16 * 16);
  EXPECT_EQ(s.results, 16);

  Trial twice = one_sum("gemm:f32:NN:1x1x3", 2, 12);
  const Sample both = measure_samples(twice.claim(), {0}, 1).front();
  EXPECT_EQ(both.expected, 12);
  EXPECT_EQ(both.error, 0);
  EXPECT_EQ(both.products, 6);
  EXPECT_EQ(both.walk, 2 * (1 + 9 + 36) + 6 * 6 + 12 * 12);
  EXPECT_EQ(both.results, 6 + 12);
}

TEST(SampledResiduals, LeaveNoChosenOutputOut) {
  // 15·47 = 11·64 + 1 outputs, all of them within the budget: two threads share chunks of 64, the last has one.
  Trial t = make_trial("conv_fwd:f32:nchw:n1c2h15w47:k1r3s3:p1x1", Data::exact);
  compute(t);
  for (std::int64_t i = 0; i < t.outputs(); ++i) t.set(i, t.get(i) + 1);
  bool all = false;
  const auto wrong = sampled_residuals<double>(t.claim(), std::get<ConvProblem>(t.problem), {1, 2}, 1 << 20, 2, all);
  EXPECT_TRUE(all);
  ASSERT_EQ(wrong.value.size(), 705u);
  for (std::size_t i = 0; i < wrong.value.size(); ++i) {
    ASSERT_EQ(wrong.value[i], 1) << i;
    ASSERT_GE(wrong.products[i], 2 * 2 * 2) << "a corner sees four of nine positions in two channels";
    ASSERT_LE(wrong.products[i], 2 * 9) << i;
  }
}

}  // namespace
}  // namespace chipfit::oracle
