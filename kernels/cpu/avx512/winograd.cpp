#include "kernels/cpu/conv/winograd_body.hpp"
#include "kernels/cpu/conv/winograd_sets.hpp"

namespace chipfit::cpu::avx512 {

const WinogradTable winograd2 = winograd_table<2, 16>("avx512", CpuFeature::avx512);
const WinogradTable winograd4 = winograd_table<4, 16>("avx512", CpuFeature::avx512);

}  // namespace chipfit::cpu::avx512
