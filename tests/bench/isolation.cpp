// What isolation costs: the same rounds in a worker process, at L0 and at the strongest level that works here, and on a
// thread of this one.
//   bench_isolation PLUGIN.so WORKER [pairs]
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "harness/judge/isolation_trial.hpp"
#include "harness/sandbox/scratch_folder.hpp"
#include "kernels/problem/case_id.hpp"
#include "tests/bench/paired.hpp"
#include "tests/bench/subject.hpp"
#include "tests/bench/table.hpp"

int main(int argc, char** argv) {
  using namespace chipfit;
  using namespace chipfit::bench;
  if (argc < 3) {
    fmt::print(stderr, "usage: bench_isolation PLUGIN.so WORKER [pairs]\n");
    return 2;
  }
  const auto scratch = sandbox::ScratchFolder::make();
  if (!scratch) return 1;
  const auto trials = judge::strongest_level({argv[2], argv[1]});
  std::vector<sandbox::Isolation> levels = {sandbox::Isolation::l0};
  if (trials.back().works() && trials.back().level != sandbox::Isolation::l0) levels.push_back(trials.back().level);
  const Pairs pairs{.most = argc > 3 ? std::atoi(argv[3]) : 200, .fewest = 8, .budget_s = 60};
  const Aim aim{.high = 1.01};
  print_heading("Worker process against a thread of the judge: time ratio", aim);
  pin_to_last_cpus(1);
  bool all = true;
  try {
    for (const auto level : levels)
      for (const std::int64_t size : {256, 512, 1024}) {
        GemmProblem gemm;
        gemm.m = gemm.n = gemm.k = size;
        judge::WorkerConfig config = worker_config(argv[2], argv[1], 1);
        config.scratch_dir = scratch->path();
        config.isolation = level;
        const oracle::Seed data = oracle::secret_seed();
        Subject isolated(config, gemm, data);
        config.in_process = true;
        Subject in_process(config, gemm, data);
        isolated.round(2);
        in_process.round(2);
        const int count = problems_per_round(in_process.round(2));
        double best_s = 1e9;
        const auto ratios = paired_ratios(
            pairs, [&] { return isolated.round(count); },
            [&] {
              const double s = in_process.round(count);
              best_s = std::min(best_s, s);
              return s;
            });
        const Line line{case_id(Problem(gemm)), 1, static_cast<double>(flop(gemm)) / best_s, std::string(name(level))};
        all = print_line(line, ratios, aim) && all;
      }
  } catch (const WorkerFailure& failure) {
    fmt::print(stderr, "worker: {}\n", failure.what());
    return 1;
  }
  return all ? 0 : 1;
}
