#include "kernels/cpu/generic_stream.hpp"
#include "kernels/cpu/portable/kernels.hpp"

namespace chipfit::cpu::portable {

constinit const StreamKernel streams[] = CHIPFIT_STREAM_KERNELS(16, "portable", CpuFeature::none);

}  // namespace chipfit::cpu::portable
