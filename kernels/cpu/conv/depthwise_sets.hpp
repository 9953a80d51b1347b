#pragma once
#include "kernels/cpu/conv/depthwise_table.hpp"

namespace chipfit::cpu {

#if defined(__x86_64__)
namespace avx512 {
extern const DepthwiseTable depthwise_f32, depthwise_f64;
}
namespace avx2 {
extern const DepthwiseTable depthwise_f32, depthwise_f64;
}
#endif
namespace portable {
extern const DepthwiseTable depthwise_f32, depthwise_f64;
}

}  // namespace chipfit::cpu
