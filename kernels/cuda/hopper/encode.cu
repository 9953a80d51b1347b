#include "kernels/cuda/hopper/encode.hpp"

#include <cuda_runtime.h>

namespace chipfit::cuda {

namespace {

CUtensorMapDataType data_type(Element element) {
  switch (element) {
    case Element::bf16:
      return CU_TENSOR_MAP_DATA_TYPE_BFLOAT16;
    case Element::f16:
      return CU_TENSOR_MAP_DATA_TYPE_FLOAT16;
    case Element::tf32:
      return CU_TENSOR_MAP_DATA_TYPE_TFLOAT32;
    case Element::f32:
      return CU_TENSOR_MAP_DATA_TYPE_FLOAT32;
    default:
      return CU_TENSOR_MAP_DATA_TYPE_UINT8;
  }
}

/// No link to libcuda: the program starts where there is no driver.
template <class Function>
Function driver_function(const char* name) {
  void* function = nullptr;
  cudaDriverEntryPointQueryResult found = cudaDriverEntryPointSymbolNotFound;
  if (cudaGetDriverEntryPointByVersion(name, &function, 12000, cudaEnableDefault, &found) != cudaSuccess ||
      found != cudaDriverEntryPointSuccess)
    return nullptr;
  return reinterpret_cast<Function>(function);
}

}  // namespace

const char* encode(const TensorMapPlan& plan, CUtensorMap& map) {
  cuuint64_t extent[4], stride[3];
  cuuint32_t box[4], step[4] = {1, 1, 1, 1};
  for (int i = 0; i < plan.rank; ++i) {
    extent[i] = static_cast<cuuint64_t>(plan.extent[i]);
    box[i] = static_cast<cuuint32_t>(plan.box[i]);
    if (i > 0) stride[i - 1] = static_cast<cuuint64_t>(plan.stride_bytes[i]);
  }
  const cuuint32_t rank = static_cast<cuuint32_t>(plan.rank);
  void* data = const_cast<void*>(plan.data);
  CUresult result = CUDA_ERROR_NOT_FOUND;
  if (plan.mode == TensorMapPlan::Mode::tiled) {
    const auto tiled = driver_function<decltype(&cuTensorMapEncodeTiled)>("cuTensorMapEncodeTiled");
    if (tiled == nullptr) return "the driver has no cuTensorMapEncodeTiled: it is older than CUDA 12";
    result = tiled(&map, data_type(plan.element), rank, data, extent, stride, box, step, CU_TENSOR_MAP_INTERLEAVE_NONE,
                   CU_TENSOR_MAP_SWIZZLE_128B, CU_TENSOR_MAP_L2_PROMOTION_L2_256B, CU_TENSOR_MAP_FLOAT_OOB_FILL_NONE);
  } else {
    const auto im2col = driver_function<decltype(&cuTensorMapEncodeIm2col)>("cuTensorMapEncodeIm2col");
    if (im2col == nullptr) return "the driver has no cuTensorMapEncodeIm2col: it is older than CUDA 12";
    step[1] = static_cast<cuuint32_t>(plan.step[0]), step[2] = static_cast<cuuint32_t>(plan.step[1]);
    result = im2col(&map, data_type(plan.element), rank, data, extent, stride, plan.lower, plan.upper,
                    static_cast<cuuint32_t>(plan.channels_per_pixel), static_cast<cuuint32_t>(plan.pixels_per_column),
                    step, CU_TENSOR_MAP_INTERLEAVE_NONE, CU_TENSOR_MAP_SWIZZLE_128B, CU_TENSOR_MAP_L2_PROMOTION_L2_256B,
                    CU_TENSOR_MAP_FLOAT_OOB_FILL_NONE);
  }
  return result == CUDA_SUCCESS ? nullptr : "the driver refuses a tensor map";
}

}  // namespace chipfit::cuda
