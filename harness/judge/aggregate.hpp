#pragma once
#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "harness/results/row.hpp"

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

/// aggregate.csv, beside results.csv: a line per case and launch, so that no sum ever stands among the devices' rows.
std::string_view aggregate_header();
std::string aggregate_line(const Aggregate&);  ///< ends in LF; empty cells where nothing was rated

}  // namespace chipfit::judge
