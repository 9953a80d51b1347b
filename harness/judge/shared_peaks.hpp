#pragma once
#include <filesystem>
#include <optional>
#include <string>

#include "harness/results/manifest.hpp"

namespace chipfit::judge {

/// When and where something was measured: what must be the same for it to hold still.
struct Moment {
  std::string boot_id;      ///< of the kernel, new with every start of the machine
  std::string processors;   ///< that this process may use: "0-1,4"
  double since_boot_s = 0;  ///< sleep included
};
/// Parts that the kernel does not tell are empty, and then nothing is shared.
Moment moment_now();

/// The longest time for which a measured peak is taken over.
constexpr double longest_shared_s = 900;

/// What the tasks of one plan have measured of one machine, in a file that they share, so that a short task does not
/// take longer to measure the machine than its cases. One that has `run_id` was measured by that run.
class SharedPeaks {
 public:
  /// An empty path shares nothing.
  explicit SharedPeaks(std::filesystem::path file) : file_(std::move(file)) {}
  /// Nothing where it was not measured, since another start, on other processors or too long ago, or where the file
  /// cannot be read or says nonsense: then it is measured.
  std::optional<results::ManifestPeak> find(const std::string& what, int threads, const Moment&) const;
  /// What cannot be written is not shared.
  void keep(const results::ManifestPeak&, const Moment&) const;

 private:
  std::filesystem::path file_;
};

}  // namespace chipfit::judge
