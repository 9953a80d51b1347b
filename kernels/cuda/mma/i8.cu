#include "kernels/cuda/mma/launch.cuh"

CHIPFIT_LAUNCH_MMA(Element::i8, launch_k_major<MmaI8>)
