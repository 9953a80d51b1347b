#include "kernels/cpu/tune.hpp"

#include <algorithm>
#include <bit>
#include <chrono>
#include <limits>

#include "kernels/problem/problem.hpp"

namespace chipfit::cpu {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

std::string shape_class(const GemmPlan& plan) {
  const GemmProblem& p = plan.problem;
  std::string key = std::string(plan.kernel->isa) + " " + to_string(p.dtypes);
  const auto power = [](std::int64_t x) { return static_cast<int>(std::bit_width(static_cast<std::uint64_t>(x))); };
  for (const int number : {static_cast<int>(p.trans_a), static_cast<int>(p.trans_b), plan.grid.batch, plan.grid.m,
                           plan.grid.n, power(p.m), power(p.n), power(p.k)})
    key += " " + std::to_string(number);
  return key;
}

// Some milliseconds of work, and enough of each extent for several blocks.
constexpr std::int64_t kPieceM = 336, kPieceN = 768, kPieceK = 2048;

/// The problem itself where it is small, else a piece of it for each thread.
GemmProblem piece_of(const GemmPlan& plan) {
  GemmProblem p = plan.problem;
  p.m = std::min(p.m, kPieceM * plan.grid.m);
  p.n = std::min(p.n, kPieceN * plan.grid.n);
  p.k = std::min(p.k, kPieceK);
  p.batch = plan.grid.batch;
  return p;
}

/// Whether rows that are read together fall into the same set of the first-level cache.
bool rows_collide(std::int64_t stride_bytes) {
  return stride_bytes % 4096 < 64 || stride_bytes % 4096 > 4096 - 64;
}

/// Whether A can be read in place, and with profit.
bool a_fits_in_place(const GemmProblem& p, const MicroKernel& kernel) {
  if (!kernel.a_in_place || p.k % kernel.group != 0) return false;
  return p.trans_a == Transpose::no ? !rows_collide(p.k * kernel.a_bytes) : kernel.group == 1;
}
bool b_fits_in_place(const GemmProblem& p, const MicroKernel& kernel) {
  return kernel.b_in_place && p.trans_b == Transpose::no && !rows_collide(p.n * kernel.b_bytes);
}

}  // namespace

GemmPlan TunedPlans::tuned(const GemmPlan& plan, ThreadTeam& team, double limit_s) {
  if (!(limit_s > 0)) return plan;
  const MicroKernel& kernel = *plan.kernel;
  const Caches caches = caches_of_this_cpu();
  const auto with = [&](const GemmProblem& problem, const Choice& choice) {
    GemmPlan changed = plan;
    changed.problem = problem, changed.measured = true;
    // Another problem of the class may not be readable in place.
    changed.a = a_fits_in_place(problem, kernel) ? choice.a : Reading::packed;
    changed.b = b_fits_in_place(problem, kernel) ? choice.b : Reading::packed;
    changed.blocking = blocking_with_kc(kernel, caches, largest_share(changed), choice.kc);
    return changed;
  };
  const auto known = choices_.find(shape_class(plan));
  if (known != choices_.end()) return with(plan.problem, known->second);

  const GemmProblem piece = piece_of(plan);
  const Operands sizes = operands(Problem(piece));
  HugeMemory a(static_cast<std::size_t>(sizes.in[0].bytes())), b(static_cast<std::size_t>(sizes.in[1].bytes()));
  HugeMemory c(static_cast<std::size_t>(sizes.out.bytes()));
  if (a.data() == nullptr || b.data() == nullptr || c.data() == nullptr) return plan;
  a.touch(), b.touch(), c.touch();

  const auto start = Clock::now();
  Choice best{plan.a, plan.b, plan.blocking.kc};
  double best_s = std::numeric_limits<double>::infinity();
  const auto attempt = [&](const Choice& choice) {
    if (seconds_since(start) > limit_s) return;
    auto gemm = Gemm::make(with(piece, choice), team);
    if (!gemm) return;
    double shortest_s = std::numeric_limits<double>::infinity();
    for (int run = 0; run < 4 && (run < 2 || seconds_since(start) < limit_s); ++run) {
      const auto begin = Clock::now();
      gemm->run(a.data(), b.data(), c.data());
      if (run > 0) shortest_s = std::min(shortest_s, seconds_since(begin));  // the first run warms the caches
    }
    if (shortest_s < best_s) best = choice, best_s = shortest_s;
  };
  for (const std::int64_t kc : kc_candidates(kernel, caches)) attempt({plan.a, plan.b, kc});
  const bool whole = piece.m == plan.problem.m && piece.n == plan.problem.n && piece.k == plan.problem.k;
  if (whole && a_fits_in_place(piece, kernel)) attempt({Reading::in_place, best.b, best.kc});
  if (whole && b_fits_in_place(piece, kernel)) attempt({best.a, Reading::in_place, best.kc});
  choices_[shape_class(plan)] = best;
  return with(plan.problem, best);
}

}  // namespace chipfit::cpu
