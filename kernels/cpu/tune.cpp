#include "kernels/cpu/tune.hpp"

#include <algorithm>
#include <bit>
#include <ctime>
#include <limits>

#include "kernels/problem/problem.hpp"

namespace chipfit::cpu {
namespace {

double now_s(clockid_t clock) {
  timespec now{};
  clock_gettime(clock, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

std::string shape_class(const GemmPlan& plan) {
  const GemmProblem& p = plan.problem;
  std::string key = std::string(plan.kernel->isa) + " " + to_string(p.dtypes);
  const Extents share = largest_share(plan);
  const auto power = [](std::int64_t x) { return static_cast<int>(std::bit_width(static_cast<std::uint64_t>(x))); };
  for (const int number :
       {static_cast<int>(p.trans_a), static_cast<int>(p.trans_b), power(share.m), power(share.n), power(share.k)})
    key += " " + std::to_string(number);
  return key;
}

// About ten milliseconds of work, and enough of each extent for several blocks.
constexpr std::int64_t kPieceM = 560, kPieceN = 1024, kPieceK = 2048;

/// One thread's share where it is small, else a piece of it. One thread alone is timed: the time that it spends
/// computing does not depend on what else runs on the machine.
GemmProblem piece_of(const GemmPlan& plan) {
  const Extents share = largest_share(plan);
  GemmProblem p = plan.problem;
  p.m = std::min(share.m, kPieceM), p.n = std::min(share.n, kPieceN), p.k = std::min(share.k, kPieceK);
  p.batch = 1;
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
  const auto with = [&](const GemmProblem& problem, const Grid& grid, const Choice& choice) {
    GemmPlan changed = plan;
    changed.problem = problem, changed.grid = grid, changed.measured = true;
    // Another problem of the class may not be readable in place.
    changed.a = a_fits_in_place(problem, kernel) ? choice.a : Reading::packed;
    changed.b = b_fits_in_place(problem, kernel) ? choice.b : Reading::packed;
    changed.blocking = blocking_with(kernel, caches, largest_share(changed), choice.blocks);
    return changed;
  };
  const auto known = choices_.find(shape_class(plan));
  if (known != choices_.end()) return with(plan.problem, plan.grid, known->second);

  const GemmProblem piece = piece_of(plan);
  const Operands sizes = operands(Problem(piece));
  HugeMemory a(static_cast<std::size_t>(sizes.in[0].bytes())), b(static_cast<std::size_t>(sizes.in[1].bytes()));
  HugeMemory c(static_cast<std::size_t>(sizes.out.bytes()));
  if (a.data() == nullptr || b.data() == nullptr || c.data() == nullptr) return plan;
  a.touch(), b.touch(), c.touch();

  const double start_s = now_s(CLOCK_MONOTONIC);
  const auto fastest = [&](const std::vector<Choice>& choices, double until) -> Choice {
    std::vector<Gemm> candidates;
    for (const Choice& choice : choices)
      if (auto gemm = Gemm::make(with(piece, {1, 1, 1}, choice), team)) candidates.push_back(std::move(*gemm));
    if (candidates.size() < choices.size()) return choices.front();
    // In turn, because a processor changes its clock while it is timed. The first round warms the caches.
    std::vector<double> shortest_s(candidates.size(), std::numeric_limits<double>::infinity());
    for (int round = 0; round < 8 && (round < 2 || now_s(CLOCK_MONOTONIC) - start_s < until * limit_s); ++round)
      for (std::size_t i = 0; i < candidates.size(); ++i) {
        const double begin_s = now_s(CLOCK_THREAD_CPUTIME_ID);
        candidates[i].run(a.data(), b.data(), c.data());
        if (round > 0) shortest_s[i] = std::min(shortest_s[i], now_s(CLOCK_THREAD_CPUTIME_ID) - begin_s);
      }
    return choices[static_cast<std::size_t>(std::ranges::min_element(shortest_s) - shortest_s.begin())];
  };
  std::vector<Choice> choices;
  for (const std::int64_t kc : kc_candidates(kernel, caches)) choices.push_back({plan.a, plan.b, {.kc = kc}});
  Choice best = fastest(choices, 0.6);
  choices.clear();
  for (const int parts : {1, 2}) choices.push_back({plan.a, plan.b, {best.blocks.kc, parts}});
  best = fastest(choices, 0.9);
  const Extents share = largest_share(plan);
  if (piece.m == share.m && piece.n == share.n && piece.k == share.k) {
    choices = {best};
    const bool a_fits = a_fits_in_place(piece, kernel), b_fits = b_fits_in_place(piece, kernel);
    if (a_fits) choices.push_back({Reading::in_place, plan.b, best.blocks});
    if (b_fits) choices.push_back({plan.a, Reading::in_place, best.blocks});
    if (a_fits && b_fits) choices.push_back({Reading::in_place, Reading::in_place, best.blocks});
    best = fastest(choices, 1);
  }
  choices_[shape_class(plan)] = best;
  return with(plan.problem, plan.grid, best);
}

}  // namespace chipfit::cpu
