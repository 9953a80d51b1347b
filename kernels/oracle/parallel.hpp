#pragma once
#include <algorithm>
#include <atomic>
#include <cstdint>
#include <thread>
#include <vector>

namespace chipfit::oracle {

/// Calls work(i) once for each i in [0, count), on up to `threads` threads, in any order.
template <class Work>
void parallel_for(std::int64_t count, int threads, Work&& work) {
  const auto workers = static_cast<int>(std::min<std::int64_t>(threads, count));
  if (workers <= 1) {
    for (std::int64_t i = 0; i < count; ++i) work(i);
    return;
  }
  std::atomic<std::int64_t> next{0};
  const auto drain = [&] {
    for (std::int64_t i = next.fetch_add(1); i < count; i = next.fetch_add(1)) work(i);
  };
  std::vector<std::jthread> pool;
  for (int i = 1; i < workers; ++i) pool.emplace_back(drain);
  drain();
}

}  // namespace chipfit::oracle
