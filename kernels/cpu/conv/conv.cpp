#include "kernels/cpu/conv/conv.hpp"

#include <memory>
#include <new>

#include "kernels/cpu/conv/choose.hpp"
#include "kernels/cpu/conv/depthwise.hpp"
#include "kernels/cpu/conv/gather.hpp"
#include "kernels/cpu/conv/product.hpp"
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

/// What the candidates of one problem are made of.
struct Making {
  ConvProblem problem;
  const MicroKernel* kernel;
  ThreadTeam* team;
};

void add_depthwise(const Making& m, std::vector<ConvCandidate>& found) {
  const DepthwiseTable* table = find_depthwise(m.problem.dtypes.a, m.kernel->isa);
  if (!is_depthwise(m.problem) || !table) return;
  const std::string name = "depthwise " + std::string(m.kernel->isa);
  if (m.problem.direction == ConvDirection::bwd_weights)
    found.push_back(candidate<DepthwiseWeights>(
        name, [m, table] { return std::make_shared<DepthwiseWeights>(m.problem, *table, *m.team); }));
  else
    found.push_back(candidate<DepthwiseConv>(name, [m, table] {
      return std::make_shared<DepthwiseConv>(gather_shape(m.problem, m.problem.layout), m.problem.accumulate, *table,
                                             *m.team);
    }));
}

void add_product(const Making& m, std::vector<ConvCandidate>& found) {
  if (!is_product(m.problem)) return;
  found.push_back(candidate<ProductConv>("gemm " + std::string(m.kernel->isa), [m] {
    Result<ProductConv> made = ProductConv::make(m.problem, *m.team, m.kernel->isa);
    if (!made) throw std::bad_alloc();
    return std::make_shared<ProductConv>(std::move(*made));
  }));
}

void add_direct(const Making& m, std::vector<ConvCandidate>& found) {
  const std::string name = "direct " + std::string(m.kernel->isa);
  if (m.problem.direction == ConvDirection::bwd_weights)
    found.push_back(candidate<WeightsGradient>(name, [m] {
      return std::make_shared<WeightsGradient>(weights_shape(m.problem), m.problem.accumulate, *m.kernel, 512 << 10,
                                               *m.team);
    }));
  else
    found.push_back(candidate<GatherConv>(name, [m] {
      const GatherShape shape = gather_shape(m.problem, m.problem.layout);
      return std::make_shared<GatherConv>(shape, m.problem.accumulate, *m.kernel, gather_blocking(shape, *m.kernel),
                                          *m.team);
    }));
}

void add_winograd(const Making& m, std::vector<ConvCandidate>& found) {
  if (m.problem.direction == ConvDirection::bwd_weights || m.problem.dtypes.a != Dtype::f32) return;
  const GatherShape shape = gather_shape(m.problem, m.problem.layout);
  if (!winograd_fits(shape)) return;
  for (const int tile : {4, 2}) {
    const WinogradTable* table = find_winograd(tile, m.kernel->isa);
    if (!table) continue;
    const std::string size = std::to_string(tile), name = "winograd F(" + size + "x" + size + ",3x3) ";
    found.push_back(candidate<Winograd>(name + std::string(m.kernel->isa), [m, shape, table] {
      return std::make_shared<Winograd>(shape, m.problem.accumulate, *m.kernel, *table, *m.team);
    }));
  }
}

}  // namespace

Result<std::vector<ConvCandidate>> conv_candidates(const ConvProblem& problem, ThreadTeam& team, std::string_view isa) {
  if (const Result<void> valid = validate(problem); !valid) return pass_on(valid.error());
  const DtypeCombo& types = problem.dtypes;
  const MicroKernel* kernel = find_micro_kernel(types.a, types.b, isa);
  if (!kernel || kernel->acc != types.acc || kernel->acc != types.out || !kernel->a_in_place || kernel->group != 1)
    return fail(Error::Kind::usage, "convolution in " + to_string(types) + " has no kernel for this processor");
  std::vector<ConvCandidate> found;
  const Making making{problem, kernel, &team};
  if (problem.layout == Layout::nhwc) {
    add_depthwise(making, found);
    if (!found.empty()) return found;
    add_direct(making, found);
    add_winograd(making, found);
  }
  add_product(making, found);
  if (found.empty()) return fail(Error::Kind::usage, "NCHW is not computed yet");
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
