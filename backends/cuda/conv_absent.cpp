#include "backends/cuda/conv.hpp"

namespace cuda {

std::unique_ptr<ConvLibrary> load_conv_library(const std::vector<std::filesystem::path>&) {
  return nullptr;
}

const char* why_no_conv_library() {
  return "this plugin was built without cuDNN's headers: matrix products only";
}

}  // namespace cuda
