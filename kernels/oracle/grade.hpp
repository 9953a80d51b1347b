#pragma once
#include <cstdint>
#include <vector>

#include "kernels/oracle/oracle.hpp"

namespace chipfit::oracle {

/// Root mean square relative error of one rounding in unit roundoffs, over evenly spread logarithms: √(1/(8·ln 2)).
inline constexpr double kRounding = 0.42;

/// What the grade is computed from: pure numbers, no data.
struct GradeInput {
  Problem problem;
  std::int64_t terms = 1;
  std::int64_t block = 1;        ///< outputs summed up in one row
  double power = 1;              ///< mean over the terms of σ_a²·σ_b²
  double c0_power = 0;           ///< mean square of c0
  std::vector<double> residual;  ///< rows
  std::vector<double> products;  ///< products behind each row, 0 for rows that lie on padding only
};

/// Finding, grade, limit and reason. All residuals finite. Formulas: docs/oracle.md.
Report grade(GradeInput);

/// Quantiles of the sample median of `rows` independent |N(0, 1)| values, in units of the true median: the median
/// stays below the upper and above the lower factor except with probability 10^-10 each.
double median_factor_upper(std::int64_t rows);
double median_factor_lower(std::int64_t rows);

}  // namespace chipfit::oracle
