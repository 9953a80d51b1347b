#include "kernels/cpu/conv/conv.hpp"

#include <memory>

#include "kernels/cpu/conv/choose.hpp"
#include "kernels/cpu/conv/gather.hpp"
#include "kernels/cpu/conv/weights_gradient.hpp"
#include "kernels/cpu/conv/winograd.hpp"

namespace chipfit::cpu {
namespace {

template <class Program>
ConvCandidate candidate(std::string algorithm, std::function<std::shared_ptr<Program>()> make) {
  return {algorithm, [algorithm, make] {
            return ConvProgram{algorithm, [program = make()](const void* in0, const void* in1, void* out) {
                                 program->run(in0, in1, out);
                               }};
          }};
}

}  // namespace

Result<std::vector<ConvCandidate>> conv_candidates(const ConvProblem& problem, ThreadTeam& team, std::string_view isa) {
  if (const Result<void> valid = validate(problem); !valid) return pass_on(valid.error());
  const DtypeCombo& types = problem.dtypes;
  const MicroKernel* kernel = find_micro_kernel(types.a, types.b, isa);
  if (!kernel || kernel->acc != types.acc || kernel->acc != types.out || !kernel->a_in_place || kernel->group != 1)
    return fail(Error::Kind::usage, "convolution in " + to_string(types) + " has no kernel for this processor");
  if (problem.layout != Layout::nhwc) return fail(Error::Kind::usage, "NCHW is not computed yet");
  const std::string isa_name(kernel->isa);
  std::vector<ConvCandidate> found;
  if (problem.direction == ConvDirection::bwd_weights) {
    found.push_back(candidate<WeightsGradient>("direct " + isa_name, [=, &team] {
      return std::make_shared<WeightsGradient>(weights_shape(problem), problem.accumulate, *kernel, 512 << 10, team);
    }));
    return found;
  }
  const GatherShape shape = gather_shape(problem, problem.layout);
  found.push_back(candidate<GatherConv>("direct " + isa_name, [=, &team] {
    return std::make_shared<GatherConv>(shape, problem.accumulate, *kernel, GatherBlocking{}, team);
  }));
  for (const int m : {4, 2}) {
    const WinogradTable* table = find_winograd(m, kernel->isa);
    if (!table || problem.dtypes.a != Dtype::f32 || !winograd_fits(shape)) continue;
    const std::string name = "winograd F(" + std::to_string(m) + "x" + std::to_string(m) + ",3x3) " + isa_name;
    found.push_back(candidate<Winograd>(
        name, [=, &team] { return std::make_shared<Winograd>(shape, problem.accumulate, *kernel, *table, team); }));
  }
  return found;
}

Result<ConvProgram> prepare_conv(const ConvProblem& problem, ThreadTeam& team, std::string_view isa) {
  const auto found = conv_candidates(problem, team, isa);
  if (!found) return pass_on(found.error());
  if (found->size() == 1) return found->front().make();
  const ConvProblem trial = trial_problem(problem);
  return (*found)[fastest(*conv_candidates(trial, team, isa), trial)].make();
}

}  // namespace chipfit::cpu
