#include "tests/bench/paired.hpp"

#include <sched.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <thread>

#include "harness/wire/messages.hpp"
#include "kernels/cpu/pinned_threads.hpp"

namespace chipfit::bench {

std::vector<double> paired_ratios(const Pairs& pairs, const std::function<double()>& a,
                                  const std::function<double()>& b) {
  using Clock = std::chrono::steady_clock;
  const auto begin = Clock::now();
  std::vector<double> ratios;
  const auto done = [&] {
    const auto count = static_cast<int>(ratios.size());
    const double spent_s = std::chrono::duration<double>(Clock::now() - begin).count();
    return count >= pairs.most || (count >= pairs.fewest && spent_s > pairs.budget_s);
  };
  const auto rested = [&](const std::function<double()>& round) {
    if (pairs.settle_s > 0) std::this_thread::sleep_for(std::chrono::duration<double>(pairs.settle_s));
    return round();
  };
  while (!done()) {
    double time_a = 0, time_b = 0;
    if (ratios.size() % 2 == 0) {
      time_a = rested(a);
      time_b = rested(b);
    } else {
      time_b = rested(b);
      time_a = rested(a);
    }
    ratios.push_back(time_a / time_b);
  }
  return ratios;
}

int problems_per_round(double problem_s, double round_s) {
  return static_cast<int>(std::clamp(std::ceil(round_s / problem_s), 1.0, static_cast<double>(wire::max_batch)));
}

void pin_to_last_cpus(int threads) {
  static const std::vector<int> all = cpu::allowed_cpus();
  const auto count = std::min(static_cast<std::size_t>(std::max(1, threads)), all.size());
  const auto size = static_cast<std::size_t>(all.back()) + 1;
  cpu_set_t* mask = CPU_ALLOC(size);
  if (mask == nullptr) return;
  const std::size_t bytes = CPU_ALLOC_SIZE(size);
  CPU_ZERO_S(bytes, mask);
  for (std::size_t i = all.size() - count; i < all.size(); ++i)
    CPU_SET_S(static_cast<std::size_t>(all[i]), bytes, mask);
  ::sched_setaffinity(0, bytes, mask);
  CPU_FREE(mask);
}

}  // namespace chipfit::bench
