#pragma once
#include "kernels/cpu/micro_kernel.hpp"
#include "kernels/cpu/stream.hpp"

namespace chipfit::cpu::avx512 {

extern const MicroKernel f64, f32, bf16, i8, u8_i8;
/// Types that packing makes f32.
extern const MicroKernel f16, bf16_as_f32, e4m3, e5m2, e4m3_e5m2, e5m2_e4m3;

void tile_f32(const Tile&);

extern const StreamKernel streams[kStreamedTypes];

}  // namespace chipfit::cpu::avx512
