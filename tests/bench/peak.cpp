// Prints what this machine reaches in registers and from memory: the denominators of every efficiency.
//   bench_peak [seconds per figure]
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <set>

#include "kernels/cpu/peak.hpp"
#include "kernels/cpu/pinned_threads.hpp"

int main(int argc, char** argv) {
  using namespace chipfit;
  const double seconds = argc > 1 ? std::atof(argv[1]) : 0.3;
  const int all = static_cast<int>(cpu::allowed_cpus().size());
  const auto cache = static_cast<std::uint64_t>(std::max(0l, ::sysconf(_SC_LEVEL3_CACHE_SIZE)));
  for (const int threads : std::set<int>{1, all}) {
    for (const Dtype type : {Dtype::f64, Dtype::f32, Dtype::f16, Dtype::bf16, Dtype::i8}) {
      const cpu::EmpiricalPeak peak = cpu::measure_peak(type, threads, seconds);
      fmt::print("{:3} threads  {:<5} {:9.1f} GFLOP/s  {}\n", threads, info(type).name, peak.flop_per_s / 1e9,
                 peak.method);
    }
    fmt::print("{:3} threads  read  {:9.1f} GB/s\n", threads,
               cpu::measure_read_bandwidth(threads, cache, seconds) / 1e9);
  }
}
