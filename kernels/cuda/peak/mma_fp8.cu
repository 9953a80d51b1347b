// fp8 by mma.sync, from compute capability 8.9 on.
#include "kernels/cuda/peak/mma.cuh"

namespace chipfit::cuda_peak {
namespace {

struct E4m3 {
  using Sum = float;
  static constexpr int a = 4, b = 2, c = 4;
  static constexpr double flop = 2.0 * 16 * 8 * 32;
  static constexpr Operand operand = Operand::e4m3;
  static __device__ void issue(float (&s)[4], const std::uint32_t (&x)[4], const std::uint32_t (&y)[2]) {
    asm volatile(
        "mma.sync.aligned.m16n8k32.row.col.f32.e4m3.e4m3.f32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, "
        "{%0, %1, %2, %3};"
        : "+f"(s[0]), "+f"(s[1]), "+f"(s[2]), "+f"(s[3])
        : "r"(x[0]), "r"(x[1]), "r"(x[2]), "r"(x[3]), "r"(y[0]), "r"(y[1]));
  }
};

}  // namespace

const Loop* mma_fp8_loops() {
  static const Loop loops[] = {{"e4m3", "f32", "strict", "mma.sync m16n8k32", 89, kAnyCapability, kMmaThreads,
                                mma_flop<E4m3>(), launch_mma<E4m3>},
                               {}};
  return loops;
}

}  // namespace chipfit::cuda_peak
