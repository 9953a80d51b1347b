#include "harness/telemetry/run_queue.hpp"

#include <sstream>
#include <string>

#include "harness/telemetry/read_text.hpp"

namespace chipfit::telemetry {
namespace {

/// "TIME_RUNNING TIME_WAITING SLICES", times in ns.
RunQueue parse(const std::string& schedstat) {
  std::istringstream text(schedstat);
  double running_ns = 0, waiting_ns = 0;
  std::int64_t slices = 0;
  return text >> running_ns >> waiting_ns >> slices ? RunQueue{waiting_ns * 1e-9, slices} : RunQueue{};
}

}  // namespace

RunQueue run_queue(int pid, const std::filesystem::path& root) {
  return parse(read_text(root / "proc" / std::to_string(pid) / "schedstat"));
}

RunQueue run_queue() {
  return parse(read_text("/proc/thread-self/schedstat"));
}

}  // namespace chipfit::telemetry
