#pragma once
#include <limits>
#include <string>
#include <vector>

namespace chipfit::bench {

/// Where a ratio is to lie. It is missed only where the whole confidence interval lies outside.
struct Aim {
  double low = 0, high = std::numeric_limits<double>::infinity();
};

/// What stands before the ratio in a line of a table.
struct Line {
  std::string what;  ///< case id
  int threads;
  double flop_per_s;
  std::string note;  ///< algorithm
};

/// The title with its aim, and the names of the columns.
void print_heading(const std::string& title, const Aim&);

/// Median of the ratios with its 95 % interval. False where the aim is missed.
bool print_line(const Line&, const std::vector<double>& ratios, const Aim&);

}  // namespace chipfit::bench
