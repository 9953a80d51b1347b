#include "harness/fleet/totals.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "harness/fleet/types.hpp"
#include "harness/stats/median_ci.hpp"
#include "kernels/base/numbers.hpp"
#include "kernels/base/wildcard.hpp"

namespace chipfit::fleet {
namespace {

/// Devices of the inventory that no row is about.
struct Absent {
  std::string chip;
  std::size_t devices = 0;
  std::map<std::string, double> nominal;  ///< by types
};

double nominal_of_like(const Roster& roster, const std::string& pattern, const std::string& types) {
  std::vector<double> peaks;
  for (const auto& each : roster.holdings) {
    if (each.types == types && each.nominal_flop_per_s > 0 && matches(pattern, roster.devices[each.device].chip))
      peaks.push_back(each.nominal_flop_per_s);
  }
  return stats::median(peaks);
}

std::vector<Absent> absent_devices(const Roster& roster, const Scheme& scheme, std::vector<std::string>& notes) {
  std::vector<std::size_t> seen(scheme.inventory.size());
  std::size_t undeclared = 0;
  for (const auto& device : roster.devices) {
    const auto found =
        std::ranges::find_if(scheme.inventory, [&](const Inventory& each) { return matches(each.chip, device.chip); });
    found == scheme.inventory.end() ? ++undeclared : ++seen[static_cast<std::size_t>(found - scheme.inventory.begin())];
  }
  if (!scheme.inventory.empty() && undeclared > 0)
    notes.push_back(fmt::format("{} of no chip in the inventory: counted as met", counted(undeclared, "device")));
  std::set<std::string> types;
  for (const auto& each : roster.holdings) types.insert(each.types);
  for (const auto& each : scheme.peaks) types.insert(each.types);
  std::vector<Absent> absent;
  for (std::size_t i = 0; i < scheme.inventory.size(); ++i) {
    const auto& entry = scheme.inventory[i];
    if (seen[i] > entry.devices) {
      notes.push_back(fmt::format("the inventory declares {} of '{}', but the results are about {}",
                                  counted(entry.devices, "device"), entry.chip, count_text(seen[i])));
    }
    if (seen[i] >= entry.devices) continue;
    Absent missing{entry.chip, entry.devices - seen[i], {}};
    for (const auto& each : types) {
      double peak = nominal_of_like(roster, entry.chip, each);
      for (const auto& declared : scheme.peaks) {
        // The inventory's own pattern, or a chip that it covers.
        if (declared.types == each && (matches(declared.chip, entry.chip) || matches(entry.chip, declared.chip)))
          peak = declared.flop_per_s;
      }
      const bool undertaken = std::ranges::any_of(roster.holdings, [&](const Holding& holding) {
        return holding.types == each && matches(entry.chip, roster.devices[holding.device].chip);
      });
      if (peak > 0 || undertaken) missing.nominal.emplace(each, peak);
    }
    absent.push_back(std::move(missing));
  }
  return absent;
}

void find_outliers(const Roster& roster, std::span<const std::size_t> holdings, const stats::OutlierRule& rule,
                   TypeTotal& total) {
  std::map<std::pair<std::string, std::string>, std::vector<std::size_t>> like;
  for (const std::size_t i : holdings) {
    const auto& holding = roster.holdings[i];
    if (holding.sustained) like[{roster.devices[holding.device].chip, holding.sustained->case_id}].push_back(i);
  }
  for (const auto& [key, group] : like) {
    std::vector<double> rates;
    for (const std::size_t i : group) rates.push_back(roster.holdings[i].sustained->rate_flop_per_s);
    const auto scores = stats::modified_z_scores(rates);
    const double middle = stats::median(rates);
    for (const std::size_t at : stats::outliers(rates, rule)) total.outliers.push_back({group[at], middle, scores[at]});
  }
  std::ranges::sort(total.outliers, {}, &Outlier::score);
}

void add_spread(const Roster& roster, std::span<const std::size_t> holdings, TypeTotal& total) {
  std::vector<std::size_t> rated;
  for (const std::size_t i : holdings)
    if (roster.holdings[i].sustained) rated.push_back(i);
  if (rated.empty()) return;
  const auto rate = [&](std::size_t i) { return roster.holdings[i].sustained->rate_flop_per_s; };
  std::ranges::stable_sort(rated, {}, rate);
  total.lowest = rated.front();
  total.middle = rated[(rated.size() - 1) / 2];
  total.highest = rated.back();
  std::vector<double> rates;
  for (const std::size_t i : rated) rates.push_back(rate(i));
  total.median_flop_per_s = stats::median(rates);
}

TypeTotal total_of(const Roster& roster, std::span<const std::size_t> holdings, const std::vector<Absent>& absent,
                   const stats::OutlierRule& rule) {
  TypeTotal total;
  total.types = roster.holdings[holdings.front()].types;
  double of_both = 0, nominal_of_both = 0, of_powered = 0, power = 0;
  std::set<std::string> sources;
  for (const std::size_t i : holdings) {
    const auto& each = roster.holdings[i];
    ++total.declared;
    total.nominal_flop_per_s += each.nominal_flop_per_s;
    if (!(each.nominal_flop_per_s > 0)) ++total.without_nominal;
    if (!each.sustained) continue;
    const double rate = each.sustained->rate_flop_per_s;
    ++total.measured;
    total.measured_flop_per_s += rate;
    if (each.nominal_flop_per_s > 0) {
      of_both += rate;
      nominal_of_both += each.nominal_flop_per_s;
    }
    if (each.sustained->power_w > 0) {
      ++total.with_power;
      of_powered += rate;
      power += each.sustained->power_w;
      sources.insert(fmt::format("{} ({})", each.sustained->energy_source, each.sustained->energy_grade));
    }
  }
  for (const auto& missing : absent) {
    const auto nominal = missing.nominal.find(total.types);
    if (nominal == missing.nominal.end()) continue;
    total.declared += missing.devices;
    total.nominal_flop_per_s += static_cast<double>(missing.devices) * nominal->second;
    if (!(nominal->second > 0)) total.without_nominal += missing.devices;
  }
  if (nominal_of_both > 0) total.efficiency = of_both / nominal_of_both;
  if (power > 0) total.flop_per_joule = of_powered / power;
  total.energy_sources.assign(sources.begin(), sources.end());
  add_spread(roster, holdings, total);
  find_outliers(roster, holdings, rule, total);
  return total;
}

ClassShare& share_of(ClassTotal& total, const std::string& types, double factor) {
  const auto found = std::ranges::find(total.shares, types, &ClassShare::types);
  if (found != total.shares.end()) return *found;
  return total.shares.emplace_back(ClassShare{types, factor, 0, 0, 0, 0});
}

void add_classes(Fleet& fleet, const std::vector<Absent>& absent) {
  const auto& scheme = fleet.scheme;
  for (const auto& each : scheme.classes) fleet.classes.push_back({each.name, {}, 0, 0});
  const auto total_for = [&](std::string_view chip) {
    const auto* of = scheme.class_of(chip);
    return std::pair{of,
                     of == nullptr ? nullptr : &fleet.classes[static_cast<std::size_t>(of - scheme.classes.data())]};
  };
  std::vector<std::vector<const Holding*>> held(fleet.roster.devices.size());
  for (const auto& each : fleet.roster.holdings) held[each.device].push_back(&each);
  for (std::size_t d = 0; d < held.size(); ++d) {
    const auto [of, total] = total_for(fleet.roster.devices[d].chip);
    if (total == nullptr) {
      if (std::ranges::any_of(held[d], [](const Holding* each) { return each->sustained.has_value(); }))
        ++fleet.unclassed;
      continue;
    }
    // One set of types a device: the first that it was measured in, else the first that it claims a peak for.
    const Holding* counts = nullptr;
    for (const bool measured : {true, false}) {
      for (const auto& types : of->types) {
        const auto found = std::ranges::find(held[d], types, &Holding::types);
        if (counts == nullptr && found != held[d].end() &&
            (measured ? (*found)->sustained.has_value() : (*found)->nominal_flop_per_s > 0))
          counts = *found;
      }
    }
    if (counts == nullptr) continue;
    auto& share = share_of(*total, counts->types, *scheme.factor(counts->types));
    ++share.declared;
    share.nominal_flop_per_s += counts->nominal_flop_per_s;
    if (!counts->sustained) continue;
    ++share.measured;
    share.measured_flop_per_s += counts->sustained->rate_flop_per_s;
  }
  for (const auto& missing : absent) {
    const auto [of, total] = total_for(missing.chip);
    if (total == nullptr) continue;
    for (const auto& types : of->types) {
      const auto nominal = missing.nominal.find(types);
      if (nominal == missing.nominal.end() || !(nominal->second > 0)) continue;
      auto& share = share_of(*total, types, *scheme.factor(types));
      share.declared += missing.devices;
      share.nominal_flop_per_s += static_cast<double>(missing.devices) * nominal->second;
      break;
    }
  }
  for (auto& each : fleet.classes) {
    for (const auto& share : each.shares) {
      each.measured_flop_per_s += share.factor * share.measured_flop_per_s;
      each.nominal_flop_per_s += share.factor * share.nominal_flop_per_s;
    }
    fleet.converted_measured_flop_per_s += each.measured_flop_per_s;
    fleet.converted_nominal_flop_per_s += each.nominal_flop_per_s;
  }
  if (!scheme.classes.empty() && fleet.unclassed > 0)
    fleet.notes.push_back(fmt::format("{} in no class of the scheme: not in the converted totals",
                                      counted(fleet.unclassed, "measured device")));
}

/// Efficiency and FLOP/J of the devices that the classes count, converted.
struct Converted {
  std::optional<double> efficiency, flop_per_joule;
};
Converted converted_of(const Fleet& fleet) {
  double both = 0, nominal = 0, powered = 0, power = 0;
  std::vector<bool> done(fleet.roster.devices.size());
  for (const auto& each : fleet.scheme.classes) {
    for (const auto& types : each.types) {
      for (const auto& holding : fleet.roster.holdings) {
        if (holding.types != types || !holding.sustained || done[holding.device] ||
            fleet.scheme.class_of(fleet.roster.devices[holding.device].chip) != &each)
          continue;
        done[holding.device] = true;
        const double factor = *fleet.scheme.factor(types), rate = factor * holding.sustained->rate_flop_per_s;
        if (holding.nominal_flop_per_s > 0) {
          both += rate;
          nominal += factor * holding.nominal_flop_per_s;
        }
        if (holding.sustained->power_w > 0) {
          powered += rate;
          power += holding.sustained->power_w;
        }
      }
    }
  }
  return {nominal > 0 ? std::optional(both / nominal) : std::nullopt,
          power > 0 ? std::optional(powered / power) : std::nullopt};
}

std::optional<double> value_of(const Fleet& fleet, const Indicator& indicator) {
  const auto& rows = fleet.roster.rows;
  const auto share = [](std::size_t of, std::size_t over) {
    return over > 0 ? std::optional(static_cast<double>(of) / static_cast<double>(over)) : std::nullopt;
  };
  if (indicator.kind == IndicatorKind::adaptation_coverage) return share(rows.passed, rows.judged);
  if (indicator.kind == IndicatorKind::stability) return share(rows.steady, rows.rated);
  if (indicator.types == "converted") {
    const auto converted = converted_of(fleet);
    if (indicator.kind == IndicatorKind::efficiency) return converted.efficiency;
    if (indicator.kind == IndicatorKind::energy_efficiency) return converted.flop_per_joule;
    return fleet.converted_measured_flop_per_s > 0 ? std::optional(fleet.converted_measured_flop_per_s) : std::nullopt;
  }
  const auto total = std::ranges::find(fleet.totals, indicator.types, &TypeTotal::types);
  if (total == fleet.totals.end()) return std::nullopt;
  if (indicator.kind == IndicatorKind::efficiency) return total->efficiency;
  if (indicator.kind == IndicatorKind::energy_efficiency) return total->flop_per_joule;
  return total->measured > 0 ? std::optional(total->measured_flop_per_s) : std::nullopt;
}

void add_index(Fleet& fleet) {
  if (fleet.scheme.index.empty()) return;
  double sum = 0;
  for (const auto& indicator : fleet.scheme.index) {
    IndexTerm term{indicator, value_of(fleet, indicator), 0};
    if (term.value) term.reached = std::min(1.0, *term.value / indicator.target);
    if (!term.value)
      fleet.notes.push_back(fmt::format("the index counts 0 for {}{}{}: it was not measured", name(indicator.kind),
                                        indicator.types.empty() ? "" : " of ", indicator.types));
    sum += indicator.weight * term.reached;
    fleet.terms.push_back(std::move(term));
  }
  fleet.index = 100 * sum;
}

void add_notes(Fleet& fleet) {
  for (const auto& total : fleet.totals) {
    if (total.without_nominal > 0)
      fleet.notes.push_back(
          fmt::format("{}: {} without a nominal peak: not in the nominal total, nor in the share of nominal "
                      "([[peak]] in the scheme declares one)",
                      total.types, counted(total.without_nominal, "device")));
    std::set<std::string> cases;
    for (const auto& each : fleet.roster.holdings)
      if (each.types == total.types && each.sustained) cases.insert(each.sustained->case_id);
    if (cases.size() > 1)
      fleet.notes.push_back(fmt::format("{}: the devices' largest GEMMs differ ({} and {}{})", total.types,
                                        *cases.begin(), *std::next(cases.begin()),
                                        cases.size() > 2 ? fmt::format(", {} more", cases.size() - 2) : ""));
  }
  std::size_t by_lab = 0, by_owner = 0;
  for (const auto& each : fleet.roster.holdings) {
    if (each.sustained) ++(each.sustained->provenance.starts_with("lab") ? by_lab : by_owner);
  }
  if (by_lab + by_owner > 0)
    fleet.notes.push_back(fmt::format("{} of {} rates are self-run, {} lab-run", count_text(by_owner),
                                      count_text(by_lab + by_owner), count_text(by_lab)));
}

}  // namespace

Fleet make_fleet(Roster roster, Scheme scheme, const stats::OutlierRule& rule) {
  Fleet fleet;
  fleet.roster = std::move(roster);
  fleet.scheme = std::move(scheme);
  fleet.notes = fleet.roster.notes;
  const auto absent = absent_devices(fleet.roster, fleet.scheme, fleet.notes);
  const auto& holdings = fleet.roster.holdings;
  for (std::size_t begin = 0, end = 0; begin < holdings.size(); begin = end) {
    std::vector<std::size_t> group;
    for (end = begin; end < holdings.size() && holdings[end].types == holdings[begin].types; ++end)
      group.push_back(end);
    fleet.totals.push_back(total_of(fleet.roster, group, absent, rule));
  }
  add_classes(fleet, absent);
  add_index(fleet);
  add_notes(fleet);
  return fleet;
}

std::string outlier_rule(const stats::OutlierRule& rule) {
  return fmt::format(
      "|modified z-score| above {} (by MAD; Iglewicz and Hoaglin 1993) and more than {} off the median, "
      "among at least {} devices of one chip on one GEMM",
      rule.score, percent_text(rule.least_share), rule.fewest);
}

std::string formula(const Fleet& fleet) {
  if (!fleet.index) return {};
  std::string terms;
  for (const auto& term : fleet.terms)
    terms += fmt::format("{}{:g}·min(1, {:.4g}/{:.4g})", terms.empty() ? "" : " + ", term.indicator.weight,
                         term.value.value_or(0), term.indicator.target);
  return fmt::format("100·({}) = {:.1f}", terms, *fleet.index);
}

}  // namespace chipfit::fleet
