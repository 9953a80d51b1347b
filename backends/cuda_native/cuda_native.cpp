// The project's own kernels on NVIDIA GPUs. The driver is opened at run time, so this loads anywhere and says what is
// missing.
#include <chipfit/chipfit_plugin.hpp>
#include <memory>

#include "backends/common/cuda/open_device.hpp"
#include "backends/common/problem_from_abi.hpp"
#include "kernels/cuda/launch.hpp"

namespace {

using chipfit::plugin::Failure;
using chipfit::plugin::unsupported;
using namespace chipfit;

const ::cuda::Driver& driver() {
  static const ::cuda::Driver& loaded = *new ::cuda::Driver(::cuda::Driver::load());
  return loaded;
}

class NativeDevice {
 public:
  using Buffer = ::cuda::Memory;
  struct Kernel {
    chipfit::cuda::Plan plan;
    ::cuda::Memory workspace;
  };

  static std::uint32_t count() { return ::cuda::device_count(driver()); }
  static void describe(std::uint32_t index, chipfit_device_info& info) {
    ::cuda::describe_device(driver(), index, "chipfit kernels 1.0", info);
  }

  explicit NativeDevice(std::uint32_t index) : open_(std::make_unique<::cuda::OpenDevice>(driver(), index)) {
    const ::cuda::ComputeCapability capability = ::cuda::capability_of(driver(), open_->device);
    capability_ = {capability / 10, capability % 10, ::cuda::multiprocessors_of(driver(), open_->device)};
  }

  Buffer alloc(std::uint64_t bytes) { return open_->alloc(bytes); }
  void upload(Buffer& target, std::uint64_t offset, const void* source, std::uint64_t bytes) {
    open_->upload(target, offset, source, bytes);
  }
  void download(const Buffer& source, std::uint64_t offset, void* target, std::uint64_t bytes) {
    open_->download(source, offset, target, bytes);
  }

  void supports(const chipfit_problem& asked) { plan_for(asked); }

  Kernel prepare(const chipfit_problem& asked) {
    Kernel kernel{plan_for(asked), {}};
    kernel.workspace = open_->alloc(static_cast<std::uint64_t>(kernel.plan.workspace_bytes));
    check(chipfit::cuda::prepare(kernel.plan));
    return kernel;
  }

  void enqueue(Kernel& kernel, plugin::Inputs<Buffer> in, plugin::View<Buffer> out) {
    const auto at = [](const auto& view) { return static_cast<unsigned char*>(view.buffer.pointer()) + view.offset; };
    check(chipfit::cuda::launch(kernel.plan, capability_, at(in[0]), at(in[1]), at(out), kernel.workspace.pointer(),
                                open_->stream.get()));
  }

  void sync() { open_->stream.synchronize(); }
  const char* algorithm(const Kernel& kernel) { return kernel.plan.name.c_str(); }

 private:
  chipfit::cuda::Plan plan_for(const chipfit_problem& asked) const {
    const Result<Problem> problem = problem_from_abi(asked);
    if (!problem) unsupported(problem.error().what);
    Result<chipfit::cuda::Plan> plan = chipfit::cuda::choose(*problem, capability_);
    if (!plan) unsupported(plan.error().what);
    return *std::move(plan);
  }
  /// A launch that the runtime refuses is a defect here; what went wrong on the device, sync tells.
  static void check(const Result<void>& result) {
    if (!result) throw Failure(CHIPFIT_INTERNAL, result.error().what);
  }

  std::unique_ptr<::cuda::OpenDevice> open_;
  chipfit::cuda::Capability capability_;
};

}  // namespace

CHIPFIT_PLUGIN(NativeDevice, "cuda_native", "1.0")
