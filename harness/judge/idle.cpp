#include "harness/judge/idle.hpp"

#include <chrono>
#include <thread>

#include "harness/telemetry/process_time.hpp"

namespace chipfit::judge {

bool is_busy_when_idle(int pid) {
  using std::chrono::milliseconds;
  constexpr int looks = 10, looks_at_rest = 2;
  constexpr double window_s = 0.02;
  int at_rest = 0, runnable = 0;
  double used_s = 0;
  for (int look = 0; look < looks; ++look) {
    const auto before = telemetry::processor_time_s(pid);
    std::this_thread::sleep_for(milliseconds(20));
    const auto after = telemetry::processor_time_s(pid);
    if (!before || !after) return false;
    used_s += *after - *before;
    const bool wants_more = telemetry::is_runnable(pid);
    runnable += wants_more;
    at_rest += !wants_more && *after - *before < 0.01 * window_s;
    if (at_rest == looks_at_rest) return false;
    if (at_rest == 0) std::this_thread::sleep_for(milliseconds(30));
  }
  return used_s > 0.1 * looks * window_s || runnable >= looks - looks_at_rest;
}

}  // namespace chipfit::judge
