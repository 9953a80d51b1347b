#include "kernels/cpu/conv/depthwise_body.hpp"
#include "kernels/cpu/conv/depthwise_sets.hpp"

namespace chipfit::cpu::avx2 {

const DepthwiseTable depthwise_f32 = depthwise_table<float, 32>("avx2", CpuFeature::avx2_fma, Dtype::f32);
const DepthwiseTable depthwise_f64 = depthwise_table<double, 32>("avx2", CpuFeature::avx2_fma, Dtype::f64);

}  // namespace chipfit::cpu::avx2
