#include "kernels/cuda/mma/launch.cuh"

CHIPFIT_LAUNCH_MMA(Element::bf16, launch_as_stored<MmaBf16>)
