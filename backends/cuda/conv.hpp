#pragma once
#include <memory>

#include "backends/cuda/context.hpp"

namespace cuda {

/// Convolutions on one device.
class Conv {
 public:
  virtual ~Conv() = default;
  /// The fastest of the first 10 plans within the workspace limit. Failure (UNSUPPORTED) with the reason where there
  /// is none.
  virtual std::unique_ptr<Program> prepare(const chipfit_problem&) = 0;
};

/// The library that convolves.
class ConvLibrary {
 public:
  virtual ~ConvLibrary() = default;
  virtual std::string version_text() const = 0;  ///< "cuDNN 9.19.0"
  /// The context outlives what is opened.
  virtual std::unique_ptr<Conv> open(const Context&) const = 0;
};

/// cuDNN from the loader's path or `folders`; null where there is none, or where this plugin was built without its
/// headers (conv_absent.cpp takes the place of conv.cpp).
std::unique_ptr<ConvLibrary> load_conv_library(const std::vector<std::filesystem::path>& folders);

/// Why load_conv_library gives nothing.
const char* why_no_conv_library();

}  // namespace cuda
