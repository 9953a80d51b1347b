#pragma once
#include <memory>
#include <optional>

#include "harness/judge/arena.hpp"
#include "harness/judge/worker.hpp"
#include "harness/plan/backends.hpp"

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
  /// Whether the worker computes while nothing is asked of it; empty: not looked yet.
  std::optional<bool> busy_when_idle;

 private:
  Session() = default;
  std::unique_ptr<Worker> worker_;
  std::unique_ptr<Arena> arena_;
  chipfit_device_info device_{};
};

/// A worker for a backend as its manifest describes it.
WorkerConfig worker_config(const plan::BackendManifest&, const std::filesystem::path& worker_binary,
                           const std::string& options, const std::filesystem::path& scratch_dir, sandbox::Isolation);

/// Tells devices apart: the serial number where there is one, else name and index.
std::string device_uid(const chipfit_device_info&, std::uint32_t index);

}  // namespace chipfit::judge
