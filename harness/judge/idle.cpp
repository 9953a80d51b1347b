#include "harness/judge/idle.hpp"

#include <time.h>

#include <chrono>
#include <optional>
#include <thread>

namespace chipfit::judge {
namespace {

/// Seconds that all threads of a process have computed; nothing where that cannot be seen.
std::optional<double> processor_time_s(int pid) {
  clockid_t clock{};
  timespec used{};
  if (clock_getcpuclockid(pid, &clock) != 0 || clock_gettime(clock, &used) != 0) return std::nullopt;
  return static_cast<double>(used.tv_sec) + 1e-9 * static_cast<double>(used.tv_nsec);
}

}  // namespace

bool is_busy_when_idle(int pid) {
  using std::chrono::milliseconds;
  constexpr int looks = 4, looks_at_rest = 2;
  constexpr double window_s = 0.02;
  int at_rest = 0;
  double used_s = 0;
  for (int look = 0; look < looks; ++look) {
    const auto before = processor_time_s(pid);
    std::this_thread::sleep_for(milliseconds(20));
    const auto after = processor_time_s(pid);
    if (!before || !after) return false;
    used_s += *after - *before;
    at_rest += *after - *before < 0.01 * window_s;
    if (at_rest == looks_at_rest) return false;
    if (at_rest == 0) std::this_thread::sleep_for(milliseconds(30));
  }
  return used_s > 0.1 * looks * window_s;
}

}  // namespace chipfit::judge
