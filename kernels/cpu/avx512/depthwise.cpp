#include "kernels/cpu/conv/depthwise_body.hpp"
#include "kernels/cpu/conv/depthwise_sets.hpp"

namespace chipfit::cpu::avx512 {

const DepthwiseTable depthwise_f32 = depthwise_table<float, 64>("avx512", CpuFeature::avx512, Dtype::f32);
const DepthwiseTable depthwise_f64 = depthwise_table<double, 64>("avx512", CpuFeature::avx512, Dtype::f64);

}  // namespace chipfit::cpu::avx512
