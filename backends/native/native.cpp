// The project's own kernels as a plugin. A problem becomes a plan (micro-kernel, blocks, division among the threads) in
// prepare; enqueue packs and multiplies. Every math mode of f32 is computed in f32: a mode is a floor on precision.
// Options: threads=N; tune_ms=80, the time to try block sizes in for each class of shapes (0: by formula);
// isa=avx512|avx2|portable (else the best that the CPU has); weights=prepacked packs B only once for each address: for
// comparison with libraries that are timed so, wrong wherever the contents change.
#include <chipfit/chipfit_simple.hpp>

#include "backends/common/problem_from_abi.hpp"
#include "kernels/cpu/gemm.hpp"
#include "kernels/cpu/skinny_gemm.hpp"
#include "kernels/cpu/tune.hpp"

namespace {

using chipfit::plugin::Failure;
using chipfit::plugin::option;

/// All kernels share one team: its threads are the only ones of this process that compute. Never destroyed, because
/// the worker leaves with _exit.
chipfit::cpu::ThreadTeam& team() {
  static auto& threads = *new chipfit::cpu::ThreadTeam(static_cast<int>(chipfit::plugin::compute_threads()));
  return threads;
}

chipfit::cpu::Weights weights() {
  const std::string asked = option("weights").value_or("fresh");
  if (asked != "fresh" && asked != "prepacked")
    throw Failure(CHIPFIT_INTERNAL, "option weights=" + asked + " is neither fresh nor prepacked");
  return asked == "fresh" ? chipfit::cpu::Weights::fresh : chipfit::cpu::Weights::prepacked;
}

template <class Made>
chipfit::simple::Kernel kernel_of(chipfit::Result<Made> made) {
  if (!made) throw Failure(CHIPFIT_OUT_OF_MEMORY, made.error().what);
  const auto gemm = std::make_shared<Made>(std::move(*made));
  return {[gemm](const void* a, const void* b, void* c) { gemm->run(a, b, c); }, gemm->algorithm()};
}

chipfit::simple::Kernel prepare_gemm(const chipfit::GemmProblem& problem) {
  const std::string isa = option("isa").value_or("");
  auto plan = chipfit::cpu::plan_gemm(problem, team().size(), isa);
  if (!plan) chipfit::plugin::unsupported(plan.error().what);
  if (chipfit::cpu::SkinnyGemm::fits(problem)) return kernel_of(chipfit::cpu::SkinnyGemm::make(problem, team(), isa));
  static chipfit::cpu::TunedPlans plans;
  *plan = plans.tuned(*plan, team(), chipfit::plugin::number_option("tune_ms", 80) * 1e-3);
  return kernel_of(chipfit::cpu::Gemm::make(*plan, team(), weights()));
}

chipfit::simple::Kernel prepare(const chipfit_problem& asked) {
  const auto problem = chipfit::problem_from_abi(asked);
  if (!problem) chipfit::plugin::unsupported(problem.error().what);
  if (const auto* gemm = std::get_if<chipfit::GemmProblem>(&*problem)) return prepare_gemm(*gemm);
  chipfit::plugin::unsupported("only GEMM is computed here");
}

void describe(chipfit_device_info& info) {
  chipfit::plugin::describe_host_cpu(info, "chipfit native 1.0");
}

}  // namespace

CHIPFIT_SIMPLE_PLUGIN_DESCRIBED("native", "1.0", prepare, describe)
