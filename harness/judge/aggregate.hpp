#pragma once
#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/results/row.hpp"
#include "kernels/base/result.hpp"

namespace chipfit::judge {

/// What devices that worked at the same time reached together: rates over those with a rate, in FLOP/s.
struct Aggregate {
  std::string run_id, case_id;
  int launch = 1;
  std::size_t devices = 0;  ///< asked for
  std::size_t rated = 0;
  struct Spread {
    double min = 0, mean = 0, max = 0, sum = 0;
  } rate_flop_per_s, rate_proven_flop_per_s;  ///< proven: the lower bound where it is bracketed
  double time_max_s = 0;                      ///< median time of the slowest
  /// T_n/(n·T_1): sum of the rates over n times the rate of one device alone; 0: that was not measured.
  double scaling_efficiency = 0;
};

/// Rows of one case and launch that were measured together.
Aggregate aggregate_of(std::span<const results::Row>);

/// One of each case and launch, in the order of their first rows.
std::vector<Aggregate> aggregates_of(std::span<const results::Row>);

std::string_view aggregate_header();
std::string aggregate_line(const Aggregate&);  ///< ends in LF; empty cells where nothing was rated
/// aggregate.csv, beside results.csv: a line per case and launch, so that no sum ever stands among the devices' rows.
/// Error: io.
Result<void> write_aggregates(const std::filesystem::path& folder, std::span<const Aggregate>);

}  // namespace chipfit::judge
