#include "kernels/base/did_you_mean.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "kernels/base/names.hpp"

namespace chipfit {
namespace {

const std::vector<std::string> kBackends{"reference", "openblas", "simulated"};

TEST(DidYouMean, SaysNothingWhenNothingIsNear) {
  EXPECT_EQ(did_you_mean("cublas_lt", kBackends), "");
  EXPECT_EQ(did_you_mean("", kBackends), "");
  EXPECT_EQ(did_you_mean("openblas", {}), "");
  EXPECT_EQ(did_you_mean("", std::vector<std::string>{""}), "did you mean ''?");
}

TEST(DidYouMean, AcceptsAThirdOfTheLongerWordAndNotMore) {
  const std::vector<std::string> abcdef{"abcdef"};
  EXPECT_EQ(did_you_mean("abcdxy", abcdef), "did you mean 'abcdef'?");  // 2 of 6
  EXPECT_EQ(did_you_mean("abcxyz", abcdef), "");                        // 3 of 6
  EXPECT_EQ(did_you_mean("abcd", abcdef), "did you mean 'abcdef'?");    // 2 insertions
  EXPECT_EQ(did_you_mean("abc", abcdef), "");
  EXPECT_EQ(did_you_mean("f33", std::vector<std::string>{"f64", "f32"}), "did you mean 'f32'?");  // 1 of 3
}

TEST(DidYouMean, CountsAnExchangeOfNeighboursOnceAndIgnoresCase) {
  EXPECT_EQ(did_you_mean("opnebalss", kBackends), "did you mean 'openblas'?");  // two exchanges, one insertion of nine
  EXPECT_EQ(did_you_mean("ba", std::vector<std::string>{"ab"}), "");            // 1 of 2 is more than a third
  EXPECT_EQ(did_you_mean("bac", std::vector<std::string>{"abc"}), "did you mean 'abc'?");
  EXPECT_EQ(did_you_mean("OpenBLAS", kBackends), "did you mean 'openblas'?");
}

TEST(DidYouMean, TakesTheNearestAndTheFirstOfEquals) {
  EXPECT_EQ(did_you_mean("squares", std::vector<std::string>{"squarest", "square", "squared"}),
            "did you mean 'squarest'?");
  EXPECT_EQ(did_you_mean("conv_fwd", std::vector<std::string>{"conv_bwd", "conv_fwd"}), "did you mean 'conv_fwd'?");
}

TEST(DidYouMean, IsNotSlowedByAWordOfMegabytes) {
  EXPECT_EQ(did_you_mean(std::string(4 << 20, 'x'), kBackends), "");
}

TEST(FindName, ReturnsTheIndexOrSaysWhatTheWordIsNot) {
  EXPECT_EQ(find_name("openblas", "a backend", kBackends).value(), 1u);

  const auto near = find_name("openblass", "a backend", kBackends);
  ASSERT_FALSE(near);
  EXPECT_EQ(near.error().kind, Error::Kind::usage);
  EXPECT_EQ(near.error().what, "'openblass' is not a backend");
  EXPECT_EQ(near.error().hint, "did you mean 'openblas'?");

  const auto far = find_name("cuda", "a backend", kBackends);
  ASSERT_FALSE(far);
  EXPECT_EQ(far.error().hint, "known: reference, openblas, simulated");
}

}  // namespace
}  // namespace chipfit
