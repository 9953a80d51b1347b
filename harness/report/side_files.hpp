#pragma once
#include <filesystem>

#include "harness/report/evidence.hpp"

namespace chipfit::report {

/// Adds the spread of every row of `source` (its rows are in the evidence already) that has rounds in samples.csv.
/// A file that is not there adds nothing. Errors: io, bad_data.
Result<void> load_spreads(const std::filesystem::path& samples, const Source& source, Evidence&);

/// Adds the readings of telemetry.csv, one track for each run and device. A file that is not there adds nothing.
Result<void> load_tracks(const std::filesystem::path& telemetry, Evidence&);

/// The p-quantile of ascending values, linear between neighbours (Hyndman and Fan's type 7).
double quantile(const std::vector<double>& ascending, double p);

}  // namespace chipfit::report
