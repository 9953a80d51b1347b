#pragma once
#include <cstdint>
#include <filesystem>

#include "harness/wire/descriptor.hpp"
#include "kernels/base/result.hpp"

namespace chipfit::judge {

/// What a worker prints, appended to a file up to a limit. Beyond it the text is dropped, and one line says so.
class WorkerLog {
 public:
  /// An empty path keeps nothing. Error (io) where the file cannot be opened.
  static Result<WorkerLog> open(const std::filesystem::path&, std::uint64_t limit_bytes, std::uint64_t kill_bytes);

  enum class Drained { some, nothing, closed };
  /// Reads from the non-blocking pipe once, at most 64 KiB, so that a flood cannot hold the judge.
  Drained drain(int pipe);

  /// More than kill_bytes came.
  bool flooded() const { return received_ > kill_bytes_; }

 private:
  WorkerLog() = default;
  void keep(const char* text, std::uint64_t bytes);

  wire::Descriptor file_;
  std::uint64_t limit_bytes_ = 0, kill_bytes_ = 0, received_ = 0;
};

}  // namespace chipfit::judge
