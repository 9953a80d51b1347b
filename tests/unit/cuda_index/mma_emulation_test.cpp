// The code of the kernels for compute capability 8.0, run thread by thread on the functional model.
#include "kernels/cuda/lower.hpp"
#include "kernels/cuda/mma/gemm.hpp"
#include "kernels/cuda/simt/gemm.hpp"
#include "trial.hpp"

namespace chipfit::cuda {
namespace {

template <class Kernel, class Arguments>
void run_kernel(const Trial& t, const Arguments& args, std::uint64_t seed) {
  using Sum = typename Kernel::Sum;
  emulate::Block block;
  t.declare_inputs(block);
  block.run({static_cast<std::uint32_t>(args.schedule.total()), Kernel::kThreads, Kernel::shared_bytes, seed},
            [&] { Kernel::run(args); });
  if (args.schedule.splits > 1)
    block.run({3, 64, 0, seed}, [&] { reduce_partials<Sum>(args.out, args.partial, args.schedule.splits, 64); });
}

/// `kernel(args, majors)` runs one kernel on lowered arguments.
template <class Run>
void check(const std::string& id, Majors majors, int k_tile, int splits, Run kernel) {
  SCOPED_TRACE(id + " splits " + std::to_string(splits));
  Trial t(id);
  Lowered l = lower(t.problem, majors);
  set_data(l, t.in0, t.in1, t.out);
  const Schedule schedule = Schedule::of(l.m, l.n, (l.k + k_tile - 1) / k_tile, l.batch, 128, 128, splits);
  std::vector<double> workspace(static_cast<std::size_t>(splits > 1 ? schedule.splits * l.batch * l.m * l.n : 0));
  set_schedule(l, schedule, workspace.data());
  std::visit([&](const auto& args) { kernel(t, args); }, l.arguments);
  t.expect_reference();
}

template <class MapA, class MapB>
std::uint64_t seed_of(const GemmArguments<MapA, MapB>& args) {
  return static_cast<std::uint64_t>(args.out.m * 31 + args.out.n);
}

template <class Traits, Major kA, Major kB>
void check_mma(const std::string& id, int splits) {
  check(id, {kA, kB}, Traits::kTileK, splits, []<class A, class B>(const Trial& t, const GemmArguments<A, B>& args) {
    run_kernel<MmaGemm<Traits, kA, kB, A, B>>(t, args, seed_of(args));
  });
}

template <class Traits>
void mma16(const std::string& id, int splits = 1) {
  const Majors m = mma_majors(parse_case_id(id).value());
  if (m.a == Major::k && m.b == Major::k) return check_mma<Traits, Major::k, Major::k>(id, splits);
  if (m.a == Major::k) return check_mma<Traits, Major::k, Major::mn>(id, splits);
  if (m.b == Major::k) return check_mma<Traits, Major::mn, Major::k>(id, splits);
  check_mma<Traits, Major::mn, Major::mn>(id, splits);
}
template <class Traits>
void mma(const std::string& id, int splits = 1) {
  check_mma<Traits, Major::k, Major::k>(id, splits);
}
void simt(const std::string& id, int splits = 1) {
  check(id, simt_majors, 16, splits, []<class A, class B>(const Trial& t, const GemmArguments<A, B>& args) {
    run_kernel<SimtGemm<A, B>>(t, args, seed_of(args));
  });
}

// Extents that are no multiple of a tile, of a chunk, of anything; then aligned ones, which take the other path.
const char* const shapes[] = {"131x137x77", "136x144x80", "1x9x200"};

TEST(EmulatedMma, Bf16InAllTransposes) {
  for (const char* trans : {"NN", "NT", "TN", "TT"})
    for (const char* shape : shapes) mma16<MmaBf16>(std::string("gemm:bf16:") + trans + ":" + shape);
}
TEST(EmulatedMma, F16InAllTransposes) {
  for (const char* trans : {"NN", "NT", "TN", "TT"})
    mma16<MmaF16>(std::string("gemm:f16-f32-f32:") + trans + ":136x40x72:b2:acc");
}
TEST(EmulatedMma, Tf32InAllTransposes) {
  for (const char* trans : {"NN", "NT", "TN", "TT"})
    for (const char* shape : {"131x37x77", "36x140x84"})
      mma<MmaTf32>(std::string("gemm:f32:") + trans + ":" + shape + ":tf32");
}
TEST(EmulatedMma, Int8InAllTransposes) {
  for (const char* trans : {"NN", "NT", "TN", "TT"})
    for (const char* shape : {"131x37x177", "48x144x208"}) mma<MmaI8>(std::string("gemm:i8:") + trans + ":" + shape);
}
TEST(EmulatedMma, F64ByBothInstructions) {
  for (const char* trans : {"NN", "NT", "TN", "TT"})
    for (const char* shape : {"131x37x77", "36x132x50"}) {
      mma<DmmaM8>(std::string("gemm:f64:") + trans + ":" + shape);
      mma<DmmaM16>(std::string("gemm:f64:") + trans + ":" + shape + ":acc");
    }
}
TEST(EmulatedSimt, F32InAllTransposes) {
  for (const char* trans : {"NN", "NT", "TN", "TT"})
    for (const char* shape : shapes) simt(std::string("gemm:f32:") + trans + ":" + shape + ":acc");
}
TEST(EmulatedMma, SplitSumsAreAddedInOrderAndAccumulated) {
  mma16<MmaBf16>("gemm:bf16:NT:20x24x400:b2:acc", 3);
  mma<MmaI8>("gemm:i8:NN:5x6x700", 4);
  mma<DmmaM8>("gemm:f64:TN:9x30x133", 5);
  simt("gemm:f32:TT:7x9x333:b3", 4);
}

const char* const convolutions[] = {
    ":n2c16h9w11:k24r3s2:p1x2:s2x1:d1x2:g2",  // 16-byte runs of channels for bf16
    ":n2c6h9w11:k10r3s3:p1x1:g2:acc",         // none
    ":n1c8h13w6:k16r1s1",
    ":n3c3h8w8:k8r5s5:p2x2:s2x2",
};
TEST(EmulatedConvolution, Bf16InEveryDirection) {
  for (const char* direction : {"conv_fwd", "conv_bwd_data", "conv_bwd_weights"})
    for (const char* shape : convolutions) mma16<MmaBf16>(std::string(direction) + ":bf16:nhwc" + shape);
}
TEST(EmulatedConvolution, F32InEveryDirection) {
  for (const char* direction : {"conv_fwd", "conv_bwd_data", "conv_bwd_weights"})
    for (const char* shape : convolutions) simt(std::string(direction) + ":f32:nhwc" + shape);
}
TEST(EmulatedConvolution, OtherTypesInEveryDirection) {
  for (const char* direction : {"conv_fwd", "conv_bwd_data", "conv_bwd_weights"}) {
    mma<MmaTf32>(std::string(direction) + ":f32:nhwc:n2c16h9w11:k24r3s2:p1x2:s2x1:d1x2:g2:tf32");
    mma<MmaI8>(std::string(direction) + ":i8:nhwc:n2c32h5w7:k32r3s2:p1x2:s2x1:d1x2:g2");
    mma<DmmaM8>(std::string(direction) + ":f64:nhwc:n1c3h9w11:k4r3s3:p1x1");
  }
}
TEST(EmulatedConvolution, WeightGradientsAreSplitOverThePixels) {
  mma16<MmaBf16>("conv_bwd_weights:bf16:nhwc:n2c8h12w12:k8r3s3:p1x1", 4);
}

}  // namespace
}  // namespace chipfit::cuda
