#pragma once
#include <span>
#include <vector>

namespace chipfit::stats {

/// Which values stand apart from the others: |modified z-score| above `score` and off the median by more than
/// `least_share` of it, among at least `fewest` values.
/// 3.5: Iglewicz and Hoaglin, How to Detect and Handle Outliers, ASQC 1993 (NIST/SEMATECH e-Handbook 1.3.5.17).
struct OutlierRule {
  double score = 3.5;
  double least_share = 0.02;
  std::size_t fewest = 5;
};

/// 0.6745·(x − median)/MAD, MAD the median of |x − median|. Where more than half of the values are equal, MAD is 0 and
/// the mean absolute deviation takes its place: (x − median)/(1.2533·mean); 0 where all are equal.
std::vector<double> modified_z_scores(std::span<const double>);

/// Indices of the outliers, in order. None among fewer than `fewest` values.
std::vector<std::size_t> outliers(std::span<const double>, const OutlierRule& = {});

}  // namespace chipfit::stats
