#pragma once
#include <array>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "harness/results/manifest.hpp"
#include "harness/results/row.hpp"
#include "kernels/base/result.hpp"

namespace chipfit::report {

/// A results.csv and what lies beside it.
struct Source {
  std::string name;  ///< run id, or the file's name where no manifest tells it
  std::optional<results::Manifest> manifest;
  std::string manifest_sha256, results_sha256;  ///< empty: no such file
  std::size_t first_row = 0, rows = 0;          ///< among those of the evidence
};

/// How the rounds of one row spread.
struct Spread {
  std::size_t row = 0;
  std::array<double, 7> quantiles_s{};  ///< least, 5 %, 25 %, 50 %, 75 %, 95 %, greatest
  std::size_t rounds = 0;
};

/// Readings of one device during one run, in the order of time. NaN: not told.
struct Track {
  std::string run_id, device_uid;
  std::vector<double> t_s, power_w, temp_c, clock_hz;
  std::vector<std::string> throttle_reasons;
};

/// Everything that a report is made of.
struct Evidence {
  std::vector<results::Row> rows;
  std::vector<Source> sources;
  std::vector<Spread> spreads;
  std::vector<Track> tracks;
  std::vector<std::string> notes;  ///< what was left out, one line each
};

/// Run folders, folders that hold run folders, and result files, in the order given; folders inside a folder by name.
/// Errors: missing, io, bad_data (with file:line:column); a folder without any results.csv is missing.
Result<Evidence> load_evidence(std::span<const std::filesystem::path>);

}  // namespace chipfit::report
