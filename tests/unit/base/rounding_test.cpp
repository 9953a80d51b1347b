#include <gtest/gtest.h>

namespace chipfit {
namespace {

// Statistics and verdicts depend on the processor where a compiler fuses a·b + c: with
// a = 1 + 2⁻³⁰ the square 1 + 2⁻²⁹ + 2⁻⁶⁰ rounds to 1 + 2⁻²⁹, and a fused operation would leave 2⁻⁶⁰.
TEST(Rounding, EveryOperationRoundsByItself) {
  volatile double given = 1 + 0x1p-30;
  const double a = given;
  EXPECT_EQ(a * a - (1 + 0x1p-29), 0.0);
  EXPECT_EQ(__builtin_fma(a, a, -(1 + 0x1p-29)), 0x1p-60);
}

}  // namespace
}  // namespace chipfit
