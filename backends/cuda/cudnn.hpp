#pragma once
#include <chipfit/chipfit_plugin.h>
#include <cudnn_backend.h>

#include <optional>
#include <string>
#include <vector>

#include "backends/common/cuda/functions.hpp"

namespace cuda {

/// The functions of libcudnn that are used here: the graph backend's C interface.
struct Cudnn {
  /// Nothing where there is no libcudnn.so.9: matrix products do without.
  static std::optional<Cudnn> load(const std::vector<std::filesystem::path>& folders);

  void check(cudnnStatus_t status, const char* call) const;
  std::string version_text() const;  ///< "cuDNN 9.19.0"

  Function<decltype(::cudnnGetErrorString)> error_string{"cudnnGetErrorString"};
  Function<decltype(::cudnnGetLastErrorString)> last_error{"cudnnGetLastErrorString"};
  Function<decltype(::cudnnGetVersion)> version{"cudnnGetVersion"};
  Function<decltype(::cudnnCreate)> create{"cudnnCreate"};
  Function<decltype(::cudnnDestroy)> destroy{"cudnnDestroy"};
  Function<decltype(::cudnnSetStream)> set_stream{"cudnnSetStream"};
  Function<decltype(::cudnnBackendCreateDescriptor)> descriptor_create{"cudnnBackendCreateDescriptor"};
  Function<decltype(::cudnnBackendDestroyDescriptor)> descriptor_destroy{"cudnnBackendDestroyDescriptor"};
  Function<decltype(::cudnnBackendSetAttribute)> descriptor_set{"cudnnBackendSetAttribute"};
  Function<decltype(::cudnnBackendGetAttribute)> descriptor_get{"cudnnBackendGetAttribute"};
  Function<decltype(::cudnnBackendFinalize)> descriptor_finalize{"cudnnBackendFinalize"};
  Function<decltype(::cudnnBackendExecute)> execute{"cudnnBackendExecute"};
};

/// What the library's answer means to the harness.
chipfit_status status_of(cudnnStatus_t);

}  // namespace cuda
