// The oracle's reference kernels as a plugin: every operation and type that the project defines, in f64 whatever math
// mode is asked for (a mode is a floor on precision). The one backend that runs on any machine.
#include <chipfit/chipfit_simple.hpp>

#include "backends/common/problem_from_abi.hpp"
#include "kernels/oracle/reference.hpp"

static chipfit::simple::Kernel prepare(const chipfit_problem& asked) {
  const auto problem = chipfit::problem_from_abi(asked);
  if (!problem) chipfit::plugin::unsupported(problem.error().what);
  return {
      [problem = *problem, threads = static_cast<int>(chipfit::plugin::compute_threads())](
          const void* in0, const void* in1, void* out) { chipfit::oracle::reference(problem, in0, in1, out, threads); },
      "reference f64"};
}

static void describe(chipfit_device_info& info) {
  chipfit::plugin::describe_host_cpu(info, "chipfit reference 1.0");
}

CHIPFIT_SIMPLE_PLUGIN_DESCRIBED("reference", "1.0", prepare, describe)
