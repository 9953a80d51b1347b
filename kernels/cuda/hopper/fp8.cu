#include "kernels/cuda/hopper/launch.cuh"

namespace chipfit::cuda {

template <>
const char* launch_hopper<Element::e4m3>(const HopperLaunch& l, Step step, void* stream) {
  return launch_hopper_k_major<Element::e4m3, WgmmaE4m3>(l, step, stream);
}
template <>
const char* launch_hopper<Element::e5m2>(const HopperLaunch& l, Step step, void* stream) {
  return launch_hopper_k_major<Element::e5m2, WgmmaE5m2>(l, step, stream);
}
template <>
const char* launch_hopper<Element::e4m3_e5m2>(const HopperLaunch& l, Step step, void* stream) {
  return launch_hopper_k_major<Element::e4m3_e5m2, WgmmaE4m3E5m2>(l, step, stream);
}
template <>
const char* launch_hopper<Element::e5m2_e4m3>(const HopperLaunch& l, Step step, void* stream) {
  return launch_hopper_k_major<Element::e5m2_e4m3, WgmmaE5m2E4m3>(l, step, stream);
}

}  // namespace chipfit::cuda
