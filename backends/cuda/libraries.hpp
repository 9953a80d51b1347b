#pragma once
#include <memory>
#include <string>

#include "backends/common/cuda/driver.hpp"
#include "backends/cuda/conv.hpp"
#include "backends/cuda/cublaslt.hpp"

namespace cuda {

/// Everything that is opened at run time. Opened once and never closed.
struct Libraries {
  Driver driver;
  CublasLt lt;
  std::unique_ptr<ConvLibrary> conv;  ///< null where there is none

  std::string versions() const;  ///< "cuBLASLt 13.1.0, cuDNN 9.19.0"
};

/// Failure (UNAVAILABLE) with the reason where the driver or cuBLASLt is missing; asked again, it looks again.
const Libraries& libraries();

}  // namespace cuda
