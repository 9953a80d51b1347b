#pragma once
#include <filesystem>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "harness/judge/rows.hpp"
#include "harness/judge/run.hpp"
#include "harness/judge/shared_peaks.hpp"
#include "harness/results/manifest.hpp"
#include "harness/telemetry/machine.hpp"

namespace chipfit::judge {

/// Where a run's numbers come from, gathered as it goes and written as manifest.json: programs and libraries by hash,
/// machine, devices, settings, measured peaks. Written once at the beginning, so that a killed run can be resumed, and
/// once complete at the end.
class Provenance {
 public:
  Provenance(const RunOptions&, const telemetry::Machine&, const RunFacts&);

  Result<void> begin(const std::filesystem::path& folder);
  /// Seed of one case, derived from the run's master seed and the row's key.
  oracle::Seed case_seed(const std::string& case_id, const std::string& backend, std::uint32_t device,
                         int launch) const;
  /// Of the order of an interleaved run; a resumed run has that of its first part.
  std::uint64_t order_seed() const { return manifest_.seeds.at("order"); }
  void add_device(const DeviceFacts&, const std::vector<std::filesystem::path>& libraries);
  /// Measured on first use for each (type, threads), or taken from RunOptions::shared_peaks, then remembered. FLOP/s.
  double empirical_peak(Dtype input, int threads, double seconds);
  void count_verification(double verify_s, double total_s);
  /// Completes manifest.json and writes SHA256SUMS.
  Result<void> end(const std::filesystem::path& folder, bool interrupted);
  /// What could not be recorded, in words; not a reason to lose a run.
  const std::vector<std::string>& notes() const { return notes_; }

 private:
  /// A resumed run keeps what its earlier parts recorded.
  void continue_from(const results::Manifest& before, const std::filesystem::path& folder);

  /// A peak of the host that another run has measured, or a new one; in the manifest.
  double host_peak(const std::string& what, int threads, const std::function<results::ManifestPeak()>& measure);

  results::Manifest manifest_;
  SharedPeaks shared_peaks_;
  oracle::Seed master_ = oracle::secret_seed();
  std::set<std::string> known_devices_;
  std::map<std::pair<Dtype, int>, double> peaks_;  // FLOP/s by input type and threads
  std::string isolation_;                          // level that workers have
  std::uint64_t last_level_cache_bytes_;
  double read_bandwidth_ = 0;  // byte/s; 0: not measured yet
  double verify_s_ = 0, total_s_ = 0;
  std::vector<std::string> notes_;
};

}  // namespace chipfit::judge
