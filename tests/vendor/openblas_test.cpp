// What the openblas plugin promises beyond every backend's duties.
#include "tests/vendor/abi_problems.hpp"

namespace chipfit::test {
namespace {

TEST(OpenBlas, UnfoldsImagesThatAreLargerThanItsWorkspacePieceByPiece) {
  // 8 MiB of workspace hold 4 of the 11 output lines of an image.
  const LoadedPlugin plugin(path_of("openblas"), "threads=2");
  std::mt19937 random(1);
  const chipfit_conv_shape f{2, 48, 11, 400, 2, 5, 5, 0, 0, 2, 2, 1, 1, 1, 1, 1};
  for (const std::uint32_t layout : {CHIPFIT_NCHW, CHIPFIT_NHWC})
    for (std::uint32_t op = CHIPFIT_CONV_FWD; op <= CHIPFIT_CONV_BWD_WEIGHTS; ++op)
      EXPECT_TRUE(is_right(plugin, conv(op, CHIPFIT_F32, layout, f), random)) << op << " " << layout;
}

TEST(OpenBlas, NamesTheAlgorithmThatItUses) {
  const LoadedPlugin plugin(path_of("openblas"));
  const auto algorithm = [&](const chipfit_problem& p) { return algorithm_of(plugin, p); };
  EXPECT_EQ(algorithm(gemm(CHIPFIT_F64, 3, 3, 3)), "dgemm");
  chipfit_conv_shape f{1, 4, 5, 5, 4, 3, 3, 0, 0, 1, 1, 1, 1, 1, 1, 1};
  EXPECT_EQ(algorithm(conv(CHIPFIT_CONV_FWD, CHIPFIT_F32, CHIPFIT_NHWC, f)), "im2col+sgemm");
  f.r = f.s = 1, f.pad_h = f.pad_w = 0;
  EXPECT_EQ(algorithm(conv(CHIPFIT_CONV_FWD, CHIPFIT_F32, CHIPFIT_NHWC, f)), "sgemm (1x1)");
  EXPECT_NE(std::string(plugin.table().version).find("OpenBLAS 0."), std::string::npos) << plugin.table().version;
}

TEST(OpenBlas, RefusesExtentsBeyond32Bits) {
  const LoadedPlugin plugin(path_of("openblas"));
  EXPECT_EQ(plugin.asks(gemm(CHIPFIT_F32, std::int64_t{1} << 31, 1, 1)), CHIPFIT_UNSUPPORTED);
}

}  // namespace
}  // namespace chipfit::test
