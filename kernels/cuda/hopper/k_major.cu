// The types that wgmma takes with k contiguous only.
#include "kernels/cuda/hopper/launch.cuh"

namespace chipfit::cuda {

template <class Op>
const char* launch_k_major(const HopperLaunch& l, Step step, void* stream) {
  if (l.source == Source::im2col)
    return launch_hopper_one<Op, Major::k, Major::k, 128, Source::im2col>(l, step, stream);
  return l.block_n == 256 ? launch_hopper_matrix<Op, 256>(l, step, stream)
                          : launch_hopper_matrix<Op, 128>(l, step, stream);
}

template <>
const char* launch_hopper<Element::tf32>(const HopperLaunch& l, Step step, void* stream) {
  return launch_k_major<WgmmaTf32>(l, step, stream);
}
template <>
const char* launch_hopper<Element::i8>(const HopperLaunch& l, Step step, void* stream) {
  return launch_k_major<WgmmaI8>(l, step, stream);
}
template <>
const char* launch_hopper<Element::e4m3>(const HopperLaunch& l, Step step, void* stream) {
  // Promoted sums take twice the registers: 128 columns only.
  if (l.source == Source::im2col)
    return launch_hopper_one<WgmmaE4m3, Major::k, Major::k, 128, Source::im2col>(l, step, stream);
  return launch_hopper_matrix<WgmmaE4m3, 128>(l, step, stream);
}

}  // namespace chipfit::cuda
