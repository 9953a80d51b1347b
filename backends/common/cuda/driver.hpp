#pragma once
#include <chipfit/chipfit_plugin.h>
#include <cuda.h>

#include <string>

#include "backends/common/cuda/functions.hpp"

namespace cuda {

/// What a driver's answer means to the harness.
chipfit_status status_of(CUresult);

/// The functions of libcuda that are used here. The driver's own interface needs no runtime library of a fitting
/// version, and cuBLASLt and cuDNN take its streams and addresses.
struct Driver {
  /// Failure (UNAVAILABLE) with the reason where there is no driver, or none that starts.
  static Driver load();

  /// Returns where `result` is success, else throws Failure with its status: "cuMemAlloc: CUDA_ERROR_OUT_OF_MEMORY
  /// (out of memory)".
  void check(CUresult result, const char* call) const;

  Function<decltype(::cuGetErrorName)> error_name{"cuGetErrorName"};
  Function<decltype(::cuGetErrorString)> error_string{"cuGetErrorString"};
  Function<decltype(::cuInit)> init{"cuInit"};
  Function<decltype(::cuDriverGetVersion)> version{"cuDriverGetVersion"};
  Function<decltype(::cuDeviceGetCount)> device_count{"cuDeviceGetCount"};
  Function<decltype(::cuDeviceGet)> device_get{"cuDeviceGet"};
  Function<decltype(::cuDeviceGetName)> device_name{"cuDeviceGetName"};
  Function<decltype(::cuDeviceTotalMem)> device_memory{"cuDeviceTotalMem_v2"};
  Function<decltype(::cuDeviceGetAttribute)> device_attribute{"cuDeviceGetAttribute"};
  Function<decltype(::cuDeviceGetUuid_v2)> device_uuid{"cuDeviceGetUuid_v2"};
  Function<decltype(::cuDevicePrimaryCtxRetain)> context_retain{"cuDevicePrimaryCtxRetain"};
  Function<decltype(::cuDevicePrimaryCtxRelease)> context_release{"cuDevicePrimaryCtxRelease_v2"};
  Function<decltype(::cuCtxSetCurrent)> context_set{"cuCtxSetCurrent"};
  Function<decltype(::cuMemAlloc)> memory_alloc{"cuMemAlloc_v2"};
  Function<decltype(::cuMemFree)> memory_free{"cuMemFree_v2"};
  Function<decltype(::cuMemcpyHtoDAsync)> copy_to_device{"cuMemcpyHtoDAsync_v2"};
  Function<decltype(::cuMemcpyDtoHAsync)> copy_to_host{"cuMemcpyDtoHAsync_v2"};
  Function<decltype(::cuMemcpyDtoDAsync)> copy_on_device{"cuMemcpyDtoDAsync_v2"};
  Function<decltype(::cuStreamCreate)> stream_create{"cuStreamCreate"};
  Function<decltype(::cuStreamDestroy)> stream_destroy{"cuStreamDestroy_v2"};
  Function<decltype(::cuStreamSynchronize)> stream_synchronize{"cuStreamSynchronize"};
  Function<decltype(::cuEventCreate)> event_create{"cuEventCreate"};
  Function<decltype(::cuEventDestroy)> event_destroy{"cuEventDestroy_v2"};
  Function<decltype(::cuEventRecord)> event_record{"cuEventRecord"};
  Function<decltype(::cuEventSynchronize)> event_synchronize{"cuEventSynchronize"};
  Function<decltype(::cuEventElapsedTime)> event_elapsed{"cuEventElapsedTime"};
  int version_number = 0;  ///< newest CUDA that the driver serves: 13000 is 13.0
};

}  // namespace cuda
