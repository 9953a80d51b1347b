#include "backends/common/cuda/driver.hpp"

#include <chipfit/chipfit_plugin.hpp>

namespace cuda {

using chipfit::plugin::Failure;

chipfit_status status_of(CUresult result) {
  switch (result) {
    case CUDA_SUCCESS:
      return CHIPFIT_OK;
    case CUDA_ERROR_OUT_OF_MEMORY:
      return CHIPFIT_OUT_OF_MEMORY;
    case CUDA_ERROR_NOT_INITIALIZED:
    case CUDA_ERROR_NO_DEVICE:
    case CUDA_ERROR_INVALID_DEVICE:
    case CUDA_ERROR_DEVICE_NOT_LICENSED:
    case CUDA_ERROR_STUB_LIBRARY:
    case CUDA_ERROR_DEVICE_UNAVAILABLE:
    case CUDA_ERROR_SYSTEM_NOT_READY:
    case CUDA_ERROR_SYSTEM_DRIVER_MISMATCH:
    case CUDA_ERROR_COMPAT_NOT_SUPPORTED_ON_DEVICE:
    case CUDA_ERROR_OPERATING_SYSTEM:
      return CHIPFIT_UNAVAILABLE;
    // The context is gone with these: every later call on it fails too.
    case CUDA_ERROR_ILLEGAL_ADDRESS:
    case CUDA_ERROR_LAUNCH_FAILED:
    case CUDA_ERROR_LAUNCH_TIMEOUT:
    case CUDA_ERROR_MISALIGNED_ADDRESS:
    case CUDA_ERROR_INVALID_ADDRESS_SPACE:
    case CUDA_ERROR_INVALID_PC:
    case CUDA_ERROR_ILLEGAL_INSTRUCTION:
    case CUDA_ERROR_HARDWARE_STACK_ERROR:
    case CUDA_ERROR_ASSERT:
    case CUDA_ERROR_ECC_UNCORRECTABLE:
    case CUDA_ERROR_CONTEXT_IS_DESTROYED:
    case CUDA_ERROR_UNKNOWN:
      return CHIPFIT_DEVICE_LOST;
    default:
      return CHIPFIT_INTERNAL;
  }
}

void Driver::check(CUresult result, const char* call) const {
  if (result == CUDA_SUCCESS) return;
  const char *name = nullptr, *text = nullptr;
  error_name(result, &name);
  error_string(result, &text);
  throw Failure(status_of(result), std::string(call) + ": " +
                                       (name ? name : "CUDA error " + std::to_string(static_cast<int>(result))) +
                                       (text ? std::string(" (") + text + ")" : ""));
}

Driver Driver::load() {
  const auto library = open_first({"libcuda.so.1"}, {});
  if (!library) throw Failure(CHIPFIT_UNAVAILABLE, "no NVIDIA driver: libcuda.so.1 was not found");
  Driver driver;
  const auto resolve = [&](auto&... functions) { (functions.resolve(*library), ...); };
  resolve(driver.error_name, driver.error_string, driver.init, driver.version, driver.device_count, driver.device_get,
          driver.device_name, driver.device_memory, driver.device_attribute, driver.device_uuid, driver.context_retain,
          driver.context_release, driver.context_set, driver.memory_alloc, driver.memory_free, driver.copy_to_device,
          driver.copy_to_host, driver.copy_on_device, driver.stream_create, driver.stream_destroy,
          driver.stream_synchronize, driver.event_create, driver.event_destroy, driver.event_record,
          driver.event_synchronize, driver.event_elapsed);
  if (const CUresult started = driver.init(0); started != CUDA_SUCCESS) {
    const char* name = nullptr;
    driver.error_name(started, &name);
    throw Failure(CHIPFIT_UNAVAILABLE, std::string("the NVIDIA driver does not start: cuInit answers ") +
                                           (name ? name : std::to_string(static_cast<int>(started)).c_str()));
  }
  driver.check(driver.version(&driver.version_number), "cuDriverGetVersion");
  return driver;
}

}  // namespace cuda
