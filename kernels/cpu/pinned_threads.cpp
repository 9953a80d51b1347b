#include "kernels/cpu/pinned_threads.hpp"

#include <pthread.h>
#include <sched.h>

#include <algorithm>
#include <barrier>
#include <chrono>
#include <future>
#include <limits>
#include <system_error>

namespace chipfit::cpu {
namespace {

using Clock = std::chrono::steady_clock;

}  // namespace

void pin(std::thread::native_handle_type thread, int cpu) {
  cpu_set_t* mask = CPU_ALLOC(static_cast<std::size_t>(cpu) + 1);
  if (mask == nullptr) return;
  const std::size_t bytes = CPU_ALLOC_SIZE(static_cast<std::size_t>(cpu) + 1);
  CPU_ZERO_S(bytes, mask);
  CPU_SET_S(static_cast<std::size_t>(cpu), bytes, mask);
  ::pthread_setaffinity_np(thread, bytes, mask);
  CPU_FREE(mask);
}

std::vector<int> allowed_cpus() {
  std::vector<int> cpus;
  // The mask of a large machine does not fit the fixed cpu_set_t; the kernel says EINVAL until it is large enough.
  for (std::size_t size = 1024; size <= 1u << 20 && cpus.empty(); size *= 4) {
    cpu_set_t* mask = CPU_ALLOC(size);
    if (mask == nullptr) break;
    const std::size_t bytes = CPU_ALLOC_SIZE(size);
    CPU_ZERO_S(bytes, mask);
    if (::sched_getaffinity(0, bytes, mask) == 0) {
      for (std::size_t cpu = 0; cpu < size; ++cpu) {
        if (CPU_ISSET_S(cpu, bytes, mask)) cpus.push_back(static_cast<int>(cpu));
      }
    }
    CPU_FREE(mask);
  }
  if (cpus.empty()) cpus.push_back(0);
  return cpus;
}

int usable_threads(int threads) {
  return std::clamp(threads, 1, static_cast<int>(allowed_cpus().size()));
}

double shortest_window(int threads, double seconds, const std::function<void(int)>& prepare,
                       const std::function<void(int)>& work) {
  struct Window {
    Clock::time_point start, end;
  };
  const std::vector<int> cpus = allowed_cpus();
  const int count = std::clamp(threads, 1, static_cast<int>(cpus.size()));
  std::vector<Window> window(static_cast<std::size_t>(count));
  double shortest_s = std::numeric_limits<double>::infinity();
  bool done = false;
  int windows = 0;
  const auto until = Clock::now() + std::chrono::duration<double>(seconds);

  // Runs on one thread while the others wait, so that it may touch what they share.
  const auto judge = [&]() noexcept {
    const auto start = std::ranges::min_element(window, {}, &Window::start)->start;
    const auto end = std::ranges::max_element(window, {}, &Window::end)->end;
    shortest_s = std::min(shortest_s, std::chrono::duration<double>(end - start).count());
    done = ++windows >= 3 && end >= until;
  };
  std::barrier ready(count);
  std::barrier finished(count, judge);
  std::promise<bool> all_started;
  const std::shared_future<bool> go = all_started.get_future().share();
  const auto body = [&](int i) {
    if (!go.get()) return;
    pin(::pthread_self(), cpus[static_cast<std::size_t>(i)]);
    prepare(i);
    Window& mine = window[static_cast<std::size_t>(i)];
    while (!done) {
      ready.arrive_and_wait();
      mine.start = Clock::now();
      work(i);
      mine.end = Clock::now();
      finished.arrive_and_wait();
    }
  };

  std::vector<std::thread> pool;
  bool started = true;
  try {
    for (int i = 0; i < count; ++i) pool.emplace_back(body, i);
  } catch (const std::system_error&) {
    started = false;
  }
  all_started.set_value(started);
  for (std::thread& thread : pool) thread.join();
  return started ? shortest_s : 0;
}

}  // namespace chipfit::cpu
