#include "kernels/cuda/hopper/launch.cuh"

namespace chipfit::cuda {

template <>
const char* launch_hopper<Element::f16>(const HopperLaunch& l, Step step, void* stream) {
  return launch_hopper_as_stored<Element::f16, WgmmaF16>(l, step, stream);
}

}  // namespace chipfit::cuda
