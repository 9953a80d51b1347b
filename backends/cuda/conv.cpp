#include "backends/cuda/conv.hpp"

#include <chipfit/chipfit_plugin.hpp>
#include <chrono>

#include "backends/common/cuda/trial.hpp"
#include "backends/cuda/conv_graph.hpp"

namespace cuda {
namespace {

using chipfit::plugin::Failure;
using chipfit::plugin::unsupported;

constexpr std::size_t kPlans = 10;

class ConvProgram final : public Program {
 public:
  ConvProgram(const Cudnn& dnn, cudnnHandle_t handle, const Context& context, const chipfit_problem& problem)
      : dnn_(dnn),
        target_{handle, nullptr},
        context_(context),
        description_(describe_conv(problem, context.capability)),
        graph_(dnn, description_, target_) {
    collect_plans();
    choose(problem);
  }

  void run(CUdeviceptr in0, CUdeviceptr in1, CUdeviceptr out) override { enqueue(plans_[0], in0, in1, out); }

 private:
  /// The first plans that can be made and keep to the workspace limit. Making one may compile code: it counts as
  /// trying, but one is always made.
  void collect_plans() {
    using Clock = std::chrono::steady_clock;
    const auto begin = Clock::now();
    const Engines engines = engines_for(dnn_, graph_, description_, target_);
    std::string refused = engines.refused;
    for (const EngineConfig& engine : engines.usable) {
      const double spent_s = std::chrono::duration<double>(Clock::now() - begin).count();
      if (plans_.size() == kPlans || (!plans_.empty() && spent_s > context_.settings.trial_s)) break;
      try {
        ConvPlan plan = make_plan(dnn_, engine, target_);
        if (plan.workspace_bytes <= context_.settings.workspace_bytes)
          plans_.push_back(std::move(plan));
        else
          refused = engine.name + ": needs " + std::to_string(plan.workspace_bytes >> 20) + " MiB of workspace";
      } catch (const Failure& failure) {
        if (failure.status() != CHIPFIT_UNSUPPORTED) throw;
        refused = engine.name + ": " + failure.what();
      }
    }
    if (plans_.empty())
      unsupported(dnn_.version_text() + " has no engine for this convolution on this device" +
                  (refused.empty() ? "" : " but " + refused));
  }

  void choose(const chipfit_problem& problem) {
    std::string caution;
    if (plans_.size() > 1) {
      if (const auto data = trial_data(context_.bench(), problem)) {
        workspace_ = Memory(context_.driver, largest_workspace());
        const auto best = fastest(context_.bench(), *data, plans_.size(), [&](std::size_t i, const TrialData& d) {
          enqueue(plans_[i], d.operands[0].address(), d.operands[1].address(), d.operands[2].address());
        });
        if (!best) throw Failure(CHIPFIT_INTERNAL, "every plan that cuDNN makes for this convolution fails");
        std::swap(plans_[0], plans_[*best]);
      } else {
        caution = " (not tried: no room for a second set of operands)";
      }
    }
    plans_.resize(1);
    workspace_ = Memory();  // the old one goes first: both may not fit
    workspace_ = Memory(context_.driver, plans_[0].workspace_bytes);
    algorithm_ = dnn_.version_text() + " " + plans_[0].name + caution;
  }

  std::uint64_t largest_workspace() const {
    std::uint64_t largest = 0;
    for (const ConvPlan& plan : plans_) largest = std::max(largest, plan.workspace_bytes);
    return largest;
  }

  void enqueue(const ConvPlan& plan, CUdeviceptr in0, CUdeviceptr in1, CUdeviceptr out) {
    const auto at = [](CUdeviceptr address) { return reinterpret_cast<void*>(address); };
    const Descriptor pack =
        variant_pack(dnn_, addresses(description_.op, at(in0), at(in1), at(out), workspace_.pointer()));
    dnn_.check(dnn_.execute(target_.handle, plan.plan.get(), pack.get()), "cudnnBackendExecute");
  }

  const Cudnn& dnn_;
  ConvTarget target_;
  const Context& context_;
  ConvDescription description_;
  ConvGraph graph_;
  std::vector<ConvPlan> plans_;
  Memory workspace_;
};

class CudnnConv final : public Conv {
 public:
  CudnnConv(const Cudnn& dnn, const Context& context) : dnn_(dnn), context_(context) {}

  std::unique_ptr<Program> prepare(const chipfit_problem& problem) override {
    if (!handle_) {
      handle_ = Owned<cudnnHandle_t>(dnn_.destroy,
                                     [&](cudnnHandle_t* made) { dnn_.check(dnn_.create(made), "cudnnCreate"); });
      dnn_.check(dnn_.set_stream(handle_.get(), context_.stream.get()), "cudnnSetStream");
    }
    return std::make_unique<ConvProgram>(dnn_, handle_.get(), context_, problem);
  }

 private:
  const Cudnn& dnn_;
  const Context& context_;
  Owned<cudnnHandle_t> handle_;  ///< made for the first convolution: it takes memory and time
};

class CudnnLibrary final : public ConvLibrary {
 public:
  explicit CudnnLibrary(const Cudnn& dnn) : dnn_(dnn) {}
  std::string version_text() const override { return dnn_.version_text(); }
  std::unique_ptr<Conv> open(const Context& context) const override {
    return std::make_unique<CudnnConv>(dnn_, context);
  }

 private:
  Cudnn dnn_;
};

}  // namespace

std::unique_ptr<ConvLibrary> load_conv_library(const std::vector<std::filesystem::path>& folders) {
  const auto dnn = Cudnn::load(folders);
  return dnn ? std::make_unique<CudnnLibrary>(*dnn) : nullptr;
}

const char* why_no_conv_library() {
  return "libcudnn.so.9 was not found: matrix products only; option library_path=FOLDER names a place";
}

}  // namespace cuda
