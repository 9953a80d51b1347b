#include "harness/cli/fleet_text.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "harness/cli/text.hpp"
#include "harness/fleet/formats.hpp"
#include "kernels/base/numbers.hpp"

namespace chipfit::cli {
namespace {

using fleet::Fleet;
using fleet::TypeTotal;

constexpr std::size_t outliers_named = 10;
constexpr std::size_t longest_name = 40;

std::string or_dash(const std::optional<double>& value, std::string (*text)(double)) {
  return value ? text(*value) : "–";
}
std::string rate_or_dash(double flop_per_s) {
  return flop_per_s > 0 ? rate_text(flop_per_s) : "–";
}
std::string per_watt(double flop_per_joule) {
  return si_text(flop_per_joule, "FLOP/s/W", 3);
}

void add(std::string& text, const std::string& line, const Paper& paper, const std::string& indent = "") {
  const auto width = paper.width ? std::max<std::size_t>(*paper.width - indent.size() - 2, 20) : std::size_t{1000};
  bool first = true;
  for (const auto& part : wrapped(line, width)) {
    text += indent + (first ? "" : "  ") + part + "\n";
    first = false;
  }
}

std::string device_name(const Fleet& all, std::size_t holding) {
  return shorten_middle(printable(all.roster.devices[all.roster.holdings[holding].device].uid), longest_name);
}

std::string totals_table(const Fleet& all, const Paper& paper) {
  Table table;
  table.columns = {{.title = "types", .shortest = 8},
                   {.title = "measured", .align = Align::right},
                   {.title = "nominal", .align = Align::right},
                   {.title = "share", .align = Align::right},
                   {.title = "devices", .align = Align::right},
                   {.title = "coverage", .align = Align::right, .leave_out = 1},
                   {.title = "per watt", .align = Align::right, .leave_out = 2}};
  for (const auto& total : all.totals) {
    table.lines.push_back(
        {{{total.types, Tone::plain},
          {rate_or_dash(total.measured_flop_per_s), Tone::plain},
          {rate_or_dash(total.nominal_flop_per_s), Tone::plain},
          {or_dash(total.efficiency, percent_text), Tone::plain},
          {fmt::format("{}/{}", count_text(total.measured), count_text(total.declared)), Tone::plain},
          {percent_text(total.coverage()), total.measured < total.declared ? Tone::warning : Tone::good},
          {or_dash(total.flop_per_joule, per_watt), Tone::plain}},
         ""});
  }
  return render(table, paper.width, paper.colour);
}

void add_spread(std::string& text, const Fleet& all, const TypeTotal& total, const Paper& paper) {
  if (total.measured == 0) {
    add(text, fmt::format("{}: no device has a proven rate of a standard GEMM", total.types), paper);
    return;
  }
  const auto rate = [&](std::size_t i) { return rate_text(all.roster.holdings[i].sustained->rate_flop_per_s); };
  add(text, fmt::format("{}: {} sustained", total.types, exa_text(total.measured_flop_per_s)), paper);
  if (total.nominal_flop_per_s > 0)
    add(text, fmt::format("{} nominal", exa_text(total.nominal_flop_per_s)), paper, "  ");
  add(text,
      fmt::format("lowest {} ({}), median {}, highest {} ({})", rate(*total.lowest), device_name(all, *total.lowest),
                  rate_text(total.median_flop_per_s), rate(*total.highest), device_name(all, *total.highest)),
      paper, "  ");
  if (total.with_power > 0)
    add(text,
        fmt::format("power of {} by {}", counted(total.with_power, "device"),
                    printable(fmt::format("{}", fmt::join(total.energy_sources, ", ")))),
        paper, "  ");
  if (total.outliers.empty()) return;
  add(text, fmt::format("{}:", counted(total.outliers.size(), "outlier")), paper, "  ");
  for (std::size_t i = 0; i < std::min(total.outliers.size(), outliers_named); ++i) {
    const auto& each = total.outliers[i];
    add(text,
        fmt::format("{}  {}, like ones {}, z = {:.1f}", device_name(all, each.holding), rate(each.holding),
                    rate_text(each.median_flop_per_s), each.score),
        paper, "    ");
  }
  if (total.outliers.size() > outliers_named)
    add(text, fmt::format("and {} more (--json)", count_text(total.outliers.size() - outliers_named)), paper, "    ");
}

void add_converted(std::string& text, const Fleet& all, const Paper& paper) {
  if (all.classes.empty()) return;
  text += "\n";
  add(text, fmt::format("Converted to {} (declared: {})", all.scheme.reference, printable(all.scheme.basis)), paper);
  Table table;
  table.columns = {{.title = "class"},
                   {.title = "types"},
                   {.title = "devices", .align = Align::right},
                   {.title = "measured", .align = Align::right},
                   {.title = "factor", .align = Align::right},
                   {.title = "in " + all.scheme.reference, .align = Align::right},
                   {.title = "nominal", .align = Align::right, .leave_out = 1}};
  for (const auto& each : all.classes) {
    for (const auto& share : each.shares)
      table.lines.push_back(
          {{{each.name, Tone::plain},
            {share.types, Tone::plain},
            {fmt::format("{}/{}", count_text(share.measured), count_text(share.declared)), Tone::plain},
            {rate_or_dash(share.measured_flop_per_s), Tone::plain},
            {fmt::format("× {:g}", share.factor), Tone::plain},
            {rate_or_dash(share.factor * share.measured_flop_per_s), Tone::plain},
            {rate_or_dash(share.factor * share.nominal_flop_per_s), Tone::plain}},
           ""});
  }
  text += render(table, paper.width, paper.colour);
  std::string sum;
  for (const auto& each : all.classes) sum += fmt::format("{}CP_{}", sum.empty() ? "" : " + ", each.name);
  add(text,
      fmt::format("CP = {} = {} ({})", sum, rate_text(all.converted_measured_flop_per_s),
                  exa_text(all.converted_measured_flop_per_s)),
      paper);
  if (all.converted_nominal_flop_per_s > 0)
    add(text, fmt::format("{} nominal", rate_text(all.converted_nominal_flop_per_s)), paper, "  ");
}

void add_index(std::string& text, const Fleet& all, const Paper& paper) {
  if (!all.index) return;
  text += "\n";
  add(text, fmt::format("Index {:.1f} of 100", *all.index), paper);
  Table table;
  table.columns = {{.title = "indicator"},
                   {.title = "types", .leave_out = 1},
                   {.title = "weight", .align = Align::right},
                   {.title = "value", .align = Align::right},
                   {.title = "target", .align = Align::right},
                   {.title = "reached", .align = Align::right}};
  for (const auto& term : all.terms) {
    const auto text_of = [&](double value) {
      const auto unit = fleet::unit(term.indicator.kind);
      return unit.empty() ? percent_text(value) : si_text(value, unit, 3);
    };
    table.lines.push_back({{{std::string(fleet::name(term.indicator.kind)), Tone::plain},
                            {term.indicator.types, Tone::plain},
                            {fmt::format("{:g}", term.indicator.weight), Tone::plain},
                            {term.value ? text_of(*term.value) : "–", Tone::plain},
                            {text_of(term.indicator.target), Tone::plain},
                            {percent_text(term.reached), term.reached < 1 ? Tone::warning : Tone::good}},
                           ""});
  }
  text += render(table, paper.width, paper.colour);
  add(text, "index = 100·Σ weight·min(1, value/target) = " + fleet::formula(all), paper);
}

std::string node_table(const Fleet& all, const Paper& paper) {
  Table table;
  table.columns = {{.title = "device", .shortest = 16},
                   {.title = "host", .leave_out = 3},
                   {.title = "chip", .leave_out = 4},
                   {.title = "types"},
                   {.title = "rate", .align = Align::right},
                   {.title = "nominal", .align = Align::right, .leave_out = 2},
                   {.title = "share", .align = Align::right, .leave_out = 1}};
  for (const auto& each : all.roster.holdings) {
    const auto& device = all.roster.devices[each.device];
    const double rate = each.sustained ? each.sustained->rate_flop_per_s : 0;
    table.lines.push_back(
        {{{printable(device.uid), Tone::plain},
          {printable(device.host), Tone::plain},
          {printable(device.chip), Tone::plain},
          {each.types, Tone::plain},
          {rate_or_dash(rate), rate > 0 ? Tone::plain : Tone::warning},
          {rate_or_dash(each.nominal_flop_per_s), Tone::plain},
          {rate > 0 && each.nominal_flop_per_s > 0 ? percent_text(rate / each.nominal_flop_per_s) : "–", Tone::plain}},
         ""});
  }
  return render(table, paper.width, paper.colour);
}

}  // namespace

std::string fleet_text(const Fleet& all, const Paper& paper, NodeTable nodes) {
  std::string text;
  if (!all.scheme.title.empty()) add(text, printable(all.scheme.title), paper);
  add(text,
      fmt::format("{} on {}, {}, {}", counted(all.roster.devices.size(), "device"), counted(all.roster.hosts, "host"),
                  counted(all.roster.runs, "run"), counted(all.roster.rows.judged, "row")),
      paper);
  if (all.totals.empty()) return text + "No device undertook any type: there is nothing to add up.\n";
  text += "\n" + totals_table(all, paper) + "\n";
  for (const auto& total : all.totals) add_spread(text, all, total, paper);
  add_converted(text, all, paper);
  add_index(text, all, paper);
  if (nodes == NodeTable::yes) text += "\n" + node_table(all, paper);
  text += "\n";
  add(text, "Dense rates; rates of unlike types are never added without a declared factor.", paper);
  add(text, fmt::format("counted: {}", fleet::counting_rule()), paper);
  add(text, fmt::format("outliers: {}", fleet::outlier_rule()), paper);
  return text;
}

}  // namespace chipfit::cli
