#pragma once
#include <cstdint>
#include <filesystem>

namespace chipfit::telemetry {

/// How a thread stood in the queue for a processor so far, by the kernel's own account (/proc/<pid>/schedstat). Zeros
/// where the kernel does not tell.
struct RunQueue {
  double waited_s = 0;      ///< it could have run, but waited
  std::int64_t slices = 0;  ///< times that it was given a processor

  friend RunQueue operator-(const RunQueue& later, const RunQueue& earlier) {
    return {later.waited_s - earlier.waited_s, later.slices - earlier.slices};
  }
};

/// Of the first thread of process `pid`.
RunQueue run_queue(int pid, const std::filesystem::path& root = "/");
/// Of the calling thread.
RunQueue run_queue();

}  // namespace chipfit::telemetry
