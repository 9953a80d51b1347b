#include "harness/report/comparison.hpp"

#include <cmath>
#include <map>

namespace chipfit::report {

using results::Column;

namespace {

std::map<std::string, RowIndex> medians(const Model& model, const Subject& subject) {
  std::map<std::string, RowIndex> rows;
  for (const auto& [id, repeats] : grouped(subject.rows, [&](RowIndex i) { return model.text(i, Column::case_id); })) {
    if (const auto median = median_row(model, repeats)) rows.emplace(id, *median);
  }
  return rows;
}

}  // namespace

std::vector<Ratio> compare_subjects(const Model& model, std::size_t baseline) {
  std::vector<Ratio> ratios;
  const auto base = medians(model, model.subjects[baseline]);
  for (std::size_t s = 0; s < model.subjects.size(); ++s) {
    if (s == baseline) continue;
    Ratio ratio{.subject = s, .cases = {}};
    double logarithms = 0;
    for (const auto& [id, row] : medians(model, model.subjects[s])) {
      const auto other = base.find(id);
      if (other == base.end()) continue;
      ratio.cases.push_back({id, other->second, row});
      logarithms +=
          std::log(*model.real(row, Column::rate_flop_per_s) / *model.real(other->second, Column::rate_flop_per_s));
      const auto low = model.real(row, Column::time_ci_low_s), high = model.real(row, Column::time_ci_high_s);
      const auto base_low = model.real(other->second, Column::time_ci_low_s);
      const auto base_high = model.real(other->second, Column::time_ci_high_s);
      if (!low || !high || !base_low || !base_high) continue;
      if (*high < *base_low) ++ratio.faster;
      if (*low > *base_high) ++ratio.slower;
    }
    if (!ratio.cases.empty()) ratio.geometric_mean = std::exp(logarithms / static_cast<double>(ratio.cases.size()));
    ratios.push_back(std::move(ratio));
  }
  return ratios;
}

}  // namespace chipfit::report
