#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "harness/cli/console.hpp"
#include "harness/judge/isolation_trial.hpp"
#include "harness/plan/backends.hpp"
#include "harness/telemetry/machine.hpp"

namespace chipfit::cli {

enum class Health { ok, warn, fail };

/// One line of `chipfit doctor`.
struct Check {
  Health health = Health::ok;
  std::string topic, text;
  std::string remedy;  ///< what to do; empty where there is nothing to do
};

/// What the doctor looks at. Gathered by the verb, judged by `diagnose`.
struct DoctorFacts {
  telemetry::Machine machine;
  double load_1min = 0;  ///< /proc/loadavg
  struct Tool {
    std::string name, purpose, install_hint;
    std::filesystem::path path;  ///< empty: not found
  };
  std::vector<Tool> tools;
  struct Folder {
    std::filesystem::path path;
    bool present = false;
  };
  std::vector<Folder> plugin_folders;
  std::vector<std::string> ignored_folders;  ///< entries of CHIPFIT_PLUGIN_PATH that are not absolute
  struct Backend {
    std::string name;
    std::uint32_t devices = 0;
    std::string what;            ///< version and first device
    std::optional<Error> error;  ///< why it cannot be used
    bool in_default_runs = true;
    std::vector<std::string> notes;
  };
  std::vector<Backend> backends;
  struct Sensor {
    std::string what;            ///< "GPU power", "CPU energy"
    std::string found;           ///< what tells it; empty: nothing does
    std::optional<Error> error;  ///< then: why
  };
  std::vector<Sensor> sensors;
  std::filesystem::path worker;
  bool worker_runs = false;
  std::optional<Error> sealed_memory;  ///< why sealing does not work; none: it works
  bool pidfd = false;
  std::vector<judge::LevelTrial> levels;  ///< every level of isolation, strongest first
  std::filesystem::path results;
  std::optional<std::uint64_t> results_free_bytes;
  bool results_writable = false;
};

/// Every check with its verdict and remedy, in a fixed order.
std::vector<Check> diagnose(const DoctorFacts&);

/// "ok", "warn" and "fail" lines, remedies indented below, and the count of what is to mend.
std::string doctor_text(const std::vector<Check>&, const Paper&);
std::string_view name(Health);

}  // namespace chipfit::cli
