#include "harness/fleet/formats.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "kernels/base/csv.hpp"

namespace chipfit::fleet {
namespace {

using nlohmann::ordered_json;

constexpr double flop_per_exa = 1e18;

ordered_json or_null(const std::optional<double>& value) {
  return value ? ordered_json(*value) : ordered_json(nullptr);
}
ordered_json or_null(double value) {
  return value > 0 ? ordered_json(value) : ordered_json(nullptr);
}
std::string number(double value) {
  return value > 0 ? fmt::format("{}", value) : "";
}

ordered_json device_json(const Fleet& fleet, std::size_t at) {
  const auto& holding = fleet.roster.holdings[at];
  const auto& device = fleet.roster.devices[holding.device];
  return {{"device_uid", device.uid},
          {"chip", device.chip},
          {"host", device.host},
          {"rate_flop_per_s", holding.sustained->rate_flop_per_s}};
}
ordered_json device_json(const Fleet& fleet, const std::optional<std::size_t>& at) {
  return at ? device_json(fleet, *at) : ordered_json(nullptr);
}

ordered_json total_json(const Fleet& fleet, const TypeTotal& total) {
  ordered_json value{{"types", total.types},
                     {"measured_flop_per_s", total.measured_flop_per_s},
                     {"measured_eflops", total.measured_flop_per_s / flop_per_exa},
                     {"nominal_flop_per_s", or_null(total.nominal_flop_per_s)},
                     {"devices_measured", total.measured},
                     {"devices_declared", total.declared},
                     {"devices_without_nominal", total.without_nominal},
                     {"coverage", total.coverage()},
                     {"share_of_nominal", or_null(total.efficiency)},
                     {"devices_with_power", total.with_power},
                     {"flop_per_joule", or_null(total.flop_per_joule)},
                     {"energy_sources", total.energy_sources},
                     {"lowest", device_json(fleet, total.lowest)},
                     {"median_flop_per_s", or_null(total.median_flop_per_s)},
                     {"highest", device_json(fleet, total.highest)},
                     {"outliers", ordered_json::array()}};
  for (const auto& each : total.outliers) {
    auto outlier = device_json(fleet, each.holding);
    outlier["median_of_like_flop_per_s"] = each.median_flop_per_s;
    outlier["modified_z"] = each.score;
    value["outliers"].push_back(std::move(outlier));
  }
  return value;
}

ordered_json class_json(const ClassTotal& total) {
  ordered_json value{{"class", total.name},
                     {"measured_flop_per_s", total.measured_flop_per_s},
                     {"nominal_flop_per_s", or_null(total.nominal_flop_per_s)},
                     {"of", ordered_json::array()}};
  for (const auto& share : total.shares)
    value["of"].push_back({{"types", share.types},
                           {"factor", share.factor},
                           {"devices_measured", share.measured},
                           {"devices_declared", share.declared},
                           {"measured_flop_per_s", share.measured_flop_per_s},
                           {"nominal_flop_per_s", or_null(share.nominal_flop_per_s)}});
  return value;
}

ordered_json converted_json(const Fleet& fleet) {
  if (fleet.classes.empty()) return nullptr;
  ordered_json value{{"reference", fleet.scheme.reference},
                     {"basis", fleet.scheme.basis},
                     {"factors", fleet.scheme.factors},
                     {"measured_flop_per_s", fleet.converted_measured_flop_per_s},
                     {"measured_eflops", fleet.converted_measured_flop_per_s / flop_per_exa},
                     {"nominal_flop_per_s", or_null(fleet.converted_nominal_flop_per_s)},
                     {"devices_of_no_class", fleet.unclassed},
                     {"classes", ordered_json::array()}};
  for (const auto& each : fleet.classes) value["classes"].push_back(class_json(each));
  return value;
}

ordered_json index_json(const Fleet& fleet) {
  if (!fleet.index) return nullptr;
  ordered_json value{{"value", *fleet.index}, {"formula", formula(fleet)}, {"terms", ordered_json::array()}};
  for (const auto& term : fleet.terms)
    value["terms"].push_back({{"indicator", name(term.indicator.kind)},
                              {"types", term.indicator.types},
                              {"unit", unit(term.indicator.kind)},
                              {"weight", term.indicator.weight},
                              {"target", term.indicator.target},
                              {"value", or_null(term.value)},
                              {"reached", term.reached}});
  return value;
}

}  // namespace

std::string class_name(const Fleet& fleet, const Device& device) {
  const auto* of = fleet.scheme.class_of(device.chip);
  return of == nullptr ? "" : of->name;
}

std::string to_json(const Fleet& fleet) {
  const auto& roster = fleet.roster;
  const auto& rows = roster.rows;
  ordered_json value{{"schema", "fleet-v1"},
                     {"title", fleet.scheme.title},
                     {"devices", roster.devices.size()},
                     {"hosts", roster.hosts},
                     {"runs", roster.runs},
                     {"rows",
                      {{"all", rows.all},
                       {"published", rows.published},
                       {"repeated", rows.repeated},
                       {"judged", rows.judged},
                       {"passed", rows.passed},
                       {"rated", rows.rated},
                       {"steady", rows.steady},
                       {"untrusted", rows.untrusted}}},
                     {"counting_rule", counting_rule()},
                     {"outlier_rule", outlier_rule()},
                     {"totals", ordered_json::array()},
                     {"converted", converted_json(fleet)},
                     {"index", index_json(fleet)},
                     {"notes", fleet.notes},
                     {"nodes", ordered_json::array()}};
  for (const auto& each : fleet.totals) value["totals"].push_back(total_json(fleet, each));
  for (const auto& each : roster.holdings) {
    const auto& device = roster.devices[each.device];
    const Sustained none, &sustained = each.sustained ? *each.sustained : none;
    value["nodes"].push_back({{"device_uid", device.uid},
                              {"vendor", device.vendor},
                              {"chip", device.chip},
                              {"host", device.host},
                              {"class", class_name(fleet, device)},
                              {"types", each.types},
                              {"rate_flop_per_s", or_null(sustained.rate_flop_per_s)},
                              {"nominal_flop_per_s", or_null(each.nominal_flop_per_s)},
                              {"nominal_source", each.nominal_source},
                              {"power_w", or_null(sustained.power_w)},
                              {"case_id", sustained.case_id},
                              {"backend", sustained.backend},
                              {"run_id", sustained.run_id},
                              {"launches", sustained.launches},
                              {"devices_active", sustained.devices_active},
                              {"provenance", sustained.provenance}});
  }
  return value.dump(1, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

std::string to_csv(const Fleet& fleet) {
  std::string text = csv::line({"device_uid", "vendor", "chip", "host", "class", "types", "rate_flop_per_s",
                                "nominal_flop_per_s", "nominal_source", "power_w", "energy_source", "energy_grade",
                                "case_id", "backend", "run_id", "launches", "devices_active", "provenance"}) +
                     "\n";
  for (const auto& each : fleet.roster.holdings) {
    const auto& device = fleet.roster.devices[each.device];
    std::vector<std::string> cells{device.uid, device.vendor, device.chip, device.host, class_name(fleet, device),
                                   each.types};
    if (each.sustained) {
      const auto& s = *each.sustained;
      cells.insert(cells.end(), {number(s.rate_flop_per_s), number(each.nominal_flop_per_s), each.nominal_source,
                                 number(s.power_w), s.energy_source, s.energy_grade, s.case_id, s.backend, s.run_id,
                                 std::to_string(s.launches), std::to_string(s.devices_active), s.provenance});
    } else {
      cells.insert(cells.end(),
                   {"", number(each.nominal_flop_per_s), each.nominal_source, "", "", "", "", "", "", "", "", ""});
    }
    text += csv::line(cells) + "\n";
  }
  return text;
}

}  // namespace chipfit::fleet
