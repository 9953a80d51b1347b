#include "kernels/cuda/hopper/launch.cuh"

namespace chipfit::cuda {

template <>
const char* launch_hopper<Element::tf32>(const HopperLaunch& l, Step step, void* stream) {
  return launch_hopper_k_major<Element::tf32, WgmmaTf32>(l, step, stream);
}
template <>
const char* launch_hopper<Element::i8>(const HopperLaunch& l, Step step, void* stream) {
  return launch_hopper_k_major<Element::i8, WgmmaI8>(l, step, stream);
}

}  // namespace chipfit::cuda
