#pragma once
#include <span>
#include <string>
#include <vector>

#include "harness/report/model.hpp"

namespace chipfit::report {

/// One case that both of two subjects have a rate for: the rows that stand for it.
struct CommonCase {
  std::string case_id;
  RowIndex baseline, subject;
};

/// A subject beside the baseline over their common cases.
struct Ratio {
  std::size_t subject = 0;  ///< index into Model::subjects
  std::vector<CommonCase> cases;
  double geometric_mean = 0;           ///< of rate / baseline's rate; 0 where there is no common case
  std::size_t faster = 0, slower = 0;  ///< cases whose confidence intervals of time do not touch
};

/// Every other subject beside `baseline`, in the order of the subjects. Medians and intervals are those of the rows:
/// the statistics of `chipfit compare` (tests, corrections, hidden dimensions) are not repeated here.
std::vector<Ratio> compare_subjects(const Model&, std::size_t baseline);

}  // namespace chipfit::report
