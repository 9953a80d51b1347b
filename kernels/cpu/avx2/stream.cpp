#include "kernels/cpu/avx2/kernels.hpp"
#include "kernels/cpu/generic_stream.hpp"

namespace chipfit::cpu::avx2 {

constinit const StreamKernel streams[] = CHIPFIT_STREAM_KERNELS(32, "avx2", CpuFeature::avx2_fma);

}  // namespace chipfit::cpu::avx2
