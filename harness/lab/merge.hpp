#pragma once
#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "harness/lab/plan_folder.hpp"
#include "kernels/base/result.hpp"

namespace chipfit::lab {

enum class Incomplete { refused, merged };

struct MergeOptions {
  double wait_s = 0;  ///< for parts that are not there, or not whole, yet
  Incomplete incomplete = Incomplete::refused;
};

struct Merged {
  std::filesystem::path folder;
  std::size_t rows = 0, parts = 0, unacceptable = 0;  ///< the last: rows whose verdict makes the exit code 1
  std::vector<Error> left_out;     ///< of parts that are missing or damaged; each hint does one again
  std::vector<std::string> notes;  ///< what does no harm to the results
};

/// Parts by index into merged/, an ordinary sealed run folder: results.csv, samples.csv and telemetry.csv are theirs
/// one after another, byte for byte; manifest.json lists them, parts.jsonl has their manifests, one a line. Nothing
/// depends on clocks or on the order in which parts were made, and merging again gives the same rows. The folder
/// appears in one step; an earlier one is replaced. Errors: io; missing or bad_data (the first fault, and how many
/// more) where parts are left out and that is refused; interrupted where none can be merged.
Result<Merged> merge(const PlanFolder&, const MergeOptions&);

}  // namespace chipfit::lab
