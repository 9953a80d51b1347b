// The code of the Hopper kernels, run thread by thread on the functional model: the ring of stages and its mbarriers,
// tensor maps, swizzles, wgmma descriptors and fragments, the way of the results.
#include "kernels/cuda/hopper/gemm.hpp"
#include "kernels/cuda/hopper_maps.hpp"
#include "trial.hpp"

namespace chipfit::cuda {
namespace {

template <class Op, Major kA, Major kB, class Tile, Source kSource>
void run_kernel(const Trial& t, const HopperLowered& l, std::uint32_t blocks) {
  using Kernel = HopperGemm<Op, kA, kB, Tile, kSource>;
  const typename Kernel::Arguments args{l.a, l.b, l.out, l.work};
  for (const TensorMapPlan* map : {&l.a, &l.b}) ASSERT_EQ(rule_broken(*map), nullptr) << rule_broken(*map);
  emulate::Block block;
  t.declare_inputs(block);
  block.run({blocks, Kernel::kThreads, Kernel::shared_bytes, 7, Tile::cluster}, [&] { Kernel::run(args); });
  if (l.work.schedule.splits > 1)
    block.run({2, 64, 0, 7},
              [&] { reduce_partials<typename Op::Sum>(l.work.out, l.work.partial, l.work.schedule.splits, 64); });
}

template <TileKind kind>
struct TileOf {
  using type = SquareTile;
};
template <>
struct TileOf<TileKind::wide> {
  using type = WideTile;
};
template <>
struct TileOf<TileKind::ping_pong> {
  using type = PingPongTile;
};
template <>
struct TileOf<TileKind::flat> {
  using type = FlatTile;
};
template <>
struct TileOf<TileKind::wide_pair> {
  using type = WidePairTile;
};

/// `blocks`: fewer than tiles, so that a block computes several.
template <class Op, Source kSource = Source::matrix, TileKind kKind = TileKind::square>
void hopper(const std::string& id, int splits = 1, std::uint32_t blocks = 2, StoreBy expected = StoreBy::threads) {
  SCOPED_TRACE(id);
  using Tile = typename TileOf<kKind>::type;
  constexpr TileFacts facts = facts_of(kKind);
  static_assert(facts.m == Tile::m && facts.n == Tile::n && facts.cluster == Tile::cluster);
  Trial t(id);
  Result<HopperLowered> l = lower_for_hopper(t.problem, kKind);
  ASSERT_TRUE(l) << l.error().what;
  ASSERT_EQ(l->source, kSource);
  set_data(*l, t.in0, t.in1, t.out);
  const Schedule schedule = Schedule::of(l->m, l->n, l->k_slices, l->batch, facts.m * facts.cluster, facts.n, splits);
  std::vector<double> workspace(static_cast<std::size_t>(splits > 1 ? schedule.splits * l->batch * l->m * l->n : 0));
  set_schedule(*l, schedule, workspace.data());
  ASSERT_EQ(l->work.store, expected);
  constexpr Major k = Major::k, mn = Major::mn;
  const auto is = [&](Major a, Major b) { return l->majors.a == a && l->majors.b == b; };
  if constexpr (kSource == Source::gradient) {
    ASSERT_TRUE(is(k, mn));
    run_kernel<Op, k, mn, Tile, kSource>(t, *l, blocks);
  } else if constexpr (kSource == Source::weights) {
    ASSERT_TRUE(is(mn, mn));
    run_kernel<Op, mn, mn, Tile, kSource>(t, *l, blocks);
  } else {
    if constexpr (kSource == Source::matrix && Op::element_bytes == 2) {
      if (is(k, mn)) run_kernel<Op, k, mn, Tile, kSource>(t, *l, blocks);
      if (is(mn, k)) run_kernel<Op, mn, k, Tile, kSource>(t, *l, blocks);
      if (is(mn, mn)) run_kernel<Op, mn, mn, Tile, kSource>(t, *l, blocks);
    }
    if (is(k, k)) run_kernel<Op, k, k, Tile, kSource>(t, *l, blocks);
  }
  t.expect_reference();
}

constexpr Source matrix = Source::matrix, im2col = Source::im2col, gradient = Source::gradient,
                 weights = Source::weights;
constexpr StoreBy engine = StoreBy::copy_engine;

TEST(EmulatedHopper, Bf16InAllTransposes) {
  for (const char* trans : {"NN", "NT", "TN", "TT"})
    hopper<WgmmaBf16>(std::string("gemm:bf16:") + trans + ":200x136x72", 1, 2, engine);
}
TEST(EmulatedHopper, TileOf256ColumnsAndARingThatTurns) {
  // 7 slices of k in a ring of 4 stages, two tiles one after the other in one block.
  hopper<WgmmaBf16, matrix, TileKind::wide>("gemm:bf16:NT:136x264x440", 1, 1, engine);
  hopper<WgmmaF16, matrix, TileKind::wide>("gemm:f16:NN:72x272x136:b2", 1, 1, engine);
}
TEST(EmulatedHopper, PingPongGivesEachWarpgroupEverySecondTile) {
  // Five tiles of one block; seven slices each in a ring of six stages, so that skipped tiles turn the ring too.
  hopper<WgmmaBf16, matrix, TileKind::ping_pong>("gemm:bf16:NT:136x272x440", 1, 1, engine);
  hopper<WgmmaF16, matrix, TileKind::ping_pong>("gemm:f16-f32-f32:NN:131x264x72", 1, 1);
  hopper<WgmmaI8, matrix, TileKind::ping_pong>("gemm:i8:NT:40x50x1024", 3, 2);
}
TEST(EmulatedHopper, FlatTilesShareTheirColumns) {
  hopper<WgmmaBf16, matrix, TileKind::flat>("gemm:bf16:NT:16x520x200", 1, 2, engine);
  hopper<WgmmaBf16, matrix, TileKind::flat>("gemm:bf16:NN:70x264x72", 1, 1, engine);
  hopper<WgmmaE4m3, matrix, TileKind::flat>("gemm:e4m3:NT:33x144x400:acc", 1, 1);
}
TEST(EmulatedHopper, PairsOfBlocksBringTheirColumnsForEachOther) {
  // Three tiles of rows: the last pair has one block without rows.
  hopper<WgmmaBf16, matrix, TileKind::wide_pair>("gemm:bf16:NT:300x264x440", 1, 2, engine);
  hopper<WgmmaF16, matrix, TileKind::wide_pair>("gemm:f16:NN:136x272x136:b2", 1, 4, engine);
  hopper<WgmmaTf32, matrix, TileKind::wide_pair>("gemm:f32:NT:131x137x300:tf32", 3, 2);
  hopper<WgmmaBf16, im2col, TileKind::wide_pair>("conv_fwd:bf16:nhwc:n3c72h9w11:k264r3s3:p1x1", 1, 2, engine);
}
TEST(EmulatedHopper, RowsOfResultsThatTheCopyEngineCannotAddressAreStoredByThreads) {
  hopper<WgmmaBf16>("gemm:bf16:NT:67x131x64");
  hopper<WgmmaBf16>("gemm:bf16:NT:64x136x64:acc");
  hopper<WgmmaF16>("gemm:f16-f32-f32:NT:64x136x64");
}
TEST(EmulatedHopper, OtherTypesWithKContiguous) {
  hopper<WgmmaTf32>("gemm:f32:NT:131x137x76:tf32");
  hopper<WgmmaI8>("gemm:i8:NT:131x137x272:b2");
}
TEST(EmulatedHopper, Fp8SumsThatArePromoted) {
  hopper<WgmmaE4m3>("gemm:e4m3:NT:131x144x400", 1, 2, engine);
  hopper<WgmmaE4m3, im2col>("conv_fwd:e4m3-f32-f32:nhwc:n2c32h6w5:k33r3s3:p1x1");
  hopper<WgmmaE5m2>("gemm:e5m2:NT:70x48x272", 1, 2, engine);
  hopper<WgmmaE4m3E5m2>("gemm:e4m3+e5m2-f32-bf16:NT:70x48x272", 1, 2, engine);
  hopper<WgmmaE5m2E4m3>("gemm:e5m2+e4m3-f32-f32:NT:70x50x144");
}
TEST(EmulatedHopper, SplitSums) {
  hopper<WgmmaBf16>("gemm:bf16:NT:8x72x640:b2:acc", 3);
  hopper<WgmmaI8>("gemm:i8:NT:5x33x1024", 4);
  hopper<WgmmaBf16, matrix, TileKind::flat>("gemm:bf16:NT:8x72x640", 3);
}

TEST(EmulatedHopperConvolution, Im2colByTheCopyEngine) {
  hopper<WgmmaBf16, im2col>("conv_fwd:bf16:nhwc:n3c72h9w11:k40r3s3:p1x1", 1, 2, engine);
  hopper<WgmmaBf16, im2col>("conv_fwd:bf16:nhwc:n2c16h13w10:k24r3s2:p1x2:s2x3:d1x2", 1, 2, engine);
  hopper<WgmmaBf16, im2col>("conv_fwd:bf16:nhwc:n2c128h7w7:k144r2s2:p1x0:g2", 1, 2, engine);
  hopper<WgmmaF16, im2col>("conv_fwd:f16:nhwc:n1c8h16w16:k7r7s7:p3x3:s2x2");
  hopper<WgmmaI8, im2col>("conv_fwd:i8:nhwc:n2c144h6w5:k130r3s3:p2x2:d2x2", 2);
  hopper<WgmmaTf32, im2col>("conv_fwd:f32:nhwc:n1c36h8w8:k20r1s1:s2x2:tf32");
  hopper<WgmmaBf16, im2col, TileKind::wide>("conv_fwd:bf16:nhwc:n2c72h9w8:k264r3s3:p1x1", 1, 2, engine);
}
TEST(EmulatedHopperConvolution, TheImagesGradientWalksOverTheOutputsWithTurnedFilters) {
  hopper<WgmmaBf16, gradient>("conv_bwd_data:bf16:nhwc:n3c40h9w11:k72r3s3:p1x1", 1, 2, engine);
  hopper<WgmmaBf16, gradient>("conv_bwd_data:bf16:nhwc:n2c24h13w10:k16r3s2:p0x2:d1x2", 1, 2, engine);
  hopper<WgmmaF16, gradient>("conv_bwd_data:f16:nhwc:n2c144h7w7:k128r2s2:p1x0:g2", 1, 2, engine);
  hopper<WgmmaBf16, gradient>("conv_bwd_data:bf16-f32-f32:nhwc:n1c8h6w7:k136r1s1:acc", 2);
  hopper<WgmmaBf16, gradient, TileKind::wide>("conv_bwd_data:bf16:nhwc:n2c264h5w6:k72r3s3:p1x1", 1, 2, engine);
}
TEST(EmulatedHopperConvolution, TheFiltersGradientHasOneProductForEachTap) {
  hopper<WgmmaBf16, weights>("conv_bwd_weights:bf16:nhwc:n3c40h9w11:k72r3s3:p1x1", 1, 2, engine);
  hopper<WgmmaBf16, weights>("conv_bwd_weights:bf16:nhwc:n2c136h13w10:k16r3s2:p1x2:s2x3:d1x2", 1, 2, engine);
  hopper<WgmmaF16, weights>("conv_bwd_weights:f16-f32-f32:nhwc:n2c8h12w12:k136r2s2:acc", 3);
  hopper<WgmmaBf16, weights, TileKind::wide>("conv_bwd_weights:bf16:nhwc:n1c264h6w6:k8r1s1:s2x2", 1, 2, engine);
}

TEST(HopperMaps, SayWhyAProblemIsNotForThem) {
  const auto why = [](const char* id) {
    return lower_for_hopper(parse_case_id(id).value(), TileKind::square).error().what;
  };
  EXPECT_EQ(why("gemm:bf16:NT:64x64x63"),
            "the copy engine does not take it: a stride is not a multiple of 16 bytes below 2^40");
  EXPECT_EQ(why("gemm:i8:NN:64x64x64"), "wgmma takes operands of this type with k contiguous only (NT)");
  EXPECT_EQ(why("conv_fwd:bf16:nhwc:n1c64h8w8:k64r3s3:g2"), "a group's channels do not fill slices of 128 bytes");
  EXPECT_EQ(why("conv_bwd_data:bf16:nhwc:n1c64h8w8:k64r3s3:s2x2"), "a gradient with strides is no walk over dY");
  EXPECT_EQ(why("conv_bwd_data:i8:nhwc:n1c64h8w8:k64r3s3"), "gradients have Hopper kernels for 16-bit types only");
  EXPECT_EQ(why("conv_bwd_weights:bf16:nhwc:n1c64h8w8:k64r3s3:g2"),
            "the filters' gradient of groups has no Hopper kernel");
}

TEST(HopperMaps, AProblemWithoutAKernelOfATileIsRefused) {
  EXPECT_FALSE(lower_for_hopper(parse_case_id("gemm:bf16:TN:256x256x256").value(), TileKind::wide_pair));
  EXPECT_FALSE(lower_for_hopper(parse_case_id("gemm:e4m3:NT:256x256x256").value(), TileKind::wide));
  EXPECT_TRUE(lower_for_hopper(parse_case_id("gemm:bf16:TN:256x256x256").value(), TileKind::wide));
}

}  // namespace
}  // namespace chipfit::cuda
