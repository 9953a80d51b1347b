#pragma once
#include <memory>

#include "backends/cuda/context.hpp"
#include "backends/cuda/descriptor.hpp"

namespace cuda {

/// cuBLASLt on one device.
class Gemm {
 public:
  /// The library's table outlives this. Failure (UNAVAILABLE) where the library does not serve the device.
  explicit Gemm(const CublasLt&);

  /// The fastest of the 8 algorithms that the heuristic puts first, within the workspace limit. Failure (UNSUPPORTED)
  /// with the reason where there is none.
  std::unique_ptr<Program> prepare(const Context&, const chipfit_problem&) const;

 private:
  const CublasLt& lt_;
  Owned<cublasLtHandle_t> handle_;
};

}  // namespace cuda
