#include "harness/telemetry/run_queue.hpp"

#include <sstream>
#include <string>

#include "harness/telemetry/read_text.hpp"

namespace chipfit::telemetry {
namespace {

/// "TIME_RUNNING TIME_WAITING SLICES", times in ns.
double waiting_s(const std::string& schedstat) {
  std::istringstream text(schedstat);
  double running_ns = 0, waiting_ns = 0;
  return text >> running_ns >> waiting_ns ? waiting_ns * 1e-9 : 0;
}

}  // namespace

double run_queue_wait_s(int pid, const std::filesystem::path& root) {
  return waiting_s(read_text(root / "proc" / std::to_string(pid) / "schedstat"));
}

double run_queue_wait_s() {
  return waiting_s(read_text("/proc/thread-self/schedstat"));
}

}  // namespace chipfit::telemetry
