#include "backends/cuda/cudnn.hpp"

#include <chipfit/chipfit_plugin.hpp>

#include "backends/cuda/cublaslt.hpp"

namespace cuda {

using chipfit::plugin::Failure;

chipfit_status status_of(cudnnStatus_t status) {
  if (status == CUDNN_STATUS_SUCCESS) return CHIPFIT_OK;
  if (status == CUDNN_STATUS_INTERNAL_ERROR_HOST_ALLOCATION_FAILED ||
      status == CUDNN_STATUS_INTERNAL_ERROR_DEVICE_ALLOCATION_FAILED)
    return CHIPFIT_OUT_OF_MEMORY;
  if (status == CUDNN_STATUS_NOT_INITIALIZED || status == CUDNN_STATUS_SUBLIBRARY_LOADING_FAILED ||
      status == CUDNN_STATUS_SUBLIBRARY_VERSION_MISMATCH)
    return CHIPFIT_UNAVAILABLE;
  switch (CUDNN_STATUS_CATEGORY(static_cast<int>(status))) {
    case 3000:
      return CHIPFIT_UNSUPPORTED;
    case 5000:
      return CHIPFIT_DEVICE_LOST;
    default:
      return CHIPFIT_INTERNAL;
  }
}

std::optional<Cudnn> Cudnn::load(const std::vector<std::filesystem::path>& folders) {
  const auto library = open_first({"libcudnn.so.9"}, folders);
  if (!library) return std::nullopt;
  // Engines that are compiled at run time look for the compiler by name only: it is there once it is loaded.
  open_first({"libnvrtc.so.13", "libnvrtc.so.12"}, folders);
  Cudnn dnn;
  const auto resolve = [&](auto&... functions) { (functions.resolve(*library), ...); };
  resolve(dnn.error_string, dnn.last_error, dnn.version, dnn.create, dnn.destroy, dnn.set_stream, dnn.descriptor_create,
          dnn.descriptor_destroy, dnn.descriptor_set, dnn.descriptor_get, dnn.descriptor_finalize, dnn.execute);
  return dnn;
}

void Cudnn::check(cudnnStatus_t status, const char* call) const {
  if (status == CUDNN_STATUS_SUCCESS) return;
  char detail[512] = "";
  last_error(detail, sizeof detail);
  throw Failure(status_of(status),
                std::string(call) + ": " + error_string(status) + (*detail ? std::string(": ") + detail : ""));
}

std::string Cudnn::version_text() const {
  return "cuDNN " + version_of_number(version());
}

}  // namespace cuda
