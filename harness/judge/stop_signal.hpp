#pragma once
#include <atomic>
#include <csignal>

namespace chipfit::judge {

/// While it lives, the first SIGINT or SIGTERM sets flag() instead of ending the process; a second one ends it at once,
/// as the default action would. One at a time.
class StopSignal {
 public:
  StopSignal();
  ~StopSignal();
  StopSignal(const StopSignal&) = delete;
  StopSignal& operator=(const StopSignal&) = delete;
  const std::atomic<bool>& flag() const;

 private:
  struct sigaction old_int_ {
  }, old_term_{};
};

}  // namespace chipfit::judge
