#include "kernels/cpu/avx512/kernels.hpp"
#include "kernels/cpu/generic_stream.hpp"

namespace chipfit::cpu::avx512 {

constinit const StreamKernel streams[] = CHIPFIT_STREAM_KERNELS(64, "avx512", CpuFeature::avx512);

}  // namespace chipfit::cpu::avx512
