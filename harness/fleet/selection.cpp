#include "harness/fleet/selection.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>
#include <utility>

#include "harness/stats/median_ci.hpp"

namespace chipfit::fleet {
namespace {

std::pair<double, std::int64_t> size_of(const Launch& launch) {
  return {launch.work_flop, launch.devices_active};
}

using Launches = std::vector<const Launch*>;

double median_of(const Launches& launches, double Launch::*value) {
  std::vector<double> values;
  for (const auto* each : launches) values.push_back(each->*value);
  return stats::median(values);
}

Sustained summary(const Launches& launches) {
  const Launch& any = *launches.front();
  Sustained sustained{median_of(launches, &Launch::rate_flop_per_s),
                      0,
                      {},
                      {},
                      any.case_id,
                      any.backend,
                      any.run_id,
                      any.provenance,
                      launches.size(),
                      any.devices_active,
                      0};
  Launches sorted = launches;
  std::ranges::sort(sorted, {}, &Launch::rate_flop_per_s);
  sustained.row = sorted[(sorted.size() - 1) / 2]->row;
  Launches powered;
  for (const auto* each : launches)
    if (each->power_w > 0) powered.push_back(each);
  if (!powered.empty()) {
    sustained.power_w = median_of(powered, &Launch::power_w);
    sustained.energy_source = powered.front()->energy_source;
    sustained.energy_grade = powered.front()->energy_grade;
  }
  return sustained;
}

}  // namespace

bool Selection::wants(const Launch& launch) const {
  return launches_.empty() || size_of(launch) >= size_of(launches_.front());
}

void Selection::add(Launch launch) {
  if (!launches_.empty() && size_of(launch) > size_of(launches_.front())) launches_.clear();
  launches_.push_back(std::move(launch));
}

std::optional<Selection::Choice> Selection::choose() const {
  // Run ids begin with their time, so the last of a map is the newest.
  std::map<std::pair<std::string, std::string>, std::map<std::string, Launches>> runs;
  for (const auto& each : launches_) runs[{each.backend, each.case_id}][each.run_id].push_back(&each);
  std::optional<Choice> best;
  for (const auto& [key, by_run] : runs) {
    Choice choice{summary(by_run.rbegin()->second), 0, {}, 0};
    if (best && choice.sustained.rate_flop_per_s <= best->sustained.rate_flop_per_s) continue;
    for (auto run = std::next(by_run.rbegin()); run != by_run.rend(); ++run) {
      const double rate = median_of(run->second, &Launch::rate_flop_per_s);
      const double apart = std::abs(rate / choice.sustained.rate_flop_per_s - 1);
      if (apart > choice.disagreement)
        std::tie(choice.disagreement, choice.other_run, choice.other_rate_flop_per_s) =
            std::make_tuple(apart, run->first, rate);
    }
    best = std::move(choice);
  }
  return best;
}

}  // namespace chipfit::fleet
