#include "kernels/cuda/mma/launch.cuh"

CHIPFIT_LAUNCH_MMA(Element::f16, launch_as_stored<MmaF16>)
