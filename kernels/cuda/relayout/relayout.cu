#include "kernels/cuda/relayout/kernels.hpp"

#include "kernels/cuda/ptx/launch.cuh"

namespace chipfit::cuda {

template <class Word>
const char* launch_words(const RelayoutArguments& args, Step step, void* stream) {
  const std::int64_t tiles = RelayoutKernel<Word>::tiles(args.to);
  return launch_blocks<RelayoutKernel<Word>>(args, tiles < 65536 ? tiles : 65536, step, stream);
}

const char* launch_relayout(const RelayoutArguments& args, int element_bytes, Step step, void* stream) {
  switch (element_bytes) {
    case 1:
      return launch_words<std::uint8_t>(args, step, stream);
    case 2:
      return launch_words<std::uint16_t>(args, step, stream);
    case 4:
      return launch_words<std::uint32_t>(args, step, stream);
    default:
      return launch_words<std::uint64_t>(args, step, stream);
  }
}

}  // namespace chipfit::cuda
