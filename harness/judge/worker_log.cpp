#include "harness/judge/worker_log.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>

namespace chipfit::judge {

Result<WorkerLog> WorkerLog::open(const std::filesystem::path& path, std::uint64_t limit_bytes,
                                  std::uint64_t kill_bytes) {
  WorkerLog log;
  log.limit_bytes_ = limit_bytes;
  log.kill_bytes_ = kill_bytes;
  if (path.empty()) return log;
  log.file_ = wire::Descriptor(::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644));
  if (!log.file_) {
    return fail(Error::Kind::io, "cannot write the worker's log: " + std::generic_category().message(errno),
                path.string());
  }
  return log;
}

WorkerLog::Drained WorkerLog::drain(int pipe) {
  std::array<char, 65536> text;
  const ssize_t got = read(pipe, text.data(), text.size());
  if (got == 0) return Drained::closed;
  if (got < 0) return Drained::nothing;
  const auto bytes = static_cast<std::uint64_t>(got);
  const bool was_kept = received_ <= limit_bytes_;
  keep(text.data(), was_kept ? std::min(bytes, limit_bytes_ - received_) : 0);
  received_ += bytes;
  if (was_kept && received_ > limit_bytes_) {
    const std::string line =
        "\n[chipfit: the log passed " + std::to_string(limit_bytes_) + " bytes, the rest is dropped]\n";
    keep(line.data(), line.size());
  }
  return Drained::some;
}

/// A full disk costs the log, not the measurement.
void WorkerLog::keep(const char* text, std::uint64_t bytes) {
  while (file_ && bytes > 0) {
    const ssize_t written = write(file_.get(), text, bytes);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return;
    text += written;
    bytes -= static_cast<std::uint64_t>(written);
  }
}

}  // namespace chipfit::judge
