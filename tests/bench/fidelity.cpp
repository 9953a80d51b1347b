#include "tests/bench/fidelity.hpp"

#include <fmt/format.h>
#include <chipfit/chipfit_host.hpp>

#include <algorithm>
#include <cstdlib>

#include "kernels/problem/case_id.hpp"
#include "tests/bench/fill_pools.hpp"
#include "tests/bench/paired.hpp"
#include "tests/bench/subject.hpp"

namespace chipfit::bench {
namespace {

using plugin::HostBuffer;

/// The judge's rounds as a loop in this process, on memory as plugins take it.
class BareLoop {
 public:
  BareLoop(const Problem& problem, const judge::MemoryPlan& plan, oracle::Seed data, BareCall call)
      : plan_(plan), call_(std::move(call)) {
    for (std::size_t i = 0; i < 2; ++i) pool_.emplace_back(plan.pool[i]);
    for (int slot = 0; slot < plan.ring; ++slot) {
      ring_.emplace_back(plan.slot);
      std::memset(ring_.back().data(), 0, plan.slot);
    }
    fill_pools(operands(problem), plan, {pool_[0].data(), pool_[1].data()}, data);
  }

  double round(int count) {
    std::vector<std::array<std::uint64_t, 2>> offsets(static_cast<std::size_t>(count));
    for (auto& offset : offsets)
      for (std::size_t i = 0; i < 2; ++i) offset[i] = secrets_.below((plan_.pool[i] - plan_.operand[i]) / 64 + 1) * 64;
    const double begin = judge::now_s();
    for (int i = 0; i < count; ++i) {
      const auto& at = offsets[static_cast<std::size_t>(i)];
      call_(pool_[0].data() + at[0], pool_[1].data() + at[1], ring_[static_cast<std::size_t>(i % plan_.ring)].data());
    }
    return (judge::now_s() - begin) / count;
  }

 private:
  judge::MemoryPlan plan_;
  BareCall call_;
  std::vector<HostBuffer> pool_, ring_;
  judge::Secrets secrets_{oracle::secret_seed()};
};

}  // namespace

int compare_with_bare_loop(int argc, char** argv, const Fidelity& fidelity) {
  if (argc < 3) {
    fmt::print(stderr, "usage: {} PLUGIN.so WORKER [pairs]\n", argv[0]);
    return 2;
  }
  if (const std::string variable = disturbing_variable(); !variable.empty()) {
    fmt::print(stderr, "{}: unset {}\n", argv[0], variable);
    return 2;
  }
  const Pairs pairs{.most = argc > 3 ? std::atoi(argv[3]) : 200, .fewest = 8, .budget_s = 60};
  print_heading(
      fmt::format("Rates through the harness against a bare loop over {}: bare time / harness time on one thread",
                  fidelity.library),
      fidelity.aim);
  bool all = true;
  try {
    for (const int threads : {1, 2})
      for (const Problem& problem : fidelity.problems) {
        pin_to_last_cpus(threads);
        const oracle::Seed data = oracle::secret_seed();
        Subject harness(worker_config(argv[2], argv[1], threads), problem, data);
        BareLoop bare(problem, harness.plan(), data, fidelity.bare(problem, threads));
        harness.round(2);
        bare.round(2);
        const int count = problems_per_round(bare.round(2));
        double best_s = 1e9;
        const auto ratios = paired_ratios(
            pairs,
            [&] {
              const double s = bare.round(count);
              best_s = std::min(best_s, s);
              return s;
            },
            [&] { return harness.round(count); });
        const Line line{case_id(problem), threads, static_cast<double>(flop(problem)) / best_s, harness.algorithm()};
        const bool reached = print_line(line, ratios, fidelity.aim);
        if (threads == 1) all = all && reached;
      }
  } catch (const WorkerFailure& failure) {
    fmt::print(stderr, "worker: {}\n", failure.what());
    return 1;
  }
  return all ? 0 : 1;
}

}  // namespace chipfit::bench
