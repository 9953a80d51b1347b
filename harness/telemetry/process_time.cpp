#include "harness/telemetry/process_time.hpp"

#include <time.h>

#include <string>
#include <system_error>

#include "harness/telemetry/read_text.hpp"

namespace chipfit::telemetry {

std::optional<double> processor_time_s(int pid) {
  clockid_t clock{};
  timespec used{};
  if (clock_getcpuclockid(pid, &clock) != 0 || clock_gettime(clock, &used) != 0) return std::nullopt;
  return static_cast<double>(used.tv_sec) + 1e-9 * static_cast<double>(used.tv_nsec);
}

bool is_runnable(int pid, const std::filesystem::path& root) {
  std::error_code failed;
  for (std::filesystem::directory_iterator task(root / "proc" / std::to_string(pid) / "task", failed), end;
       !failed && task != end; task.increment(failed)) {
    // "TID (NAME) STATE …"; a name may hold anything, parentheses too.
    const std::string stat = read_text(task->path() / "stat");
    const auto name_end = stat.rfind(") ");
    if (name_end != std::string::npos && stat.compare(name_end + 2, 1, "R") == 0) return true;
  }
  return false;
}

}  // namespace chipfit::telemetry
