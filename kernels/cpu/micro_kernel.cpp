#include "kernels/cpu/micro_kernel.hpp"

#include <algorithm>
#include <array>

#if defined(__x86_64__)
#include "kernels/cpu/avx512/kernels.hpp"
#endif

namespace chipfit::cpu {
namespace {

constexpr std::array kKernels {
#if defined(__x86_64__)
  &avx512::f32,
#endif
};

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
