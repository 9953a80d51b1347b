#include "kernels/cuda/hopper/launch.cuh"

namespace chipfit::cuda {

template <>
const char* launch_hopper<Element::f16>(const HopperLaunch& l, Step step, void* stream) {
  if (l.source == Source::im2col)
    return launch_hopper_one<WgmmaF16, Major::k, Major::k, 128, Source::im2col>(l, step, stream);
  return l.block_n == 256 ? launch_hopper_matrix<WgmmaF16, 256>(l, step, stream)
                          : launch_hopper_matrix<WgmmaF16, 128>(l, step, stream);
}

}  // namespace chipfit::cuda
