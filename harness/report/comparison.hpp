#pragma once
#include <optional>
#include <string>
#include <vector>

#include "harness/compare/report.hpp"
#include "harness/report/model.hpp"

namespace chipfit::report {

/// One case of a subject and the baseline.
struct ComparedCase {
  std::string case_id;
  std::optional<RowIndex> baseline, subject;  ///< the rows that stand for it; none where no row is rated
  compare::Pair pair;                         ///< ratios of times: above 1 is slower than the baseline
};

/// A subject beside the baseline: what `chipfit compare` says of the two.
struct Comparison {
  std::size_t subject = 0;  ///< index into Model::subjects
  std::vector<ComparedCase> cases;
  compare::SideSummary summary;
  std::size_t count(compare::State) const;
};

/// Every other subject beside `baseline`, in the order of the subjects. The unit is the launch; where a subject has
/// several devices, each is one unit, stood for by its median row of a case, since launches of one device are not
/// independent. Errors (bad_data): the same launch of a case stands twice among the rows.
Result<std::vector<Comparison>> compare_subjects(const Model&, std::size_t baseline);

}  // namespace chipfit::report
