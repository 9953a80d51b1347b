#include "kernels/cpu/conv/conv.hpp"

#include <memory>
#include <new>

#include "kernels/cpu/conv/choose.hpp"
#include "kernels/cpu/conv/depthwise.hpp"
#include "kernels/cpu/conv/gather.hpp"
#include "kernels/cpu/conv/nchw.hpp"
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

/// What the candidates of one problem, in NHWC, are made of.
struct Making {
  ConvProblem problem;
  Layout filters;  ///< how fwd and bwd_data read them
  const MicroKernel* kernel;
  ThreadTeam* team;
};

void add_depthwise(const Making& m, std::vector<ConvCandidate>& found) {
  const DepthwiseTable* table = find_depthwise(m.problem.dtypes.a, m.kernel->isa);
  if (!is_depthwise(m.problem) || !table || m.problem.dtypes.out != m.problem.dtypes.a) return;
  const std::string name = "depthwise " + std::string(m.kernel->isa);
  if (m.problem.direction == ConvDirection::bwd_weights)
    found.push_back(candidate<DepthwiseWeights>(
        name, [m, table] { return std::make_shared<DepthwiseWeights>(m.problem, *table, *m.team); }));
  else
    found.push_back(candidate<DepthwiseConv>(name, [m, table] {
      return std::make_shared<DepthwiseConv>(gather_shape(m.problem, m.filters), m.problem.accumulate, *table, *m.team);
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
      const GatherShape shape = gather_shape(m.problem, m.filters);
      return std::make_shared<GatherConv>(shape, m.problem.accumulate, m.problem.dtypes.out, *m.kernel,
                                          gather_blocking(shape, *m.kernel), *m.team);
    }));
}

void add_winograd(const Making& m, std::vector<ConvCandidate>& found) {
  if (m.problem.direction == ConvDirection::bwd_weights || m.problem.dtypes.a != Dtype::f32) return;
  const GatherShape shape = gather_shape(m.problem, m.filters);
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

std::vector<ConvCandidate> nhwc_candidates(const Making& m) {
  std::vector<ConvCandidate> found;
  add_depthwise(m, found);
  if (!found.empty()) return found;
  add_direct(m, found);
  add_winograd(m, found);
  return found;
}

/// The same ways on transposed images.
std::vector<ConvCandidate> nchw_candidates(const Making& m) {
  const auto in_nhwc = [m](const ConvProblem& part) {
    Making inner = m;
    inner.problem = part;
    return nhwc_candidates(inner);
  };
  std::vector<ConvCandidate> found;
  for (const ConvCandidate& inner : in_nhwc(nhwc_part(m.problem)))
    found.push_back(candidate<NchwConv>(inner.algorithm + " transposed", [m, in_nhwc, i = found.size()] {
      return std::make_shared<NchwConv>(
          m.problem, [&](const ConvProblem& part) { return in_nhwc(part)[i].make(); }, *m.team);
    }));
  return found;
}

}  // namespace

Result<std::vector<ConvCandidate>> conv_candidates(const ConvProblem& problem, ThreadTeam& team, std::string_view isa) {
  if (const Result<void> valid = validate(problem); !valid) return pass_on(valid.error());
  const DtypeCombo& types = problem.dtypes;
  const MicroKernel* kernel = find_micro_kernel(types.a, types.b, isa);
  if (!kernel || kernel->acc != types.acc)
    return fail(Error::Kind::usage, "convolution in " + to_string(types) + " has no kernel for this processor");
  const bool plain = kernel->group == 1 && kernel->a_in_place && types.out == types.acc;
  if (!plain && problem.direction == ConvDirection::bwd_weights)
    return fail(Error::Kind::usage, "gradients of filters are computed in f32 and f64");
  const Making making{problem, problem.layout, kernel, &team};
  std::vector<ConvCandidate> found = problem.layout == Layout::nhwc ? nhwc_candidates(making) : nchw_candidates(making);
  add_product(making, found);
  return found;
}

Result<ConvProgram> prepare_conv(const ConvProblem& problem, ThreadTeam& team, const ConvChoice& choice) {
  const auto allowed = [&](const ConvProblem& p) {
    return conv_candidates(p, team, choice.isa).map([&](std::vector<ConvCandidate> found) {
      std::erase_if(found, [&](const ConvCandidate& c) { return !c.algorithm.starts_with(choice.algorithm); });
      return found;
    });
  };
  const auto found = allowed(problem);
  if (!found) return pass_on(found.error());
  if (found->empty())
    return fail(Error::Kind::usage, "no algorithm for this convolution is named " + std::string(choice.algorithm));
  if (found->size() == 1) return found->front().make();
  // The same candidates in the same order, whatever the number of images.
  const ConvProblem trial = trial_problem(problem);
  return (*found)[fastest(*allowed(trial), trial)].make();
}

}  // namespace chipfit::cpu
