#pragma once
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "backends/plugin/chipfit_plugin.h"
#include "harness/results/verdict.hpp"
#include "harness/sandbox/isolation.hpp"
#include "harness/wire/memory.hpp"
#include "harness/wire/messages.hpp"
#include "kernels/base/result.hpp"
#include "kernels/problem/problem.hpp"

namespace chipfit::judge {

/// Why a call to the worker did not succeed.
struct CallFailure {
  /// refused: the plugin answered with `status`. died: the process is gone or was killed; `verdict` says how, and
  /// the Worker object can only be destroyed. broken: a system call of the judge failed.
  enum class Kind { refused, died, broken } kind = Kind::broken;
  chipfit_status status = CHIPFIT_INTERNAL;
  Verdict verdict = Verdict::crashed;
  std::string reason;  ///< "enqueue: SIGSEGV", "sync: no answer in 4.0 s", the plugin's last_error

  bool is_unsupported() const { return kind == Kind::refused && status == CHIPFIT_UNSUPPORTED; }
};

template <class T>
using CallResult = tl::expected<T, CallFailure>;

/// Seconds a call may take before the process group is killed, and seconds a process may take to end: after a kill
/// (longer is WEDGED), after it closed its socket, and after an orderly goodbye.
struct Deadlines {
  double load_s = 60, open_s = 60, prepare_s = 60, transfer_s = 60, call_s = 30;
  double exit_s = 60;  // a killed process first gives its memory back: gigabytes, on a machine that may be busy
};

struct WorkerConfig {
  std::filesystem::path worker_binary;         ///< chipfit-worker
  std::filesystem::path library;               ///< the plugin
  std::string options;                         ///< for chipfit_host.options
  std::vector<std::string> environment_names;  ///< passed on besides the allow-list
  std::filesystem::path log_file;              ///< appended to
  std::uint64_t log_limit_bytes = 1 << 20;     ///< kept; the rest is dropped and said
  std::uint64_t log_kill_bytes = 64 << 20;     ///< beyond this the worker is killed: RESOURCE
  std::uint64_t memory_limit_bytes = 0;        ///< resident memory beyond which it is killed: RESOURCE; 0: no limit
  std::filesystem::path scratch_dir;           ///< made by the caller; given to the plugin, the one place it may fill
  sandbox::Isolation isolation = sandbox::Isolation::l0;
  std::vector<std::string> device_nodes, read_paths;  ///< of the manifest; patterns of glob(7)
  bool may_start_programs = false;                    ///< of the manifest
  Deadlines deadlines;
  wire::Lending lending = wire::Lending::take_back;
  bool in_process = false;  ///< serve on a thread of this process: for debuggers, rows are UNTRUSTED
};

struct PluginFacts {
  std::string name, version;
  std::uint32_t abi_minor = 0;
  bool has_supports = false, has_counter = false;
};

using BufferId = std::uint32_t;
using KernelId = std::uint32_t;

/// One enqueue: byte offsets into buffers.
using EnqueueEntry = wire::EnqueueEntry;

/// Largest batch that one call takes (it travels in one message).
constexpr std::size_t max_batch = wire::max_batch;

/// Times of a batch on the judge's clock (CLOCK_MONOTONIC_RAW, seconds).
struct BatchTimes {
  double revealed_s = 0;  ///< just before the message with the views was sent
  double synced_s = 0;    ///< just after the reply arrived
  double seconds() const { return synced_s - revealed_s; }
};

/// The judge's end of one worker process that has loaded one plugin. One call = one ABI call (a batch is one call),
/// so the judge always knows where a plugin died. Not thread-safe. The destructor ends the process.
class Worker {
 public:
  /// Starts the process and loads the plugin. Errors: unavailable (library missing, with what dlopen said; the
  /// isolation level does not work here, with what was refused), and all of CallFailure for a plugin that dies in its
  /// constructors. Call it from a thread that outlives the worker: the kernel ends the worker with the thread that
  /// started it, so that a killed judge leaves none behind.
  ///
  /// in_process: the calls are served by a thread of this process. Deadlines hold for the judge (TIMEOUT), but the
  /// thread cannot be killed and is left behind with what it holds; a crash or an exit takes the judge along.
  static CallResult<std::unique_ptr<Worker>> start(const WorkerConfig&);
  virtual ~Worker() = default;

  virtual const PluginFacts& plugin() const = 0;
  virtual int pid() const = 0;
  virtual CallResult<std::uint32_t> device_count() = 0;
  virtual CallResult<chipfit_device_info> device_info(std::uint32_t index) = 0;
  virtual CallResult<void> open(std::uint32_t index) = 0;

  /// Hands over the memory that uploads read from (mapped read-only by the worker) and downloads write to. May be
  /// called again with larger memory.
  virtual CallResult<void> map_input(const wire::SealedMemory&) = 0;
  virtual CallResult<void> map_output(const wire::SharedMemory&) = 0;

  virtual CallResult<BufferId> alloc(std::uint64_t bytes) = 0;
  virtual CallResult<void> free(BufferId) = 0;
  virtual CallResult<void> upload(BufferId, std::uint64_t at, std::uint64_t input_offset, std::uint64_t bytes) = 0;
  virtual CallResult<void> download(BufferId, std::uint64_t at, std::uint64_t output_offset, std::uint64_t bytes) = 0;

  /// Refused, with the plugin's reason, where it says no; not refused where it has no supports().
  virtual CallResult<void> supports(const Problem&) = 0;
  struct Prepared {
    KernelId kernel = 0;
    std::string algorithm;  ///< empty where the plugin does not say
  };
  virtual CallResult<Prepared> prepare(const Problem&) = 0;
  virtual CallResult<void> release(KernelId) = 0;

  /// Enqueues all entries, then one sync. `deadline_s` bounds the whole.
  virtual CallResult<BatchTimes> run(KernelId, std::span<const EnqueueEntry>, double deadline_s) = 0;
  /// Enqueues all entries and does not sync: what follows is ordered by the plugin (P1).
  virtual CallResult<void> enqueue(KernelId, std::span<const EnqueueEntry>, double deadline_s) = 0;
  /// Enqueue + sync for each entry; seconds of each on the worker's clock, and the judge's times of the whole.
  struct Latencies {
    std::vector<double> each_s;
    BatchTimes total;
  };
  virtual CallResult<Latencies> latency(KernelId, std::span<const EnqueueEntry>, double deadline_s) = 0;
  virtual CallResult<std::optional<double>> counter(const std::string& name) = 0;

  /// SHA-256 needs and the manifest's list: files mapped executable by the worker (from /proc/<pid>/maps).
  virtual std::vector<std::filesystem::path> loaded_libraries() const = 0;
};

/// The judge's clock in seconds: CLOCK_MONOTONIC_RAW.
double now_s();

}  // namespace chipfit::judge
