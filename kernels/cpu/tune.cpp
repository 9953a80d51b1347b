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
  const auto in_time = [&] { return now_s(CLOCK_MONOTONIC) - start_s < limit_s; };
  Choice best{plan.a, plan.b, {.kc = plan.blocking.kc}};
  double best_s = std::numeric_limits<double>::infinity();
  std::vector<Blocking> tried;
  const auto attempt = [&](const Choice& choice) {
    if (!in_time()) return;
    const GemmPlan candidate = with(piece, {1, 1, 1}, choice);
    const bool as_packed = choice.a == plan.a && choice.b == plan.b;
    if (as_packed && std::ranges::find(tried, candidate.blocking) != tried.end()) return;
    if (as_packed) tried.push_back(candidate.blocking);
    auto gemm = Gemm::make(candidate, team);
    if (!gemm) return;
    double shortest_s = std::numeric_limits<double>::infinity();
    for (int run = 0; run < 3 && (run < 2 || in_time()); ++run) {
      const double begin_s = now_s(CLOCK_THREAD_CPUTIME_ID);
      gemm->run(a.data(), b.data(), c.data());
      if (run > 0)
        shortest_s = std::min(shortest_s, now_s(CLOCK_THREAD_CPUTIME_ID) - begin_s);  // the first run warms the caches
    }
    if (shortest_s < 0.995 * best_s) best = choice, best_s = shortest_s;  // less is chance: earlier ones are larger
  };
  for (const std::int64_t kc : kc_candidates(kernel, caches)) attempt({plan.a, plan.b, {.kc = kc}});
  const std::int64_t kc = best.blocks.kc;
  for (const int parts : {2, 4}) attempt({plan.a, plan.b, {.kc = kc, .mc_divisor = parts}});
  const Extents share = largest_share(plan);
  const bool whole = piece.m == share.m && piece.n == share.n && piece.k == share.k;
  if (whole && a_fits_in_place(piece, kernel)) attempt({Reading::in_place, best.b, best.blocks});
  if (whole && b_fits_in_place(piece, kernel)) attempt({best.a, Reading::in_place, best.blocks});
  choices_[shape_class(plan)] = best;
  return with(plan.problem, plan.grid, best);
}

}  // namespace chipfit::cpu
