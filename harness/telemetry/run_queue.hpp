#pragma once
#include <filesystem>

namespace chipfit::telemetry {

/// Seconds so far in which the first thread of process `pid` could have run but waited for a processor, by the kernel's
/// own account (/proc/<pid>/schedstat). 0 where the kernel does not tell.
double run_queue_wait_s(int pid, const std::filesystem::path& root = "/");
/// The same of the calling thread.
double run_queue_wait_s();

}  // namespace chipfit::telemetry
