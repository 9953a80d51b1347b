#include "kernels/cuda/depthwise/kernels.hpp"
#include "kernels/cuda/ptx/launch.cuh"

namespace chipfit::cuda {

template <Element kElement, bool kBackward>
const char* launch_pixels(const DepthwiseArguments& args, int channels, Step step, void* stream) {
  const std::int64_t threads = args.out.m * args.out.n / channels, blocks = (threads + 255) / 256;
  if (channels == 4) return launch_blocks<DepthwisePixels<kElement, 4, kBackward>>(args, blocks, step, stream);
  return launch_blocks<DepthwisePixels<kElement, 1, kBackward>>(args, blocks, step, stream);
}

template <Element kElement>
const char* launch_depthwise(const DepthwiseArguments& args, DepthwiseWork work, int channels, Step step,
                             void* stream) {
  if (work == DepthwiseWork::fwd) return launch_pixels<kElement, false>(args, channels, step, stream);
  if (work == DepthwiseWork::bwd_data) return launch_pixels<kElement, true>(args, channels, step, stream);
  using Weights = DepthwiseWeights<kElement>;
  return launch_blocks<Weights>(args, Weights::blocks(args), step, stream);
}

template const char* launch_depthwise<Element::f32>(const DepthwiseArguments&, DepthwiseWork, int, Step, void*);
template const char* launch_depthwise<Element::f64>(const DepthwiseArguments&, DepthwiseWork, int, Step, void*);
template const char* launch_depthwise<Element::f16>(const DepthwiseArguments&, DepthwiseWork, int, Step, void*);
template const char* launch_depthwise<Element::bf16>(const DepthwiseArguments&, DepthwiseWork, int, Step, void*);
template const char* launch_depthwise<Element::i8>(const DepthwiseArguments&, DepthwiseWork, int, Step, void*);

}  // namespace chipfit::cuda
