#include "kernels/cuda/ptx/launch.cuh"
#include "kernels/cuda/simt/gemm.hpp"

namespace chipfit::cuda {

template <class MapA, class MapB>
const char* launch_simt_of(const GemmArguments<MapA, MapB>& args, Step step, void* stream) {
  return launch_blocks<SimtGemm<MapA, MapB>>(args, args.schedule.total(), step, stream);
}
template <class Arguments>
const char* launch_simt(const Arguments& args, Step step, void* stream) {
  return launch_simt_of(args, step, stream);
}
template const char* launch_simt(const DenseArguments&, Step, void*);
template const char* launch_simt(const FwdArguments&, Step, void*);
template const char* launch_simt(const BwdDataArguments&, Step, void*);
template const char* launch_simt(const BwdWeightsArguments&, Step, void*);

}  // namespace chipfit::cuda
