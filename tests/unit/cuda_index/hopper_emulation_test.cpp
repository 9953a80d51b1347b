// The code of the Hopper kernels, run thread by thread on the functional model: the ring of stages and its mbarriers,
// tensor maps, swizzles, wgmma descriptors and fragments, the way of the results.
#include "kernels/cuda/hopper/gemm.hpp"
#include "kernels/cuda/hopper_maps.hpp"
#include "trial.hpp"

namespace chipfit::cuda {
namespace {

template <class Op, Major kA, Major kB, int kN, Source kSource>
void run_kernel(const Trial& t, const HopperLowered& l, std::uint32_t blocks) {
  using Kernel = HopperGemm<Op, kA, kB, kN, kSource>;
  const typename Kernel::Arguments args{l.a, l.b, l.out, l.work};
  for (const TensorMapPlan* map : {&l.a, &l.b}) ASSERT_EQ(rule_broken(*map), nullptr) << rule_broken(*map);
  emulate::Block block;
  t.declare_inputs(block);
  block.run({blocks, Kernel::kThreads, Kernel::shared_bytes, 7}, [&] { Kernel::run(args); });
  if (l.work.schedule.splits > 1)
    block.run({2, 64, 0, 7},
              [&] { reduce_partials<typename Op::Sum>(l.work.out, l.work.partial, l.work.schedule.splits, 64); });
}

/// `blocks`: fewer than tiles, so that a block computes several.
template <class Op, Source kSource = Source::matrix, int kN = 128>
void hopper(const std::string& id, int splits = 1, std::uint32_t blocks = 2, StoreBy expected = StoreBy::threads) {
  SCOPED_TRACE(id);
  Trial t(id);
  Result<HopperLowered> l = lower_for_hopper(t.problem, kN);
  ASSERT_TRUE(l) << l.error().what;
  ASSERT_EQ(l->source, kSource);
  set_data(*l, t.in0, t.in1, t.out);
  const Schedule schedule = Schedule::of(l->m, l->n, l->k_slices, l->batch, 128, kN, splits);
  std::vector<double> workspace(static_cast<std::size_t>(splits > 1 ? schedule.splits * l->batch * l->m * l->n : 0));
  set_schedule(*l, schedule, workspace.data());
  ASSERT_EQ(l->work.store, expected);
  constexpr Major k = Major::k, mn = Major::mn;
  if constexpr (kSource == Source::matrix && Op::element_bytes == 2) {
    if (l->majors.a == k && l->majors.b == mn) run_kernel<Op, k, mn, kN, kSource>(t, *l, blocks);
    if (l->majors.a == mn && l->majors.b == k) run_kernel<Op, mn, k, kN, kSource>(t, *l, blocks);
    if (l->majors.a == mn && l->majors.b == mn) run_kernel<Op, mn, mn, kN, kSource>(t, *l, blocks);
  }
  if (l->majors.a == k && l->majors.b == k) run_kernel<Op, k, k, kN, kSource>(t, *l, blocks);
  t.expect_reference();
}

TEST(EmulatedHopper, Bf16InAllTransposes) {
  for (const char* trans : {"NN", "NT", "TN", "TT"})
    hopper<WgmmaBf16>(std::string("gemm:bf16:") + trans + ":200x136x72", 1, 2, StoreBy::copy_engine);
}
TEST(EmulatedHopper, TileOf256ColumnsAndARingThatTurns) {
  // 7 slices of k in a ring of 4 stages, two tiles one after the other in one block.
  hopper<WgmmaBf16, Source::matrix, 256>("gemm:bf16:NT:136x264x440", 1, 1, StoreBy::copy_engine);
  hopper<WgmmaF16, Source::matrix, 256>("gemm:f16:NN:72x272x136:b2", 1, 1, StoreBy::copy_engine);
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
  hopper<WgmmaE4m3>("gemm:e4m3:NT:131x144x400", 1, 2, StoreBy::copy_engine);
  hopper<WgmmaE4m3, Source::im2col>("conv_fwd:e4m3-f32-f32:nhwc:n2c32h6w5:k33r3s3:p1x1");
}
TEST(EmulatedHopper, SplitSums) {
  hopper<WgmmaBf16>("gemm:bf16:NT:8x72x640:b2:acc", 3);
  hopper<WgmmaI8>("gemm:i8:NT:5x33x1024", 4);
}

TEST(EmulatedHopperConvolution, Im2colByTheCopyEngine) {
  constexpr Source im2col = Source::im2col;
  hopper<WgmmaBf16, im2col>("conv_fwd:bf16:nhwc:n3c72h9w11:k40r3s3:p1x1", 1, 2, StoreBy::copy_engine);
  hopper<WgmmaBf16, im2col>("conv_fwd:bf16:nhwc:n2c16h13w10:k24r3s2:p1x2:s2x3:d1x2", 1, 2, StoreBy::copy_engine);
  hopper<WgmmaBf16, im2col>("conv_fwd:bf16:nhwc:n2c128h7w7:k144r2s2:p1x0:g2", 1, 2, StoreBy::copy_engine);
  hopper<WgmmaF16, im2col>("conv_fwd:f16:nhwc:n1c8h16w16:k7r7s7:p3x3:s2x2");
  hopper<WgmmaI8, im2col>("conv_fwd:i8:nhwc:n2c144h6w5:k130r3s3:p2x2:d2x2", 2);
  hopper<WgmmaTf32, im2col>("conv_fwd:f32:nhwc:n1c36h8w8:k20r1s1:s2x2:tf32");
}

TEST(HopperMaps, SayWhyAProblemIsNotForThem) {
  const auto why = [](const char* id) { return lower_for_hopper(parse_case_id(id).value(), 128).error().what; };
  EXPECT_EQ(why("gemm:bf16:NT:64x64x63"),
            "the copy engine does not take it: a stride is not a multiple of 16 bytes below 2^40");
  EXPECT_EQ(why("gemm:i8:NN:64x64x64"), "wgmma takes operands of this type with k contiguous only (NT)");
  EXPECT_EQ(why("conv_fwd:bf16:nhwc:n1c64h8w8:k64r3s3:g2"), "a group's channels do not fill slices of 128 bytes");
  EXPECT_EQ(why("conv_bwd_data:bf16:nhwc:n1c64h8w8:k64r3s3"), "only fwd goes through im2col of the copy engine");
}

}  // namespace
}  // namespace chipfit::cuda
