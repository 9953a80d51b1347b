#include "kernels/cuda/mma/launch.cuh"

CHIPFIT_LAUNCH_MMA(Element::f64, launch_k_major<DmmaM8>)
