#include "backends/cuda/gemm.hpp"

#include <chipfit/chipfit_plugin.hpp>
#include <vector>

#include "backends/common/cuda/trial.hpp"
#include "backends/common/cuda/view_alignment.hpp"
#include "backends/cuda/product.hpp"

namespace cuda {
namespace {

using chipfit::plugin::Failure;
using chipfit::plugin::unsupported;

constexpr int kCandidates = 8;

class GemmProgram final : public Program {
 public:
  GemmProgram(const CublasLt& lt, cublasLtHandle_t handle, const Context& context, const chipfit_problem& problem)
      : lt_(lt),
        handle_(handle),
        context_(context),
        description_(describe_gemm(problem, context.capability)),
        product_(lt, description_,
                 context.settings.fast_fp8_accumulation ? Fp8Accumulation::fast : Fp8Accumulation::full),
        alpha_(scalar(description_.scale, true)),
        beta_(scalar(description_.scale, description_.adds)) {
    ask_heuristic(problem);
  }

  /// Keeps the fastest of the candidates, and the memory that it needs.
  void choose(const chipfit_problem& problem) {
    std::string caution;
    if (candidates_.size() > 1) {
      if (const auto data = trial_data(context_.bench(), problem)) {
        workspace_ = Memory(context_.driver, largest_workspace());
        const auto best = fastest(context_.bench(), *data, candidates_.size(), [&](std::size_t i, const TrialData& d) {
          enqueue(candidates_[i].algo, d.operands[0].address(), d.operands[1].address(), d.operands[2].address());
        });
        if (!best)
          throw Failure(CHIPFIT_INTERNAL, "every algorithm that cuBLASLt offers for this product fails on this device");
        std::swap(candidates_[0], candidates_[*best]);
      } else {
        caution = " (not tried: no room for a second set of operands)";
      }
    }
    candidates_.resize(1);
    workspace_ = Memory();  // the old one goes first: both may not fit
    workspace_ = Memory(context_.driver, candidates_[0].workspaceSize);
    algorithm_ = name_of(lt_, candidates_[0].algo) + fast_accumulation() + caution;
  }

  void run(CUdeviceptr in0, CUdeviceptr in1, CUdeviceptr out) override { enqueue(candidates_[0].algo, in0, in1, out); }

 private:
  void ask_heuristic(const chipfit_problem& problem) {
    const auto wish = preference(lt_, description_, context_.settings.workspace_bytes, kViewAlignment);
    std::vector<cublasLtMatmulHeuristicResult_t> results(kCandidates);
    int found = 0;
    const cublasStatus_t status =
        lt_.heuristic(handle_, product_.operation.get(), product_.first.get(), product_.second.get(),
                      product_.out.get(), product_.out.get(), wish.get(), kCandidates, results.data(), &found);
    if (status != CUBLAS_STATUS_NOT_SUPPORTED) lt_.check(status, "cublasLtMatmulAlgoGetHeuristic");
    for (int i = 0; i < found; ++i)
      if (results[static_cast<std::size_t>(i)].state == CUBLAS_STATUS_SUCCESS)
        candidates_.push_back(results[static_cast<std::size_t>(i)]);
    if (candidates_.empty())
      unsupported(
          lt_.version_text() + " has no algorithm for this product on this device" +
          (problem.dtype_a == CHIPFIT_I8 ? " (bytes: rows of a multiple of 4 bytes, best stored along k)" : ""));
  }

  std::uint64_t largest_workspace() const {
    std::uint64_t largest = 0;
    for (const auto& candidate : candidates_) largest = std::max<std::uint64_t>(largest, candidate.workspaceSize);
    return largest;
  }

  const char* fast_accumulation() const {
    const bool fp8 = description_.first.type == CUDA_R_8F_E4M3 || description_.first.type == CUDA_R_8F_E5M2;
    return fp8 && context_.settings.fast_fp8_accumulation ? " fast-accumulation" : "";
  }

  void enqueue(const cublasLtMatmulAlgo_t& algorithm, CUdeviceptr in0, CUdeviceptr in1, CUdeviceptr out) {
    const auto at = [](CUdeviceptr address) { return reinterpret_cast<void*>(address); };
    lt_.check(lt_.matmul(handle_, product_.operation.get(), &alpha_, at(in1), product_.first.get(), at(in0),
                         product_.second.get(), &beta_, at(out), product_.out.get(), at(out), product_.out.get(),
                         &algorithm, workspace_.pointer(), workspace_.bytes(), context_.stream.get()),
              "cublasLtMatmul");
  }

  const CublasLt& lt_;
  cublasLtHandle_t handle_;
  const Context& context_;
  GemmDescription description_;
  Product product_;
  Scalar alpha_, beta_;
  std::vector<cublasLtMatmulHeuristicResult_t> candidates_;
  Memory workspace_;
};

}  // namespace

Gemm::Gemm(const CublasLt& lt)
    : lt_(lt), handle_(lt.destroy, [&](cublasLtHandle_t* made) { lt.check(lt.create(made), "cublasLtCreate"); }) {}

std::unique_ptr<Program> Gemm::prepare(const Context& context, const chipfit_problem& problem) const {
  auto program = std::make_unique<GemmProgram>(lt_, handle_.get(), context, problem);
  program->choose(problem);
  return program;
}

}  // namespace cuda
