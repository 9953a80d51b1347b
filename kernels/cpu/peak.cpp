#include "kernels/cpu/peak.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

#include "kernels/cpu/peak_loops.hpp"
#include "kernels/cpu/pinned_threads.hpp"

namespace chipfit::cpu {
namespace {

constexpr float kSeed = 0.5f;

std::string method_for(const PeakLoop& loop, Dtype input) {
  std::string method(loop.method);
  if (input != loop.input) method.append(fmt::format(" ({} as {})", info(input).name, info(loop.input).name));
  return method;
}

/// Seconds of the shortest window of so many iterations on each thread.
double time_of(const PeakLoop& loop, std::uint64_t iterations, int threads, double seconds) {
  std::vector<double> sums(static_cast<std::size_t>(threads));
  const auto run = [&](int i) {
    double sum = loop.run(iterations, kSeed);
    asm volatile("" : : "m"(sum));
    sums[static_cast<std::size_t>(i)] = sum;
  };
  return shortest_window(
      threads, seconds, [](int) {}, run);
}

}  // namespace

EmpiricalPeak measure_peak(Dtype input, int threads, double seconds) {
  const PeakLoop* loop = widest_loop(input);
  if (loop == nullptr) return {};
  const int count = usable_threads(threads);
  constexpr std::uint64_t probe = 20000;
  const double probe_s = time_of(*loop, probe, 1, 0);
  if (!(probe_s > 0)) return {};
  // Windows short enough to fall between interruptions; several threads start some 50 µs apart, which must not count.
  const double window_s = std::clamp(seconds / 20, 1e-3, count == 1 ? 2e-3 : 1e-2);
  const auto iterations = std::max(probe, static_cast<std::uint64_t>(window_s / probe_s * static_cast<double>(probe)));
  const double best_s = time_of(*loop, iterations, count, seconds);
  if (!(best_s > 0)) return {};
  return {loop->flop_per_iteration() * static_cast<double>(iterations) * count / best_s, method_for(*loop, input),
          count};
}

}  // namespace chipfit::cpu
