// f64 by the wide mma.sync of compute capability 9.0; m8n8k4 does not fill its tensor cores.
#include "kernels/cuda/peak/mma.cuh"

namespace chipfit::cuda_peak {
namespace {

struct F64 {
  using Sum = double;
  static constexpr int a = 8, b = 4, c = 4;
  static constexpr double flop = 2.0 * 16 * 8 * 16;
  static constexpr Operand operand = Operand::f32;
  static __device__ double wide(std::uint32_t bits) { return static_cast<double>(__uint_as_float(bits)); }
  static __device__ void issue(double (&s)[4], const std::uint32_t (&x)[8], const std::uint32_t (&y)[4]) {
    asm volatile(
        "mma.sync.aligned.m16n8k16.row.col.f64.f64.f64.f64 {%0, %1, %2, %3}, {%4, %5, %6, %7, %8, %9, %10, %11}, "
        "{%12, %13, %14, %15}, {%0, %1, %2, %3};"
        : "+d"(s[0]), "+d"(s[1]), "+d"(s[2]), "+d"(s[3])
        : "d"(wide(x[0])), "d"(wide(x[1])), "d"(wide(x[2])), "d"(wide(x[3])), "d"(wide(x[4])), "d"(wide(x[5])),
          "d"(wide(x[6])), "d"(wide(x[7])), "d"(wide(y[0])), "d"(wide(y[1])), "d"(wide(y[2])), "d"(wide(y[3])));
  }
};

}  // namespace

const Loop* mma_f64_loops() {
  static const Loop loops[] = {
      {"f64", "f64", "strict", "mma.sync m16n8k16", 90, kAnyCapability, kMmaThreads, mma_flop<F64>(), launch_mma<F64>},
      {}};
  return loops;
}

}  // namespace chipfit::cuda_peak
