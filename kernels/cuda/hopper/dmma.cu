// f64 by the larger DMMA of compute capability 9.0.
#include "kernels/cuda/mma/launch.cuh"

namespace chipfit::cuda {

const char* launch_dmma_m16(const DenseArguments& args, Step step, void* stream) {
  return launch_one<DmmaM16, Major::k, Major::k>(args, step, stream);
}

}  // namespace chipfit::cuda
