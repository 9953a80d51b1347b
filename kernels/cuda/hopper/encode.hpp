#pragma once
#include <cuda.h>

#include "kernels/cuda/launchers.hpp"

namespace chipfit::cuda {

/// The copy engine's descriptor for `plan`, by the driver, which is looked up at run time. nullptr or what went wrong.
const char* encode(const TensorMapPlan& plan, CUtensorMap& map);

}  // namespace chipfit::cuda
