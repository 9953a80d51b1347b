// How long it takes until a new worker is ready for a problem, at every isolation level that works here: process,
// confinement, plugin and device.
//   bench_restart PLUGIN.so WORKER [times]
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <vector>

#include "harness/judge/session.hpp"
#include "harness/sandbox/scratch_folder.hpp"
#include "harness/stats/median_ci.hpp"
#include "tests/bench/subject.hpp"

int main(int argc, char** argv) {
  using namespace chipfit;
  if (argc < 3) {
    fmt::print(stderr, "usage: bench_restart PLUGIN.so WORKER [times]\n");
    return 2;
  }
  const int times = std::max(10, argc > 3 ? std::atoi(argv[3]) : 50);
  constexpr double aim_s = 0.05;
  const auto scratch = sandbox::ScratchFolder::make();
  if (!scratch) return 1;
  fmt::print("aim: median at most {:.0f} ms\n{:<12} {:>6} {:>11} {:>11} {:>11}\n", aim_s * 1e3, "level", "times",
             "least", "median", "most");
  bool all = true;
  for (const auto level : sandbox::levels_from_the_top()) {
    judge::WorkerConfig config = bench::worker_config(argv[2], argv[1], 1);
    config.isolation = level;
    config.scratch_dir = scratch->path();
    std::vector<double> start_s;
    std::string refusal;
    while (static_cast<int>(start_s.size()) < times && refusal.empty()) {
      const double begin = judge::now_s();
      const auto session = judge::Session::open(config, 0);
      start_s.push_back(judge::now_s() - begin);
      if (!session) refusal = session.error().reason;
    }
    if (!refusal.empty()) {
      fmt::print("{:<12} {}\n", name(level), refusal);
      continue;
    }
    const double median = stats::quantile(start_s, 0.5);
    const auto [least, most] = std::minmax_element(start_s.begin(), start_s.end());
    all = all && median <= aim_s;
    fmt::print("{:<12} {:>6} {:>8.2f} ms {:>8.2f} ms {:>8.2f} ms  {}\n", name(level), times, *least * 1e3, median * 1e3,
               *most * 1e3, median <= aim_s ? "reached" : "MISSED");
  }
  return all ? 0 : 1;
}
