// Types without instructions of their own: packing makes them f32, and the rest is the kernel of f32.
#include "kernels/cpu/avx512/kernels.hpp"
#include "kernels/cpu/avx512/tile.hpp"
#include "kernels/cpu/avx512/words.hpp"

namespace chipfit::cpu::avx512 {
namespace {

template <class A, class B>
constexpr MicroKernel converted(Dtype a, Dtype b) {
  MicroKernel kernel{};
  kernel.isa = "avx512", kernel.name = "fma_f32";
  kernel.needs = CpuFeature::avx512;
  kernel.a = a, kernel.b = b, kernel.acc = Dtype::f32;
  kernel.mr = kRows, kernel.nr = kColumns, kernel.group = 1;
  kernel.a_bytes = kernel.b_bytes = 4;
  kernel.tile = tile_f32;
  kernel.pack_a = pack_words<kRows, A>, kernel.pack_b = pack_words<kColumns, B>;
  return kernel;
}

using E4m3Words = F8AsF32Words<E4m3>;
using E5m2Words = F8AsF32Words<E5m2>;

}  // namespace

constinit const MicroKernel f16 = converted<F16AsF32Words, F16AsF32Words>(Dtype::f16, Dtype::f16);
constinit const MicroKernel bf16_as_f32 = converted<Bf16AsF32Words, Bf16AsF32Words>(Dtype::bf16, Dtype::bf16);
constinit const MicroKernel e4m3 = converted<E4m3Words, E4m3Words>(Dtype::e4m3, Dtype::e4m3);
constinit const MicroKernel e5m2 = converted<E5m2Words, E5m2Words>(Dtype::e5m2, Dtype::e5m2);
constinit const MicroKernel e4m3_e5m2 = converted<E4m3Words, E5m2Words>(Dtype::e4m3, Dtype::e5m2);
constinit const MicroKernel e5m2_e4m3 = converted<E5m2Words, E4m3Words>(Dtype::e5m2, Dtype::e4m3);

}  // namespace chipfit::cpu::avx512
