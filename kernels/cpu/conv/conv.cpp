#include "kernels/cpu/conv/conv.hpp"

#include <memory>

#include "kernels/cpu/conv/gather.hpp"
#include "kernels/cpu/conv/weights_gradient.hpp"

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

Result<std::vector<ConvCandidate>> conv_candidates(const ConvProblem& problem, int threads, std::string_view isa) {
  if (const Result<void> valid = validate(problem); !valid) return pass_on(valid.error());
  const DtypeCombo& types = problem.dtypes;
  const MicroKernel* kernel = find_micro_kernel(types.a, types.b, isa);
  if (!kernel || kernel->acc != types.acc || kernel->acc != types.out || !kernel->a_in_place || kernel->group != 1)
    return fail(Error::Kind::usage, "convolution in " + to_string(types) + " has no kernel for this processor");
  if (problem.layout != Layout::nhwc) return fail(Error::Kind::usage, "NCHW is not computed yet");
  const std::string name = "direct " + std::string(kernel->isa);
  std::vector<ConvCandidate> found;
  if (problem.direction == ConvDirection::bwd_weights)
    found.push_back(candidate<WeightsGradient>(name, [=] {
      return std::make_shared<WeightsGradient>(weights_shape(problem), problem.accumulate, *kernel, 512 << 10, threads);
    }));
  else
    found.push_back(candidate<GatherConv>(name, [=] {
      return std::make_shared<GatherConv>(gather_shape(problem, problem.layout), problem.accumulate, *kernel,
                                          GatherBlocking{}, threads);
    }));
  return found;
}

Result<ConvProgram> prepare_conv(const ConvProblem& problem, int threads) {
  return conv_candidates(problem, threads).map([](const std::vector<ConvCandidate>& found) {
    return found.front().make();
  });
}

}  // namespace chipfit::cpu
