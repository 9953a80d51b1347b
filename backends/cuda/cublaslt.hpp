#pragma once
#include <chipfit/chipfit_plugin.h>
#include <cublasLt.h>

#include <string>
#include <vector>

#include "backends/common/cuda/functions.hpp"

namespace cuda {

/// The functions of libcublasLt that are used here.
struct CublasLt {
  /// The newest version that the driver serves, from the loader's path or `folders`. Failure (UNAVAILABLE) says what
  /// was looked for.
  static CublasLt load(int driver_version, const std::vector<std::filesystem::path>& folders);

  void check(cublasStatus_t status, const char* call) const;
  std::string version_text() const;  ///< "cuBLASLt 13.1.0"

  Function<decltype(::cublasLtGetStatusName)> status_name{"cublasLtGetStatusName"};
  Function<decltype(::cublasLtGetVersion)> version{"cublasLtGetVersion"};
  Function<decltype(::cublasLtCreate)> create{"cublasLtCreate"};
  Function<decltype(::cublasLtDestroy)> destroy{"cublasLtDestroy"};
  Function<decltype(::cublasLtMatmulDescCreate)> product_create{"cublasLtMatmulDescCreate"};
  Function<decltype(::cublasLtMatmulDescDestroy)> product_destroy{"cublasLtMatmulDescDestroy"};
  Function<decltype(::cublasLtMatmulDescSetAttribute)> product_set{"cublasLtMatmulDescSetAttribute"};
  Function<decltype(::cublasLtMatrixLayoutCreate)> matrix_create{"cublasLtMatrixLayoutCreate"};
  Function<decltype(::cublasLtMatrixLayoutDestroy)> matrix_destroy{"cublasLtMatrixLayoutDestroy"};
  Function<decltype(::cublasLtMatrixLayoutSetAttribute)> matrix_set{"cublasLtMatrixLayoutSetAttribute"};
  Function<decltype(::cublasLtMatmulPreferenceCreate)> preference_create{"cublasLtMatmulPreferenceCreate"};
  Function<decltype(::cublasLtMatmulPreferenceDestroy)> preference_destroy{"cublasLtMatmulPreferenceDestroy"};
  Function<decltype(::cublasLtMatmulPreferenceSetAttribute)> preference_set{"cublasLtMatmulPreferenceSetAttribute"};
  Function<decltype(::cublasLtMatmulAlgoGetHeuristic)> heuristic{"cublasLtMatmulAlgoGetHeuristic"};
  Function<decltype(::cublasLtMatmulAlgoConfigGetAttribute)> algorithm_get{"cublasLtMatmulAlgoConfigGetAttribute"};
  Function<decltype(::cublasLtMatmul)> matmul{"cublasLtMatmul"};
};

/// Names of the library, newest first, that a driver of this version serves.
std::vector<std::string> cublaslt_names(int driver_version);

/// "13.1.0": from 11.1 on the number is major·10000 + minor·100 + patch.
std::string version_of_number(std::size_t number);

/// What the library's answer means to the harness.
chipfit_status status_of(cublasStatus_t);

}  // namespace cuda
