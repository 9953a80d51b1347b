#include "kernels/cuda/mma/launch.cuh"

CHIPFIT_LAUNCH_MMA(Element::tf32, launch_k_major<MmaTf32>)
