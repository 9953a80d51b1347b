#include "kernels/oracle/reference.hpp"

#include <gtest/gtest.h>

#include "honest.hpp"

namespace chipfit::oracle {
namespace {

class ReferenceOf : public testing::TestWithParam<const char*> {};

// reference_element follows the definition of the problem; the blocked kernels must agree with it.
TEST_P(ReferenceOf, BlockedKernelAgreesWithTheDefinition) {
  for (const int threads : {1, 3}) {
    Trial t = make_trial(GetParam(), Data::uniform);
    std::fill(t.out.begin(), t.out.end(), '\x7f');
    if (!t.c0.empty()) t.out = t.c0;
    reference(t.problem, t.a[0].data(), t.b[0].data(), t.out.data(), threads);
    for (std::int64_t i = 0; i < t.outputs(); ++i) {
      double expected = reference_element(t.problem, t.a[0].data(), t.b[0].data(), i);
      if (!t.c0.empty()) expected += load(dtypes(t.problem).out, t.c0.data(), i);
      const double u = info(dtypes(t.problem).out).unit_roundoff;
      ASSERT_NEAR(t.get(i), expected, 1.01 * u * std::fabs(expected) + 1e-12) << "element " << i;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Problems, ReferenceOf,
                         testing::Values("gemm:f32:NN:70x130x300", "gemm:f64:NT:5x17x33:b3",
                                         "gemm:f16:TN:65x129x257:acc", "gemm:bf16:TT:33x31x600:b2",
                                         "gemm:i8:NN:9x10x300", "gemm:f32:NN:1x1x1",
                                         "conv_fwd:f32:nchw:n2c6h9w11:k4r3s2:p1x2:s2x1:d1x2:g2",
                                         "conv_fwd:bf16:nhwc:n2c6h9w11:k4r3s2:p1x2:s2x3:d2x1:g2:acc",
                                         "conv_bwd_data:f32:nchw:n2c6h9w11:k4r3s2:p1x2:s2x1:d1x2:g2",
                                         "conv_bwd_data:f64:nhwc:n2c6h9w11:k4r3s2:p1x2:s2x3:d2x1:g2:acc",
                                         "conv_bwd_weights:f32:nchw:n2c6h9w11:k4r3s2:p1x2:s2x1:d1x2:g2",
                                         "conv_bwd_weights:i8:nhwc:n2c6h9w11:k4r3s2:p1x2:s2x3:d2x1:g2:acc",
                                         "conv_fwd:f32:nhwc:n1c8h5w5:k8r1s1:g8"));

TEST(Reference, GemmByHand) {
  const GemmProblem g{.m = 2, .n = 2, .k = 3, .trans_b = Transpose::yes};
  const float a[] = {1, 2, 3, 4, 5, 6}, b[] = {1, 0, -1, 2, 1, 0};
  float c[4] = {};
  reference(g, a, b, c, 1);
  EXPECT_EQ(c[0], -2);
  EXPECT_EQ(c[1], 4);
  EXPECT_EQ(c[2], -2);
  EXPECT_EQ(c[3], 13);
}

TEST(Reference, ConvolutionByHand) {
  // A 3×3 image of 1 … 9 under a 2×2 filter with one row of padding above and below, stride 2 down.
  ConvProblem p{.n = 1, .c = 1, .h = 3, .w = 3, .k = 1, .r = 2, .s = 2, .pad_h = 1, .stride_h = 2};
  const float x[] = {1, 2, 3, 4, 5, 6, 7, 8, 9}, w[] = {1, 10, 100, 1000};
  float y[4] = {};
  ASSERT_EQ(p.p(), 2);
  ASSERT_EQ(p.q(), 2);
  reference(p, x, w, y, 1);
  EXPECT_EQ(y[0], 2100);
  EXPECT_EQ(y[1], 3200);
  EXPECT_EQ(y[2], 4 + 50 + 700 + 8000);
  EXPECT_EQ(y[3], 5 + 60 + 800 + 9000);

  // dW[r][s] = Σ X·dY with dY = 1, 0, 0, 0: the image under the first output.
  const float dy[] = {1, 0, 0, 0};
  float dw[4] = {}, dx[9] = {};
  p.direction = ConvDirection::bwd_weights;
  reference(p, x, dy, dw, 1);
  EXPECT_EQ(dw[0], 0);
  EXPECT_EQ(dw[1], 0);
  EXPECT_EQ(dw[2], 1);
  EXPECT_EQ(dw[3], 2);
  p.direction = ConvDirection::bwd_data;
  reference(p, dy, w, dx, 1);
  EXPECT_EQ(dx[0], 100);
  EXPECT_EQ(dx[1], 1000);
  EXPECT_EQ(dx[3], 0);
}

TEST(Reference, IntegersWrapModulo2To32) {
  const GemmProblem g{
      .m = 1, .n = 1, .k = 1, .dtypes = {Dtype::i8, Dtype::i8, Dtype::i32, Dtype::i32}, .accumulate = Accumulate::add};
  const std::int8_t a = 127, b = 127;
  std::int32_t c = 2'147'483'647;
  reference(g, &a, &b, &c, 1);
  EXPECT_EQ(c, -2'147'483'647 - 1 + 127 * 127 - 1);
}

}  // namespace
}  // namespace chipfit::oracle
