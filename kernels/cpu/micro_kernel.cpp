#include "kernels/cpu/micro_kernel.hpp"

#include <algorithm>
#include <array>

#include "kernels/cpu/portable/kernels.hpp"
#if defined(__x86_64__)
#include "kernels/cpu/avx2/kernels.hpp"
#include "kernels/cpu/avx512/kernels.hpp"
#endif

namespace chipfit::cpu {
namespace {

// clang-format off
constexpr std::array kKernels{
#if defined(__x86_64__)
    &avx512::f64, &avx512::f32, &avx512::bf16, &avx512::i8, &avx512::u8_i8,
    &avx512::f16, &avx512::bf16_as_f32, &avx512::e4m3, &avx512::e5m2, &avx512::e4m3_e5m2, &avx512::e5m2_e4m3,
    &avx2::f64, &avx2::f32, &avx2::bf16, &avx2::i8, &avx2::u8_i8,
    &avx2::f16, &avx2::e4m3, &avx2::e5m2, &avx2::e4m3_e5m2, &avx2::e5m2_e4m3,
#endif
    &portable::f64, &portable::f32, &portable::bf16, &portable::i8, &portable::u8_i8,
    &portable::f16, &portable::e4m3, &portable::e5m2, &portable::e4m3_e5m2, &portable::e5m2_e4m3,
};
// clang-format on

}  // namespace

std::span<const MicroKernel* const> micro_kernels() {
  return kKernels;
}

const MicroKernel* find_micro_kernel(Dtype a, Dtype b, std::string_view isa) {
  const auto fits = [&](const MicroKernel* kernel) {
    return kernel->a == a && kernel->b == b && (isa.empty() || kernel->isa == isa) && cpu_has(kernel->needs);
  };
  const auto found = std::ranges::find_if(kKernels, fits);
  return found == kKernels.end() ? nullptr : *found;
}

}  // namespace chipfit::cpu
