#include "kernels/cuda/hopper/launch.cuh"

namespace chipfit::cuda {

template <>
const char* launch_hopper<Element::bf16>(const HopperLaunch& l, Step step, void* stream) {
  return launch_hopper_as_stored<Element::bf16, WgmmaBf16>(l, step, stream);
}

}  // namespace chipfit::cuda
