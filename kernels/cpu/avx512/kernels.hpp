#pragma once
#include "kernels/cpu/micro_kernel.hpp"

namespace chipfit::cpu::avx512 {

extern const MicroKernel f32;

}  // namespace chipfit::cpu::avx512
