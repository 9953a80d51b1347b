// The project's own kernels for CPUs as a plugin.
#include <chipfit/chipfit_simple.hpp>

#include "backends/common/problem_from_abi.hpp"
#include "kernels/cpu/conv/conv.hpp"

namespace {

using chipfit::plugin::unsupported;

chipfit::simple::Kernel prepare_conv(const chipfit::ConvProblem& problem, int threads) {
  auto program = chipfit::cpu::prepare_conv(problem, threads);
  if (!program) unsupported(program.error().what);
  return {std::move(program->run), std::move(program->algorithm)};
}

chipfit::simple::Kernel prepare(const chipfit_problem& asked) {
  const auto problem = chipfit::problem_from_abi(asked);
  if (!problem) unsupported(problem.error().what);
  const int threads = static_cast<int>(chipfit::plugin::compute_threads());
  if (const auto* conv = std::get_if<chipfit::ConvProblem>(&*problem)) return prepare_conv(*conv, threads);
  unsupported("only convolution is computed");
}

void describe(chipfit_device_info& info) {
  chipfit::plugin::describe_host_cpu(info, "chipfit native 1.0");
}

}  // namespace

CHIPFIT_SIMPLE_PLUGIN_DESCRIBED("native", "1.0", prepare, describe)
