// Tensor cores by mma.sync, as every device from compute capability 8.0 on has it. On Hopper this is about two thirds
// of what wgmma reaches.
#include "kernels/cuda/peak/mma.cuh"

namespace chipfit::cuda_peak {
namespace {

#define CHIPFIT_MMA_F32(name, shape, type, kind, depth)                                                     \
  struct name {                                                                                             \
    using Sum = float;                                                                                      \
    static constexpr int a = 4, b = 2, c = 4;                                                               \
    static constexpr double flop = 2.0 * 16 * 8 * depth;                                                    \
    static constexpr Operand operand = Operand::kind;                                                       \
    static __device__ void issue(float (&s)[4], const std::uint32_t (&x)[4], const std::uint32_t (&y)[2]) { \
      asm volatile("mma.sync.aligned." shape ".row.col.f32." type "." type                                  \
                   ".f32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, "                                              \
                   "{%8, %9}, {%0, %1, %2, %3};"                                                            \
                   : "+f"(s[0]), "+f"(s[1]), "+f"(s[2]), "+f"(s[3])                                         \
                   : "r"(x[0]), "r"(x[1]), "r"(x[2]), "r"(x[3]), "r"(y[0]), "r"(y[1]));                     \
    }                                                                                                       \
  };
CHIPFIT_MMA_F32(Bf16, "m16n8k16", "bf16", bf16, 16)
CHIPFIT_MMA_F32(F16, "m16n8k16", "f16", f16, 16)
CHIPFIT_MMA_F32(Tf32, "m16n8k8", "tf32", f32, 8)
#undef CHIPFIT_MMA_F32

struct I8 {
  using Sum = int;
  static constexpr int a = 4, b = 2, c = 4;
  static constexpr double flop = 2.0 * 16 * 8 * 32;
  static constexpr Operand operand = Operand::i8;
  static __device__ void issue(int (&s)[4], const std::uint32_t (&x)[4], const std::uint32_t (&y)[2]) {
    asm volatile(
        "mma.sync.aligned.m16n8k32.row.col.s32.s8.s8.s32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, "
        "{%0, %1, %2, %3};"
        : "+r"(s[0]), "+r"(s[1]), "+r"(s[2]), "+r"(s[3])
        : "r"(x[0]), "r"(x[1]), "r"(x[2]), "r"(x[3]), "r"(y[0]), "r"(y[1]));
  }
};

/// The fragments are words: an f64 operand is a random f32 widened, outside of the loop.
__device__ double widened(std::uint32_t bits) {
  return static_cast<double>(__uint_as_float(bits));
}
struct F64 {
  using Sum = double;
  static constexpr int a = 1, b = 1, c = 2;
  static constexpr double flop = 2.0 * 8 * 8 * 4;
  static constexpr Operand operand = Operand::f32;
  static __device__ void issue(double (&s)[2], const std::uint32_t (&x)[1], const std::uint32_t (&y)[1]) {
    asm volatile("mma.sync.aligned.m8n8k4.row.col.f64.f64.f64.f64 {%0, %1}, {%2}, {%3}, {%0, %1};"
                 : "+d"(s[0]), "+d"(s[1])
                 : "d"(widened(x[0])), "d"(widened(y[0])));
  }
};

template <class Instruction>
constexpr Loop loop(const char* input, const char* accumulator, const char* math, const char* method) {
  return {input,
          accumulator,
          math,
          method,
          80,
          kAnyCapability,
          kMmaThreads,
          mma_flop<Instruction>(),
          launch_mma<Instruction>};
}

}  // namespace

const Loop* mma_loops() {
  static const Loop loops[] = {
      loop<F64>("f64", "f64", "strict", "mma.sync m8n8k4"),   loop<Tf32>("f32", "f32", "tf32", "mma.sync m16n8k8"),
      loop<F16>("f16", "f32", "strict", "mma.sync m16n8k16"), loop<Bf16>("bf16", "f32", "strict", "mma.sync m16n8k16"),
      loop<I8>("i8", "i32", "strict", "mma.sync m16n8k32"),   {}};
  return loops;
}

}  // namespace chipfit::cuda_peak
