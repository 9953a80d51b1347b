// The project's own kernels as a plugin. A problem becomes a plan (micro-kernel, blocks, division among the threads) in
// prepare; enqueue packs and multiplies. Every math mode of f32 is computed in f32: a mode is a floor on precision.
// Options: threads=N; tune_ms=400, the time to try block sizes in for each class of shapes (0: by formula);
// isa=avx512|avx2|portable (else the best that the CPU has); weights=prepacked packs B only once for each address: for
// comparison with libraries that are timed so, wrong wherever the contents change;
// conv=direct|winograd|gemm|depthwise takes convolution algorithms of that name only (docs/native-conv.md).
#include <chipfit/chipfit_simple.hpp>

#include <map>

#include "backends/common/problem_from_abi.hpp"
#include "kernels/cpu/conv/conv.hpp"
#include "kernels/cpu/gemm.hpp"
#include "kernels/cpu/skinny_gemm.hpp"
#include "kernels/cpu/tune.hpp"

namespace {

using chipfit::plugin::Failure;
using chipfit::plugin::option;

/// All kernels share one team: its threads are the only ones of this process that compute. Never destroyed, because
/// the worker leaves with _exit. A process that loads the plugin again with another number of threads gets another.
chipfit::cpu::ThreadTeam& team() {
  static auto& teams = *new std::map<unsigned, chipfit::cpu::ThreadTeam>;
  const unsigned threads = chipfit::plugin::compute_threads();
  return teams.try_emplace(threads, static_cast<int>(threads)).first->second;
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

chipfit::simple::Kernel prepare_conv(const chipfit::ConvProblem& problem) {
  auto program = chipfit::cpu::prepare_conv(
      problem, team(), {.isa = option("isa").value_or(""), .algorithm = option("conv").value_or("")});
  if (!program) chipfit::plugin::unsupported(program.error().what);
  return {std::move(program->run), std::move(program->algorithm)};
}

chipfit::simple::Kernel prepare_gemm(const chipfit::GemmProblem& problem) {
  const std::string isa = option("isa").value_or("");
  auto plan = chipfit::cpu::plan_gemm(problem, team().size(), isa);
  if (!plan) chipfit::plugin::unsupported(plan.error().what);
  const chipfit::cpu::Weights kind = weights();
  if (chipfit::cpu::SkinnyGemm::fits(problem)) return kernel_of(chipfit::cpu::SkinnyGemm::make(problem, team(), isa));
  static chipfit::cpu::TunedPlans plans;
  *plan = plans.tuned(*plan, team(), chipfit::plugin::number_option("tune_ms", 400) * 1e-3);
  return kernel_of(chipfit::cpu::Gemm::make(*plan, team(), kind));
}

chipfit::simple::Kernel prepare(const chipfit_problem& asked) {
  const auto problem = chipfit::problem_from_abi(asked);
  if (!problem) chipfit::plugin::unsupported(problem.error().what);
  if (const auto* gemm = std::get_if<chipfit::GemmProblem>(&*problem)) return prepare_gemm(*gemm);
  return prepare_conv(std::get<chipfit::ConvProblem>(*problem));
}

void describe(chipfit_device_info& info) {
  chipfit::plugin::describe_host_cpu(info, "chipfit native 1.0");
}

}  // namespace

CHIPFIT_SIMPLE_PLUGIN_DESCRIBED("native", "1.0", prepare, describe)
