#include "kernels/cpu/conv/winograd_body.hpp"
#include "kernels/cpu/conv/winograd_sets.hpp"

namespace chipfit::cpu::portable {

const WinogradTable winograd2 = winograd_table<2, 4>("portable", CpuFeature::none);
const WinogradTable winograd4 = winograd_table<4, 4>("portable", CpuFeature::none);

}  // namespace chipfit::cpu::portable
