// cuBLASLt and cuDNN as a plugin: the vendor's libraries that kernels on NVIDIA GPUs are measured against. Driver and
// libraries are opened at run time, so this loads anywhere and says what is missing.
#include <chipfit/chipfit_plugin.hpp>

#include "backends/cuda/device_facts.hpp"
#include "backends/cuda/gemm.hpp"

namespace {

using chipfit::plugin::Failure;
using chipfit::plugin::unsupported;

/// The primary context, which cuBLASLt and cuDNN compute in too.
class PrimaryContext {
 public:
  PrimaryContext(const cuda::Driver& driver, CUdevice device) : driver_(driver), device_(device) {
    CUcontext context = nullptr;
    driver.check(driver.context_retain(&context, device), "cuDevicePrimaryCtxRetain");
    context_ = context;
    make_current();
  }
  ~PrimaryContext() { driver_.context_release(device_); }
  PrimaryContext(const PrimaryContext&) = delete;
  PrimaryContext& operator=(const PrimaryContext&) = delete;
  void make_current() const { driver_.check(driver_.context_set(context_), "cuCtxSetCurrent"); }

 private:
  const cuda::Driver& driver_;
  CUdevice device_;
  CUcontext context_ = nullptr;
};

/// What a device owns, in the order in which it comes and goes.
struct State {
  explicit State(std::uint32_t index)
      : libraries(cuda::libraries()),
        device(cuda::device_at(libraries.driver, index)),
        primary(libraries.driver, device),
        stream(libraries.driver),
        context{libraries.driver, stream, cuda::capability_of(libraries.driver, device),
                cuda::Settings::from_options()},
        gemm(libraries.lt),
        conv(libraries.conv ? libraries.conv->open(context) : nullptr) {}

  const cuda::Libraries& libraries;
  CUdevice device;
  PrimaryContext primary;
  cuda::Stream stream;
  cuda::Context context;
  cuda::Gemm gemm;
  std::unique_ptr<cuda::Conv> conv;
};

class CudaDevice {
 public:
  using Buffer = cuda::Memory;
  using Kernel = std::unique_ptr<cuda::Program>;

  static std::uint32_t count() {
    const cuda::Libraries& libraries = cuda::libraries();
    int devices = 0;
    libraries.driver.check(libraries.driver.device_count(&devices), "cuDeviceGetCount");
    if (devices <= 0) throw Failure(CHIPFIT_UNAVAILABLE, "the NVIDIA driver finds no device");
    return static_cast<std::uint32_t>(devices);
  }
  static void describe(std::uint32_t index, chipfit_device_info& info) {
    cuda::describe_device(cuda::libraries(), index, info);
  }

  explicit CudaDevice(std::uint32_t index) : state_(std::make_unique<State>(index)) {}

  Buffer alloc(std::uint64_t bytes) { return Buffer(driver(), bytes); }

  void upload(Buffer& target, std::uint64_t offset, const void* source, std::uint64_t bytes) {
    driver().check(driver().copy_to_device(target.address() + offset, source, bytes, state_->stream.get()),
                   "cuMemcpyHtoDAsync");
    state_->stream.synchronize();
  }
  void download(const Buffer& source, std::uint64_t offset, void* target, std::uint64_t bytes) {
    driver().check(driver().copy_to_host(target, source.address() + offset, bytes, state_->stream.get()),
                   "cuMemcpyDtoHAsync");
    state_->stream.synchronize();
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

  void sync() { state_->stream.synchronize(); }

  const char* algorithm(const Kernel& kernel) { return kernel->algorithm().c_str(); }

 private:
  const cuda::Driver& driver() const { return state_->libraries.driver; }

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
