#include <fmt/format.h>

#include <cmath>
#include <map>

#include "harness/cli/errors.hpp"
#include "harness/cli/json_out.hpp"
#include "harness/cli/numbers.hpp"
#include "harness/cli/table.hpp"
#include "harness/cli/time_model.hpp"
#include "harness/cli/verbs.hpp"
#include "harness/compare/cells.hpp"
#include "harness/compare/self_test.hpp"

namespace chipfit::cli {
namespace {

/// What the reports are drawn from, and in words.
struct Source {
  compare::DrawReport draw;
  std::string about;
  int cases = 0, launches = 0;
};

/// Launch medians of all cases that one device ran at least six times; an A/A run counts as one device.
Result<Source> measured(const PowerCommand& command) {
  const auto input = compare::find_input(command.from);
  if (!input) return pass_on(input.error());
  const auto data = compare::Dataset::load({.inputs = {*input}});
  if (!data) return pass_on(data.error());
  std::map<std::pair<std::uint32_t, std::string>, std::vector<double>> cases;
  for (const auto& o : data->observations()) {
    const auto index = std::string(data->value(o.conditions, {results::Column::device_index}));
    if (o.time_s > 0) cases[{o.row, index}].push_back(std::log(o.time_s));
  }
  std::vector<std::vector<double>> logs;
  std::size_t fewest = 0;
  for (auto& [key, launches] : cases) {
    if (launches.size() < 2 * static_cast<std::size_t>(stats::fewest_launches)) continue;
    fewest = fewest == 0 ? launches.size() : std::min(fewest, launches.size());
    logs.push_back(std::move(launches));
  }
  if (logs.empty())
    return fail(Error::Kind::usage, "no case of this run has six rated launches", input->file.string(),
                "chipfit aa --backend B --suite S --launches 10 makes a run with twenty");
  Source source;
  source.cases = static_cast<int>(logs.size());
  source.launches = static_cast<int>(fewest / 2);
  source.about = fmt::format("launches of {}, dealt to two sides at random", input->file.string());
  source.draw = compare::reports_from(std::move(logs), command.seed);
  return source;
}

Result<Source> simulated(const PowerCommand& command) {
  const auto model = time_model(command.options);
  if (!model) return pass_on(model.error());
  return Source{compare::simulated_reports(*model, command.cases, command.launches, command.seed),
                "virtual clock: " + model_text(*model), command.cases, command.launches};
}

}  // namespace

Result<int> show_power(const PowerCommand& command, Console& console) {
  const auto source = command.from.empty() ? simulated(command) : measured(command);
  if (!source) return pass_on(source.error());
  compare::PowerRequest request;
  request.slowed = std::min(command.slowed, source->cases);
  request.reports = command.reports;
  request.seed = command.seed;
  request.rule.delta = command.threshold.value_or(request.rule.delta);
  const auto points = compare::power_curve(source->draw, request);
  const double detectable = compare::minimum_detectable(points);
  if (command.format == Format::json) {
    nlohmann::ordered_json value{{"source", source->about},      {"cases", source->cases},
                                 {"launches", source->launches}, {"slowed", request.slowed},
                                 {"reports", request.reports},   {"seed", command.seed},
                                 {"delta", request.rule.delta},  {"points", nlohmann::ordered_json::array()}};
    for (const auto& p : points)
      value["points"].push_back({{"slowdown", p.slowdown},
                                 {"injected", p.injected},
                                 {"found", p.found},
                                 {"unchanged", p.unchanged},
                                 {"false_flags", p.false_flags}});
    value["minimum_detectable"] = detectable > 0 ? nlohmann::ordered_json(detectable) : nlohmann::ordered_json(nullptr);
    print_json(value, console);
    return exit_ok;
  }
  console.data(fmt::format("{}\n{} × {}, {} launches a side, {} slowed, beyond ±{}, seed {}\n\n", source->about,
                           counted(static_cast<std::uint64_t>(request.reports), "report"),
                           counted(static_cast<std::uint64_t>(source->cases), "case"), source->launches, request.slowed,
                           percent_text(request.rule.delta), command.seed));
  Table table{{{.title = "slower by", .align = Align::right},
               {.title = "found", .align = Align::right},
               {.title = "95 % interval", .align = Align::right},
               {.title = "false flags", .align = Align::right}},
              {}};
  for (const auto& p : points) {
    const auto interval = stats::clopper_pearson(p.found, p.injected);
    table.lines.push_back(
        {{{percent_text(p.slowdown)},
          {percent_text(p.power())},
          {fmt::format("{} … {}", percent_text(interval.low), percent_text(interval.high))},
          {fmt::format("{} of {}", p.false_flags, count_text(static_cast<std::uint64_t>(p.unchanged)))}},
         ""});
  }
  console.data(render(table, console.paper().width, console.paper().colour));
  console.data(detectable > 0 ? fmt::format("\nfound four times in five: {} slower\n", percent_text(detectable))
                              : std::string("\nnone of these slowdowns is found four times in five\n"));
  return exit_ok;
}

}  // namespace chipfit::cli
