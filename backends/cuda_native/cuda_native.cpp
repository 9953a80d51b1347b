// The project's own kernels on NVIDIA GPUs. The driver is opened at run time, so this loads anywhere and says what is
// missing.
#include <chipfit/chipfit_plugin.hpp>
#include <memory>

#include "backends/common/cuda/open_device.hpp"
#include "backends/common/cuda/trial.hpp"
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

  void supports(const chipfit_problem& asked) { candidates_for(asked); }

  /// The fastest of the kernels that compute it, where the device has room to try them; else the likeliest.
  Kernel prepare(const chipfit_problem& asked) {
    std::vector<chipfit::cuda::Plan> plans = candidates_for(asked);
    for (const chipfit::cuda::Plan& plan : plans) check(chipfit::cuda::prepare(plan));
    Kernel kernel{plans.front(), {}};
    std::string caution;
    const double trial_s = plugin::number_option("trial_s", 0.3);
    if (plans.size() > 1 && trial_s > 0) {
      if (const std::optional<std::size_t> best = try_out(asked, plans, trial_s))
        kernel.plan = std::move(plans[*best]);
      else
        caution = " (not tried: no room for a second set of operands)";
    }
    kernel.plan.name += caution;
    kernel.workspace = open_->alloc(static_cast<std::uint64_t>(kernel.plan.workspace_bytes));
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
  /// All of them; with the option candidate=N only that one, for tests and measurements of each.
  std::vector<chipfit::cuda::Plan> candidates_for(const chipfit_problem& asked) const {
    const Result<Problem> problem = problem_from_abi(asked);
    if (!problem) unsupported(problem.error().what);
    Result<std::vector<chipfit::cuda::Plan>> plans = chipfit::cuda::candidates(*problem, capability_);
    if (!plans) unsupported(plans.error().what);
    const double wanted = plugin::number_option("candidate", -1);
    if (wanted < 0) return *std::move(plans);
    if (wanted >= static_cast<double>(plans->size()))
      unsupported("there are " + std::to_string(plans->size()) + " kernels for this problem, counted from 0");
    return {std::move((*plans)[static_cast<std::size_t>(wanted)])};
  }

  /// Nothing where the operands do not fit a second time.
  std::optional<std::size_t> try_out(const chipfit_problem& asked, const std::vector<chipfit::cuda::Plan>& plans,
                                     double trial_s) const {
    const ::cuda::TrialBench bench{driver(), open_->stream, trial_s};
    try {
      const std::optional<::cuda::TrialData> data = ::cuda::trial_data(bench, asked);
      if (!data) return std::nullopt;
      std::int64_t workspace_bytes = 0;
      for (const chipfit::cuda::Plan& plan : plans) workspace_bytes = std::max(workspace_bytes, plan.workspace_bytes);
      const ::cuda::Memory workspace = open_->alloc(static_cast<std::uint64_t>(workspace_bytes));
      return ::cuda::fastest(bench, *data, plans.size(), [&](std::size_t i, const ::cuda::TrialData& d) {
        check(chipfit::cuda::launch(plans[i], capability_, d.operands[0].pointer(), d.operands[1].pointer(),
                                    d.operands[2].pointer(), workspace.pointer(), open_->stream.get()));
      });
    } catch (const Failure& failure) {
      if (failure.status() != CHIPFIT_OUT_OF_MEMORY) throw;
      return std::nullopt;
    }
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
