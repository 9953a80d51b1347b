// Hopper's tensor cores by wgmma: both operands from shared memory, sums in registers. Built for sm_90a alone.
#include "kernels/cuda/peak/loop.hpp"
#include "kernels/cuda/peak/random_bits.cuh"

namespace chipfit::cuda_peak {
namespace {

constexpr int kThreads = 256;  // two warpgroups take turns on the tensor cores
constexpr int kWarpgroup = 128;
constexpr int kRowBytes = 128;  // of shared memory, with the 128-byte swizzle: four steps along k of 32 bytes
constexpr int kSteps = 4;
constexpr int kABytes = 64 * kRowBytes, kBBytes = 256 * kRowBytes;
constexpr int kSums = 128;  // of one thread: 64 x 256 over 128 threads

/// Matrix descriptor (PTX ISA, "Matrix Descriptor Format"): address, distance of groups of eight rows, swizzle.
__device__ std::uint64_t descriptor(const void* tile) {
  const auto address = static_cast<std::uint32_t>(__cvta_generic_to_shared(tile));
  return std::uint64_t{(address & 0x3ffff) >> 4} | std::uint64_t{1} << 16 | std::uint64_t{1024 >> 4} << 32 |
         std::uint64_t{1} << 62;
}

#define CHIPFIT_SUM_NAMES                                                                        \
  "%0, %1, %2, %3, %4, %5, %6, %7, %8, %9, %10, %11, %12, %13, %14, %15, "                       \
  "%16, %17, %18, %19, %20, %21, %22, %23, %24, %25, %26, %27, %28, %29, %30, %31, "             \
  "%32, %33, %34, %35, %36, %37, %38, %39, %40, %41, %42, %43, %44, %45, %46, %47, "             \
  "%48, %49, %50, %51, %52, %53, %54, %55, %56, %57, %58, %59, %60, %61, %62, %63, "             \
  "%64, %65, %66, %67, %68, %69, %70, %71, %72, %73, %74, %75, %76, %77, %78, %79, "             \
  "%80, %81, %82, %83, %84, %85, %86, %87, %88, %89, %90, %91, %92, %93, %94, %95, "             \
  "%96, %97, %98, %99, %100, %101, %102, %103, %104, %105, %106, %107, %108, %109, %110, %111, " \
  "%112, %113, %114, %115, %116, %117, %118, %119, %120, %121, %122, %123, %124, %125, %126, %127"
#define CHIPFIT_SUMS(constraint)                                                                                    \
  "+" constraint(s[0]), "+" constraint(s[1]), "+" constraint(s[2]), "+" constraint(s[3]), "+" constraint(s[4]),     \
      "+" constraint(s[5]), "+" constraint(s[6]), "+" constraint(s[7]), "+" constraint(s[8]), "+" constraint(s[9]), \
      "+" constraint(s[10]), "+" constraint(s[11]), "+" constraint(s[12]), "+" constraint(s[13]),                   \
      "+" constraint(s[14]), "+" constraint(s[15]), "+" constraint(s[16]), "+" constraint(s[17]),                   \
      "+" constraint(s[18]), "+" constraint(s[19]), "+" constraint(s[20]), "+" constraint(s[21]),                   \
      "+" constraint(s[22]), "+" constraint(s[23]), "+" constraint(s[24]), "+" constraint(s[25]),                   \
      "+" constraint(s[26]), "+" constraint(s[27]), "+" constraint(s[28]), "+" constraint(s[29]),                   \
      "+" constraint(s[30]), "+" constraint(s[31]), "+" constraint(s[32]), "+" constraint(s[33]),                   \
      "+" constraint(s[34]), "+" constraint(s[35]), "+" constraint(s[36]), "+" constraint(s[37]),                   \
      "+" constraint(s[38]), "+" constraint(s[39]), "+" constraint(s[40]), "+" constraint(s[41]),                   \
      "+" constraint(s[42]), "+" constraint(s[43]), "+" constraint(s[44]), "+" constraint(s[45]),                   \
      "+" constraint(s[46]), "+" constraint(s[47]), "+" constraint(s[48]), "+" constraint(s[49]),                   \
      "+" constraint(s[50]), "+" constraint(s[51]), "+" constraint(s[52]), "+" constraint(s[53]),                   \
      "+" constraint(s[54]), "+" constraint(s[55]), "+" constraint(s[56]), "+" constraint(s[57]),                   \
      "+" constraint(s[58]), "+" constraint(s[59]), "+" constraint(s[60]), "+" constraint(s[61]),                   \
      "+" constraint(s[62]), "+" constraint(s[63]), "+" constraint(s[64]), "+" constraint(s[65]),                   \
      "+" constraint(s[66]), "+" constraint(s[67]), "+" constraint(s[68]), "+" constraint(s[69]),                   \
      "+" constraint(s[70]), "+" constraint(s[71]), "+" constraint(s[72]), "+" constraint(s[73]),                   \
      "+" constraint(s[74]), "+" constraint(s[75]), "+" constraint(s[76]), "+" constraint(s[77]),                   \
      "+" constraint(s[78]), "+" constraint(s[79]), "+" constraint(s[80]), "+" constraint(s[81]),                   \
      "+" constraint(s[82]), "+" constraint(s[83]), "+" constraint(s[84]), "+" constraint(s[85]),                   \
      "+" constraint(s[86]), "+" constraint(s[87]), "+" constraint(s[88]), "+" constraint(s[89]),                   \
      "+" constraint(s[90]), "+" constraint(s[91]), "+" constraint(s[92]), "+" constraint(s[93]),                   \
      "+" constraint(s[94]), "+" constraint(s[95]), "+" constraint(s[96]), "+" constraint(s[97]),                   \
      "+" constraint(s[98]), "+" constraint(s[99]), "+" constraint(s[100]), "+" constraint(s[101]),                 \
      "+" constraint(s[102]), "+" constraint(s[103]), "+" constraint(s[104]), "+" constraint(s[105]),               \
      "+" constraint(s[106]), "+" constraint(s[107]), "+" constraint(s[108]), "+" constraint(s[109]),               \
      "+" constraint(s[110]), "+" constraint(s[111]), "+" constraint(s[112]), "+" constraint(s[113]),               \
      "+" constraint(s[114]), "+" constraint(s[115]), "+" constraint(s[116]), "+" constraint(s[117]),               \
      "+" constraint(s[118]), "+" constraint(s[119]), "+" constraint(s[120]), "+" constraint(s[121]),               \
      "+" constraint(s[122]), "+" constraint(s[123]), "+" constraint(s[124]), "+" constraint(s[125]),               \
      "+" constraint(s[126]), "+" constraint(s[127])

/// D += A*B for one step along k; `flags` are the immediates behind the predicate.
#define CHIPFIT_WGMMA(name, type, constraint, instruction, flags)                                               \
  struct name {                                                                                                 \
    using Sum = type;                                                                                           \
    static __device__ void issue(type (&s)[kSums], std::uint64_t a, std::uint64_t b) {                          \
      asm volatile(                                                                                             \
          "{\n.reg .pred adds;\nsetp.eq.u32 adds, 0, 0;\n"                                                      \
          "wgmma.mma_async.sync.aligned." instruction " {" CHIPFIT_SUM_NAMES "}, %128, %129, adds" flags ";\n}" \
          : CHIPFIT_SUMS(constraint)                                                                            \
          : "l"(a), "l"(b));                                                                                    \
    }                                                                                                           \
  };
CHIPFIT_WGMMA(Bf16, float, "f", "m64n256k16.f32.bf16.bf16", ", 1, 1, 0, 0")
CHIPFIT_WGMMA(F16, float, "f", "m64n256k16.f32.f16.f16", ", 1, 1, 0, 0")
CHIPFIT_WGMMA(Tf32, float, "f", "m64n256k8.f32.tf32.tf32", ", 1, 1")
CHIPFIT_WGMMA(E4m3, float, "f", "m64n256k32.f32.e4m3.e4m3", ", 1, 1")
CHIPFIT_WGMMA(I8, int, "r", "m64n256k32.s32.s8.s8", "")
#undef CHIPFIT_WGMMA
#undef CHIPFIT_SUMS
#undef CHIPFIT_SUM_NAMES

template <class Instruction, Operand operand>
__global__ void __launch_bounds__(kThreads, 1) wgmma_loop(int iterations, std::uint32_t* sink) {
  __shared__ alignas(1024) unsigned char tiles[2 * kABytes + kBBytes];
  auto* words = reinterpret_cast<std::uint32_t*>(tiles);
  for (unsigned i = threadIdx.x; i < sizeof tiles / 4; i += kThreads)
    words[i] = random_operands<operand>(blockIdx.x * unsigned{sizeof tiles / 4} + i);
  asm volatile("fence.proxy.async.shared::cta;" ::: "memory");
  __syncthreads();

  const std::uint64_t a = descriptor(tiles + threadIdx.x / kWarpgroup * kABytes);
  const std::uint64_t b = descriptor(tiles + 2 * kABytes);
  typename Instruction::Sum sums[kSums];
#pragma unroll
  for (int i = 0; i < kSums; ++i) sums[i] = 0;
  for (int n = 0; n < iterations; ++n) {
    asm volatile("wgmma.fence.sync.aligned;" ::: "memory");
#pragma unroll
    for (int step = 0; step < kSteps; ++step) Instruction::issue(sums, a + step * (32 >> 4), b + step * (32 >> 4));
    asm volatile("wgmma.commit_group.sync.aligned;" ::: "memory");
    asm volatile("wgmma.wait_group.sync.aligned 1;" ::: "memory");
  }
  asm volatile("wgmma.wait_group.sync.aligned 0;" ::: "memory");
  typename Instruction::Sum total = 0;
#pragma unroll
  for (int i = 0; i < kSums; ++i) total += sums[i];
  if (total == typename Instruction::Sum(123456789)) *sink = threadIdx.x;
}

template <class Instruction, Operand operand>
void launch(int blocks, int iterations, std::uint32_t* sink, cudaStream_t stream) {
  wgmma_loop<Instruction, operand><<<blocks, kThreads, 0, stream>>>(iterations, sink);
}

template <class Instruction, Operand operand>
constexpr Loop loop(const char* input, const char* accumulator, const char* math, const char* method, int depth) {
  const double flop = 2.0 * 64 * 256 * depth * kSteps * (kThreads / kWarpgroup);
  return {input, accumulator, math, method, 90, 90, kThreads, flop, launch<Instruction, operand>};
}

}  // namespace

const Loop* wgmma_loops() {
  static const Loop loops[] = {loop<Tf32, Operand::f32>("f32", "f32", "tf32", "wgmma m64n256k8", 8),
                               loop<F16, Operand::f16>("f16", "f32", "strict", "wgmma m64n256k16", 16),
                               loop<Bf16, Operand::bf16>("bf16", "f32", "strict", "wgmma m64n256k16", 16),
                               loop<E4m3, Operand::e4m3>("e4m3", "f32", "strict", "wgmma m64n256k32", 32),
                               loop<I8, Operand::i8>("i8", "i32", "strict", "wgmma m64n256k32", 32),
                               {}};
  return loops;
}

}  // namespace chipfit::cuda_peak
