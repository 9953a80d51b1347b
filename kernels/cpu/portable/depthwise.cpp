#include "kernels/cpu/conv/depthwise_body.hpp"
#include "kernels/cpu/conv/depthwise_sets.hpp"

namespace chipfit::cpu::portable {

const DepthwiseTable depthwise_f32 = depthwise_table<float, 16>("portable", CpuFeature::none, Dtype::f32);
const DepthwiseTable depthwise_f64 = depthwise_table<double, 16>("portable", CpuFeature::none, Dtype::f64);

}  // namespace chipfit::cpu::portable
