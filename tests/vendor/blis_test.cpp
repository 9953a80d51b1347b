// What the blis plugin promises beyond every backend's duties.
#include "tests/vendor/abi_problems.hpp"

namespace chipfit::test {
namespace {

TEST(Blis, MultipliesF32AndF64WithAllTransposes) {
  const LoadedPlugin plugin(path_of("blis"), "threads=2");
  std::mt19937 random(11);
  for (const std::uint32_t dtype : {CHIPFIT_F32, CHIPFIT_F64})
    for (std::uint32_t bits = 0; bits < 16; ++bits) {
      chipfit_problem p = gemm(dtype, 65, 34, 71, bits & 4 ? 2 : 1, bits & 1, bits >> 1 & 1);
      p.accumulate = bits >> 3;
      EXPECT_TRUE(is_right(plugin, p, random)) << words(p);
    }
  EXPECT_EQ(algorithm_of(plugin, gemm(CHIPFIT_F64, 3, 3, 3)), "dgemm");
}

TEST(Blis, RefusesConvolutionsAndNamesItsKernels) {
  const LoadedPlugin plugin(path_of("blis"));
  const chipfit_conv_shape f{1, 4, 5, 5, 4, 3, 3, 0, 0, 1, 1, 1, 1, 1, 1, 1};
  EXPECT_EQ(plugin.asks(conv(CHIPFIT_CONV_FWD, CHIPFIT_F32, CHIPFIT_NHWC, f)), CHIPFIT_UNSUPPORTED);
  EXPECT_EQ(plugin.error(), "BLIS computes GEMM only");
  EXPECT_NE(std::string(plugin.table().version).find("BLIS 0."), std::string::npos) << plugin.table().version;
}

}  // namespace
}  // namespace chipfit::test
