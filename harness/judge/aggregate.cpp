#include "harness/judge/aggregate.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "harness/results/run_folder.hpp"
#include "kernels/base/csv.hpp"

namespace chipfit::judge {
namespace {

using results::Column;

void take(Aggregate::Spread& spread, double rate, bool first) {
  spread.min = first ? rate : std::min(spread.min, rate);
  spread.max = std::max(spread.max, rate);
  spread.sum += rate;
}

std::string number(double value) {
  return value > 0 ? fmt::format("{}", value) : "";
}

}  // namespace

Aggregate aggregate_of(std::span<const results::Row> rows) {
  Aggregate all;
  all.devices = rows.size();
  std::size_t proven = 0;
  for (const auto& row : rows) {
    all.run_id = row.text(Column::run_id);
    all.case_id = row.text(Column::case_id);
    all.launch = static_cast<int>(row.integer(Column::launch).value_or(1));
    const auto rate = row.real(Column::rate_flop_per_s);
    if (!rate) continue;
    take(all.rate_flop_per_s, *rate, all.rated++ == 0);
    all.time_max_s = std::max(all.time_max_s, row.real(Column::time_median_s).value_or(0));
    auto bound = row.real(Column::rate_proven_flop_per_s);
    if (!bound) bound = row.real(Column::rate_bracket_low_flop_per_s);
    if (bound) take(all.rate_proven_flop_per_s, *bound, proven++ == 0);
  }
  if (all.rated > 0) all.rate_flop_per_s.mean = all.rate_flop_per_s.sum / static_cast<double>(all.rated);
  if (proven > 0) all.rate_proven_flop_per_s.mean = all.rate_proven_flop_per_s.sum / static_cast<double>(proven);
  return all;
}

std::vector<Aggregate> aggregates_of(std::span<const results::Row> rows) {
  std::map<std::pair<std::string, std::string>, std::size_t> place;
  std::vector<std::vector<results::Row>> groups;
  for (const auto& row : rows) {
    const auto [at, is_new] = place.try_emplace({row.text(Column::case_id), row.text(Column::launch)}, groups.size());
    if (is_new) groups.emplace_back();
    groups[at->second].push_back(row);
  }
  std::vector<Aggregate> all;
  for (const auto& group : groups) all.push_back(aggregate_of(group));
  return all;
}

std::string_view aggregate_header() {
  return "run_id,case_id,launch,devices,devices_rated,rate_min_flop_per_s,rate_mean_flop_per_s,rate_max_flop_per_s,"
         "rate_sum_flop_per_s,rate_proven_min_flop_per_s,rate_proven_mean_flop_per_s,rate_proven_max_flop_per_s,"
         "rate_proven_sum_flop_per_s,time_max_s,scaling_efficiency";
}

std::string aggregate_line(const Aggregate& all) {
  std::vector<std::string> cells{all.run_id, all.case_id, std::to_string(all.launch), std::to_string(all.devices),
                                 std::to_string(all.rated)};
  for (const auto* spread : {&all.rate_flop_per_s, &all.rate_proven_flop_per_s})
    for (const double value : {spread->min, spread->mean, spread->max, spread->sum}) cells.push_back(number(value));
  cells.push_back(number(all.time_max_s));
  cells.push_back(number(all.scaling_efficiency));
  return csv::line(cells) + "\n";
}

Result<void> write_aggregates(const std::filesystem::path& folder, std::span<const Aggregate> all) {
  std::string text(aggregate_header());
  text += '\n';
  for (const auto& each : all) text += aggregate_line(each);
  return results::write_whole(folder / "aggregate.csv", text);
}

}  // namespace chipfit::judge
