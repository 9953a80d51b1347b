#pragma once
#include <filesystem>
#include <optional>

namespace chipfit::telemetry {

/// Seconds that all threads of a process have computed so far; none where that cannot be seen.
std::optional<double> processor_time_s(int pid);

/// Whether a thread of process `pid` computes now or waits only for a processor (state R of /proc/<pid>/task/*/stat).
bool is_runnable(int pid, const std::filesystem::path& root = "/");

}  // namespace chipfit::telemetry
