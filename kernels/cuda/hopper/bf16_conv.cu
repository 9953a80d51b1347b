#include "kernels/cuda/hopper/launch.cuh"

namespace chipfit::cuda {

template <>
const char* launch_hopper_image<Element::bf16>(const HopperLaunch& l, Step step, void* stream) {
  return launch_hopper_conv<Element::bf16, WgmmaBf16>(l, step, stream);
}

}  // namespace chipfit::cuda
