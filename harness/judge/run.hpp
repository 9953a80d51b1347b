#pragma once
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "harness/judge/device_peaks.hpp"
#include "harness/judge/settings.hpp"
#include "harness/judge/together.hpp"
#include "harness/judge/worker.hpp"
#include "harness/plan/backends.hpp"
#include "harness/plan/plan.hpp"
#include "harness/results/provenance.hpp"
#include "harness/results/row.hpp"

namespace chipfit::judge {

struct RunOptions {
  plan::Plan plan;
  std::string whole_plan_sha256;  ///< what the rows name where `plan` is one task of a divided plan; empty: plan's own
  std::string host;               ///< this machine's name where a scheduler knows it by another; empty: its own
  std::map<std::string, plan::BackendManifest> backends;  ///< by name; every backend of the plan
  std::filesystem::path out;                              ///< results go to out/<run_id>
  bool resume = false;                                    ///< continue the run in `out` that has the same plan hash
  MeasureSettings measure;
  Deadlines deadlines;
  std::uint64_t memory_limit_bytes = 0;  ///< of a worker; 0: nine tenths of what is free when it starts
  sandbox::Isolation isolation = sandbox::Isolation::l0;  ///< works here; what the rows say
  /// Levels that a plugin which does not start at `isolation` may get instead, strongest first; its rows say so. Empty:
  /// it gets none.
  std::vector<sandbox::Isolation> weaker;
  std::map<std::string, sandbox::Isolation> isolation_of;  ///< backends that are known to need one of those
  std::filesystem::path worker_binary;
  std::vector<std::string> benchmark_flags;  ///< --benchmark_…, as Google Benchmark takes them
  std::vector<std::string> argv;             ///< for the manifest and the reproduction lines
  bool in_process = false;
  Meeting::Wider wider;  ///< of a simultaneous plan: who else measures at the same time
  std::string lab;
  results::Provenance provenance = results::Provenance::self_run;
  std::filesystem::path shared_peaks;    ///< SharedPeaks of this machine and plan; empty: every run measures its own
  std::vector<DevicePeak> device_peaks;  ///< measured on this machine's devices by a program of their own
};

/// Hears of every step; called from the thread that called run().
class RunObserver {
 public:
  virtual ~RunObserver() = default;
  virtual void run_started(const std::filesystem::path& /*folder*/, std::size_t /*rows_planned*/,
                           std::size_t /*rows_present*/) {}
  virtual void case_started(const std::string& /*case_id*/, const std::string& /*backend*/, int /*launch*/) {}
  virtual void case_finished(const results::Row&, std::size_t /*done*/, std::size_t /*planned*/) {}
  virtual void note(const std::string& /*one line*/) {}
};

struct RunSummary {
  std::filesystem::path folder;
  std::vector<results::Row> rows;  ///< of this run, those present before a resume first
  bool interrupted = false;        ///< SIGINT or SIGTERM: the rest can be resumed
};

/// Runs the plan: one row per (case, backend, device, launch), whatever the plugins do. Google Benchmark is the case
/// runner (one RunSpecifiedBenchmarks per process). Errors: io (results cannot be written; rows written so far are
/// kept), bad_data (resume under another plan), unavailable (worker binary missing).
Result<RunSummary> run(const RunOptions&, RunObserver&);

/// The name Google Benchmark gives a case: "<case_id>/<backend>/<device>/iterations:1/manual_time"; what
/// --benchmark_filter is matched against.
std::string benchmark_name(const std::string& case_id, const std::string& backend, std::uint32_t device);

/// Devices of a backend, asked in a worker of its own, confined to `level`, that is ended afterwards.
struct BackendDevices {
  PluginFacts plugin;
  std::vector<chipfit_device_info> devices;
};
CallResult<BackendDevices> ask_devices(const plan::BackendManifest&, const std::filesystem::path& worker_binary,
                                       const std::string& options, sandbox::Isolation level);

}  // namespace chipfit::judge
