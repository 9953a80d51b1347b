#include "kernels/cpu/conv/winograd_body.hpp"
#include "kernels/cpu/conv/winograd_sets.hpp"

namespace chipfit::cpu::avx2 {

const WinogradTable winograd2 = winograd_table<2, 8>("avx2", CpuFeature::avx2_fma);
const WinogradTable winograd4 = winograd_table<4, 8>("avx2", CpuFeature::avx2_fma);

}  // namespace chipfit::cpu::avx2
