// What the native plugin promises beyond every backend's duties.
#include "tests/vendor/abi_problems.hpp"

namespace chipfit::test {
namespace {

TEST(Native, MultipliesEveryTypeWhereBlocksAndRemaindersMeet) {
  const LoadedPlugin plugin(path_of("native"), "threads=2");
  std::mt19937 random(3);
  const std::vector<Types> types = {CHIPFIT_F64, CHIPFIT_F32, CHIPFIT_F16, CHIPFIT_BF16,
                                    bf16_to_f32, CHIPFIT_I8,  CHIPFIT_U8};
  for (const Types& each : types)
    for (std::uint32_t bits = 0; bits < 16; ++bits) {
      std::uniform_int_distribution<int> size(1, 150);
      chipfit_problem p =
          gemm(each, size(random), size(random), size(random), bits & 4 ? 3 : 1, bits & 1, bits >> 1 & 1);
      p.accumulate = bits >> 3 & 1;
      EXPECT_TRUE(is_right(plugin, p, random)) << words(p);
    }
}

TEST(Native, AnOptionThatMeansNothingIsRefused) {
  EXPECT_EQ(LoadedPlugin(path_of("native"), "weights=packed").asks(gemm(CHIPFIT_F32, 4, 4, 4)), CHIPFIT_INTERNAL);
  EXPECT_EQ(LoadedPlugin(path_of("native"), "isa=abacus").asks(gemm(CHIPFIT_F32, 4, 4, 4)), CHIPFIT_UNSUPPORTED);
}

}  // namespace
}  // namespace chipfit::test
