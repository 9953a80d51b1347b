#pragma once
#include <memory>

#include "harness/judge/arena.hpp"
#include "harness/judge/worker.hpp"

namespace chipfit::judge {

/// One launch: a worker process with one open device, and the memory it shares with the judge.
class Session {
 public:
  /// Starts the worker, loads the plugin and opens the device.
  static CallResult<std::unique_ptr<Session>> open(const WorkerConfig&, std::uint32_t device_index);

  Worker& worker() { return *worker_; }
  Arena& arena() { return *arena_; }
  const chipfit_device_info& device() const { return device_; }
  const PluginFacts& plugin() const { return worker_->plugin(); }

  /// Steady state is sought once per launch: set by the first case that was measured long enough.
  bool warmed_up = false;

 private:
  Session() = default;
  std::unique_ptr<Worker> worker_;
  std::unique_ptr<Arena> arena_;
  chipfit_device_info device_{};
};

/// Tells devices apart: the serial number where there is one, else name and index.
std::string device_uid(const chipfit_device_info&, std::uint32_t index);

}  // namespace chipfit::judge
