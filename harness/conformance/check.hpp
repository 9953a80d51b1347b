#pragma once
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "harness/conformance/finding.hpp"
#include "harness/conformance/lists.hpp"
#include "harness/judge/worker.hpp"
#include "harness/plan/backends.hpp"

namespace chipfit::conformance {

/// The plugin that is checked, and what it is run with.
struct Subject {
  plan::BackendManifest backend;
  std::filesystem::path worker_binary;
  std::uint32_t device_index = 0;
  std::string options;                                                    ///< manifest's and command line's
  enum class Worker { plain, address_sanitizer } worker = Worker::plain;  ///< what worker_binary is
};

struct CheckSettings {
  std::uint64_t seed = 0;     ///< decides problems and data
  double seconds = 10;        ///< fuzzing ends at the first problem after; every kind is asked once, whatever it takes
  double deadline_s = 5;      ///< of each call
  int threads = 1;            ///< of the oracle
  std::vector<Problem> only;  ///< these instead of all kinds
  Lists lists;
};

struct CheckReport {
  judge::PluginFacts plugin;
  std::string device_name;
  std::uint64_t seed = 0;
  double seconds = 0;
  int problems = 0;                                              ///< walked to their end or to a finding
  int complete = 0;                                              ///< of these, without a finding
  int refused = 0;                                               ///< answered UNSUPPORTED
  std::vector<std::string> supported;                            ///< kinds
  std::vector<std::pair<std::string, std::string>> unsupported;  ///< kind, the plugin's words
  std::vector<Finding> findings;                                 ///< at most 3 of a duty
  struct Expected {
    Finding finding;
    Lists::Entry entry;
  };
  std::vector<Expected> expected;         ///< failures that the list announced: one for each entry
  std::vector<Lists::Entry> passing_now;  ///< announced failures that were tried and did not happen
  struct Contradicted {
    std::string case_id;
    Lists::Entry entry;
  };
  std::vector<Contradicted> not_never;  ///< problems that are listed as never supported, and were taken
  bool repeatable = true;               ///< every result came out the same bit by bit; not a duty
  std::string given_up;                 ///< why not everything was tried; empty: everything was

  /// Kept, as far as it was tried: no findings that nobody announced, nothing against the list of never.
  bool passed() const { return findings.empty() && not_never.empty(); }
};

/// Hears what is tried: "gemm:f32:NN:17x5x33".
using CheckProgress = std::function<void(const std::string& case_id)>;

/// Walks a plugin's duties in worker processes. Errors: unavailable (no device, a library is missing, the worker is
/// missing), internal (the harness's own trouble). What the plugin does wrong is in the report.
Result<CheckReport> check(const Subject&, const CheckSettings&, const CheckProgress&);

}  // namespace chipfit::conformance
