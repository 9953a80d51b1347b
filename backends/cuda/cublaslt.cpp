#include "backends/cuda/cublaslt.hpp"

#include <chipfit/chipfit_plugin.hpp>

namespace cuda {

using chipfit::plugin::Failure;

chipfit_status status_of(cublasStatus_t status) {
  switch (status) {
    case CUBLAS_STATUS_SUCCESS:
      return CHIPFIT_OK;
    case CUBLAS_STATUS_ALLOC_FAILED:
      return CHIPFIT_OUT_OF_MEMORY;
    case CUBLAS_STATUS_NOT_SUPPORTED:
    case CUBLAS_STATUS_ARCH_MISMATCH:
      return CHIPFIT_UNSUPPORTED;
    case CUBLAS_STATUS_NOT_INITIALIZED:
    case CUBLAS_STATUS_LICENSE_ERROR:
      return CHIPFIT_UNAVAILABLE;
    case CUBLAS_STATUS_EXECUTION_FAILED:
      return CHIPFIT_DEVICE_LOST;
    default:
      return CHIPFIT_INTERNAL;
  }
}

std::vector<std::string> cublaslt_names(int driver_version) {
  if (driver_version >= 13000) return {"libcublasLt.so.13", "libcublasLt.so.12"};
  return {"libcublasLt.so.12"};
}

std::string version_of_number(std::size_t number) {
  return std::to_string(number / 10000) + "." + std::to_string(number / 100 % 100) + "." + std::to_string(number % 100);
}

CublasLt CublasLt::load(int driver_version, const std::vector<std::filesystem::path>& folders) {
  const std::vector<std::string> names = cublaslt_names(driver_version);
  const auto library = open_first(names, folders);
  if (!library) {
    std::string wanted, places;
    for (const std::string& name : names) wanted += (wanted.empty() ? "" : " or ") + name;
    for (const auto& folder : folders) places += ", " + folder.string();
    throw Failure(CHIPFIT_UNAVAILABLE, wanted + " was not found (loader path" + places +
                                           "); option library_path=FOLDER names another place");
  }
  CublasLt lt;
  const auto resolve = [&](auto&... functions) { (functions.resolve(*library), ...); };
  resolve(lt.status_name, lt.version, lt.create, lt.destroy, lt.product_create, lt.product_destroy, lt.product_set,
          lt.matrix_create, lt.matrix_destroy, lt.matrix_set, lt.preference_create, lt.preference_destroy,
          lt.preference_set, lt.heuristic, lt.algorithm_get, lt.matmul);
  return lt;
}

void CublasLt::check(cublasStatus_t status, const char* call) const {
  if (status == CUBLAS_STATUS_SUCCESS) return;
  const char* name = status_name(status);
  throw Failure(status_of(status),
                std::string(call) + ": " + (name ? name : std::to_string(static_cast<int>(status)).c_str()));
}

std::string CublasLt::version_text() const {
  return "cuBLASLt " + version_of_number(version());
}

}  // namespace cuda
