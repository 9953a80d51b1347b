#include "kernels/cuda/mma/store.hpp"
#include "kernels/cuda/ptx/launch.cuh"

namespace chipfit::cuda {

struct ReduceArguments {
  Output out;
  Partial partial;
  int splits;
};

template <class Sum>
struct Reduce {
  static constexpr int kThreads = 256, kBlocksPerSm = 1, shared_bytes = 0;
  using Arguments = ReduceArguments;
  static CHIPFIT_DEVICE void run(const Arguments& args) {
    reduce_partials<Sum>(args.out, args.partial, args.splits, kThreads);
  }
};

const char* launch_reduce(Element sum, const Output& out, const Partial& partial, int splits, Step step, void* stream) {
  const ReduceArguments args{out, partial, splits};
  const std::int64_t outputs = partial.batch * partial.m * partial.n, wanted = (outputs + 255) / 256;
  const std::int64_t blocks = wanted < 65536 ? wanted : 65536;
  if (sum == Element::f64) return launch_blocks<Reduce<double>>(args, blocks, step, stream);
  if (sum == Element::i32) return launch_blocks<Reduce<std::int32_t>>(args, blocks, step, stream);
  return launch_blocks<Reduce<float>>(args, blocks, step, stream);
}

}  // namespace chipfit::cuda
