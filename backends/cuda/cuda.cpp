// cuBLASLt and cuDNN as a plugin: the vendor's libraries that kernels on NVIDIA GPUs are measured against. Driver and
// libraries are opened at run time, so this loads anywhere and says what is missing.
#include <chipfit/chipfit_plugin.hpp>

#include "backends/common/cuda/open_device.hpp"
#include "backends/cuda/gemm.hpp"
#include "backends/cuda/libraries.hpp"

namespace {

using chipfit::plugin::Failure;
using chipfit::plugin::unsupported;

/// What a device owns, in the order in which it comes and goes.
struct State {
  explicit State(std::uint32_t index)
      : libraries(cuda::libraries()),
        open(libraries.driver, index),
        context{libraries.driver, open.stream, cuda::capability_of(libraries.driver, open.device),
                cuda::Settings::from_options()},
        gemm(libraries.lt),
        conv(libraries.conv ? libraries.conv->open(context) : nullptr) {}

  const cuda::Libraries& libraries;
  cuda::OpenDevice open;
  cuda::Context context;
  cuda::Gemm gemm;
  std::unique_ptr<cuda::Conv> conv;
};

class CudaDevice {
 public:
  using Buffer = cuda::Memory;
  using Kernel = std::unique_ptr<cuda::Program>;

  static std::uint32_t count() { return cuda::device_count(cuda::libraries().driver); }
  static void describe(std::uint32_t index, chipfit_device_info& info) {
    const cuda::Libraries& libraries = cuda::libraries();
    cuda::describe_device(libraries.driver, index, libraries.versions(), info);
  }

  explicit CudaDevice(std::uint32_t index) : state_(std::make_unique<State>(index)) {}

  Buffer alloc(std::uint64_t bytes) { return state_->open.alloc(bytes); }
  void upload(Buffer& target, std::uint64_t offset, const void* source, std::uint64_t bytes) {
    state_->open.upload(target, offset, source, bytes);
  }
  void download(const Buffer& source, std::uint64_t offset, void* target, std::uint64_t bytes) {
    state_->open.download(source, offset, target, bytes);
  }

  Kernel prepare(const chipfit_problem& problem) {
    if (problem.accumulate > 1) unsupported("accumulate is 0 or 1");
    switch (problem.op) {
      case CHIPFIT_GEMM:
        return state_->gemm.prepare(state_->context, problem);
      case CHIPFIT_CONV_FWD:
      case CHIPFIT_CONV_BWD_DATA:
      case CHIPFIT_CONV_BWD_WEIGHTS:
        if (!state_->conv) unsupported(cuda::why_no_conv_library());
        return state_->conv->prepare(problem);
      default:
        unsupported("only GEMM and convolution are computed with cuBLASLt and cuDNN");
    }
  }

  void enqueue(Kernel& kernel, chipfit::plugin::Inputs<Buffer> in, chipfit::plugin::View<Buffer> out) {
    const auto at = [](const auto& view) { return view.buffer.address() + view.offset; };
    kernel->run(at(in[0]), at(in[1]), at(out));
  }

  void sync() { state_->open.stream.synchronize(); }

  const char* algorithm(const Kernel& kernel) { return kernel->algorithm().c_str(); }

 private:
  std::unique_ptr<State> state_;
};

const char* version() {
  // Without a driver the libraries are not opened: there is nothing that they could do.
  static const std::string text = [] {
    try {
      return "1.0 (" + cuda::libraries().versions() + ")";
    } catch (const Failure&) {
      return std::string("1.0");
    }
  }();
  return text.c_str();
}

}  // namespace

CHIPFIT_PLUGIN(CudaDevice, "cuda", version())
