#pragma once
#include "kernels/cpu/micro_kernel.hpp"
#include "kernels/cpu/stream.hpp"

namespace chipfit::cpu::avx2 {

extern const MicroKernel f64, f32, f16, bf16, e4m3, e5m2, e4m3_e5m2, e5m2_e4m3, i8, u8_i8;

extern const StreamKernel streams[kStreamedTypes];

}  // namespace chipfit::cpu::avx2
