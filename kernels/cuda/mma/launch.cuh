#pragma once
// The body of one unit per element type: launch_mma for its four kinds of arguments.
#include "kernels/cuda/mma/gemm.hpp"
#include "kernels/cuda/ptx/launch.cuh"

namespace chipfit::cuda {

template <class Traits, Major kA, Major kB, class MapA, class MapB>
const char* launch_one(const GemmArguments<MapA, MapB>& args, Step step, void* stream) {
  return launch_blocks<MmaGemm<Traits, kA, kB, MapA, MapB>>(args, args.schedule.total(), step, stream);
}

template <class Traits>
const char* launch_as_stored(const DenseArguments& args, Major a, Major b, Step step, void* stream) {
  if (a == Major::k && b == Major::k) return launch_one<Traits, Major::k, Major::k>(args, step, stream);
  if (a == Major::k) return launch_one<Traits, Major::k, Major::mn>(args, step, stream);
  if (b == Major::k) return launch_one<Traits, Major::mn, Major::k>(args, step, stream);
  return launch_one<Traits, Major::mn, Major::mn>(args, step, stream);
}
template <class Traits>
const char* launch_as_stored(const FwdArguments& args, Major, Major, Step step, void* stream) {
  return launch_one<Traits, Major::k, Major::k>(args, step, stream);
}
template <class Traits>
const char* launch_as_stored(const BwdDataArguments& args, Major, Major, Step step, void* stream) {
  return launch_one<Traits, Major::k, Major::mn>(args, step, stream);
}
template <class Traits>
const char* launch_as_stored(const BwdWeightsArguments& args, Major, Major, Step step, void* stream) {
  return launch_one<Traits, Major::mn, Major::mn>(args, step, stream);
}

/// Types whose tiles are K-major whatever is stored.
template <class Traits, class Arguments>
const char* launch_k_major(const Arguments& args, Major, Major, Step step, void* stream) {
  return launch_one<Traits, Major::k, Major::k>(args, step, stream);
}

}  // namespace chipfit::cuda

/// launch_mma<element> by `launch` for every kind of arguments.
#define CHIPFIT_LAUNCH_MMA(element, launch)                                                        \
  namespace chipfit::cuda {                                                                        \
  template <Element kElement, class Arguments>                                                     \
  const char* launch_mma(const Arguments& args, Major a, Major b, Step step, void* stream) {       \
    return launch(args, a, b, step, stream);                                                       \
  }                                                                                                \
  template const char* launch_mma<element>(const DenseArguments&, Major, Major, Step, void*);      \
  template const char* launch_mma<element>(const FwdArguments&, Major, Major, Step, void*);        \
  template const char* launch_mma<element>(const BwdDataArguments&, Major, Major, Step, void*);    \
  template const char* launch_mma<element>(const BwdWeightsArguments&, Major, Major, Step, void*); \
  }
