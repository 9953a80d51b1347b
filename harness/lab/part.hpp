#pragma once
#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "harness/lab/plan_folder.hpp"
#include "harness/results/manifest.hpp"
#include "kernels/base/result.hpp"

namespace chipfit::lab {

/// A part whose files are what they were when it was sealed, made from this plan by the harness that the plan names,
/// with exactly the rows of its task.
struct CheckedPart {
  std::size_t index = 0;
  results::Manifest manifest;
  std::string manifest_sha256, host;
  std::size_t rows = 0, unacceptable = 0;  ///< the latter: with a verdict that makes the exit code 1
  /// Verified content of results.csv, samples.csv and telemetry.csv; empty where there is none.
  std::string results, samples, telemetry;
};

/// Reads and checks one part. Errors: missing (it is not there, or not yet visible), io, bad_data (damaged, of another
/// plan, of another harness, rows too few, too many or strange). Each hint has the command that does it again.
Result<CheckedPart> read_part(const PlanFolder&, std::size_t index);

enum class Kept { kept, there_already };

/// Moves the finished run folder of a task to its place: synced, then renamed in one step. The first whole part stays;
/// one that comes second, or a damaged one that is in the way, goes to refused/. Errors: io; those of read_part where
/// the run itself is no part of this plan.
Result<Kept> keep_part(const PlanFolder&, std::size_t index, const std::filesystem::path& run_folder);

/// Runs of this task that can be gone on with here: begun on `host` by this harness under this plan, not being written
/// by another process. Oldest first.
std::vector<std::filesystem::path> cut_off_runs(const PlanFolder&, std::size_t index, const std::string& host);

/// Leaves a line that says why a machine could not do a task, for status. What cannot be written is not said.
void leave_failure(const PlanFolder&, std::size_t index, const std::string& host, const std::string& line);

}  // namespace chipfit::lab
