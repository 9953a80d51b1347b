#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "harness/cli/compare_text.hpp"
#include "harness/cli/errors.hpp"
#include "harness/cli/numbers.hpp"
#include "harness/cli/verbs.hpp"
#include "harness/compare/formats.hpp"
#include "harness/compare/machine_profile.hpp"
#include "harness/compare/samples.hpp"
#include "harness/results/manifest.hpp"
#include "harness/results/run_folder.hpp"
#include "harness/stats/bootstrap.hpp"
#include "kernels/base/did_you_mean.hpp"

namespace chipfit::cli {
namespace {

using compare::Dataset;
using results::Column;

/// 2 %, or what the machine's own A/A runs ask for, whichever is more.
double delta_of(const Dataset& data, Console& console) {
  double delta = stats::ComparisonRule{}.delta;
  const auto profile = compare::load_profile(results::default_state_folder());
  if (!profile) {
    console.note(fmt::format("the machine's profile is not used: {}", profile.error().what));
    return delta;
  }
  const std::string now = results::utc_timestamp();
  for (const auto& entry : *profile) {
    bool concerned = false;
    for (std::uint32_t c = 0; c < data.conditions_count(); ++c)
      concerned = concerned ||
                  (data.value(c, {Column::host}) == entry.host && data.value(c, {Column::backend}) == entry.backend);
    if (!concerned) continue;
    if (entry.expires_utc < now) {
      console.note(fmt::format("the A/A profile of {} on {} is too old ({}) and not used: chipfit aa --backend {}",
                               entry.backend, entry.host, entry.measured_utc.substr(0, 10), entry.backend));
      continue;
    }
    if (entry.delta <= delta) continue;
    delta = entry.delta;
    console.note(
        fmt::format("equal cases of {} differed by up to {} on {} (A/A of {}): smaller differences are not told",
                    entry.backend, percent_text(delta), entry.host, entry.measured_utc.substr(0, 10)));
  }
  return delta;
}

Result<std::vector<compare::Key>> keys_or_none(const std::string& text) {
  return text.empty() ? std::vector<compare::Key>{} : compare::parse_keys(text);
}

Result<std::set<compare::State>> fail_states(const std::vector<std::string>& words) {
  std::set<compare::State> states;
  for (const auto& word : words) {
    const auto state = compare::parse_state(word);
    if (!state) {
      auto error = state.error();
      error.what = "--fail-on: " + error.what;
      return pass_on(std::move(error));
    }
    states.insert(*state);
  }
  return states;
}

/// Launches of one case on one side, in the order of the files.
std::vector<const compare::Observation*> launches_of(const Dataset& data, std::uint32_t row, const compare::Cell& cell,
                                                     const compare::Report& report) {
  std::vector<const compare::Observation*> found;
  if (!cell.present) return found;
  const auto place = [&](std::uint32_t conditions) {
    std::string text;
    for (const auto* keys : {&report.table, &report.column})
      for (const auto& key : *keys) text += std::string(data.value(conditions, key)) + '\t';
    return text;
  };
  const auto wanted = place(cell.conditions);
  for (const auto& o : data.observations())
    if (o.row == row && o.time_s > 0 && place(o.conditions) == wanted) found.push_back(&o);
  return found;
}

/// Rounds of each launch where samples.csv holds them, else the launch's median alone.
Result<std::vector<std::vector<double>>> rounds_of(const Dataset& data, const std::string& case_id,
                                                   const std::vector<const compare::Observation*>& launches) {
  std::vector<std::vector<double>> rounds(launches.size());
  std::map<std::uint32_t, std::vector<std::size_t>> by_input;
  for (std::size_t i = 0; i < launches.size(); ++i) by_input[data.input_of(launches[i]->conditions)].push_back(i);
  for (const auto& [input, members] : by_input) {
    std::vector<compare::WantedLaunch> wanted;
    for (const std::size_t i : members) {
      const auto& o = *launches[i];
      const auto text = [&](Column column) { return std::string(data.value(o.conditions, {column})); };
      wanted.push_back({std::string(data.run_of(o)), case_id, text(Column::backend), text(Column::device_uid),
                        std::to_string(o.launch)});
    }
    const auto read = compare::read_samples(data.inputs()[input].file, wanted);
    if (!read) return pass_on(read.error());
    for (std::size_t m = 0; m < members.size(); ++m) rounds[members[m]] = (*read)[m];
  }
  for (std::size_t i = 0; i < launches.size(); ++i)
    if (rounds[i].empty()) rounds[i] = {launches[i]->time_s};
  return rounds;
}

Result<std::string> explanation(const Dataset& data, const compare::Report& report, const std::string& label,
                                const Paper& paper) {
  constexpr int replicates = 2000;
  constexpr std::uint64_t seed = 1;  // the same question gets the same answer
  std::string text;
  for (const auto& table : report.tables) {
    for (const auto& line : table.lines) {
      if (report.rows[line.row] != label) continue;
      for (std::size_t side = 1; side < table.sides.size(); ++side) {
        const auto a = launches_of(data, line.row, line.cells[0], report);
        const auto b = launches_of(data, line.row, line.cells[side], report);
        const auto rounds_a = rounds_of(data, label, a), rounds_b = rounds_of(data, label, b);
        if (!rounds_a) return pass_on(rounds_a.error());
        if (!rounds_b) return pass_on(rounds_b.error());
        const auto times = [](const auto& launches) {
          std::vector<double> out;
          for (const auto* o : launches) out.push_back(o->time_s);
          return out;
        };
        stats::Interval bootstrap;
        if (std::min(a.size(), b.size()) >= static_cast<std::size_t>(stats::fewest_launches))
          bootstrap = stats::bootstrap_ratio(*rounds_a, *rounds_b, 0.95, replicates, seed);
        if (!text.empty()) text += "\n";
        text += explain_text(report, table, line, side, times(a), times(b), bootstrap, paper);
      }
    }
  }
  if (!text.empty()) return text;
  return fail(Error::Kind::usage, fmt::format("--explain: no case '{}' is compared", label), {},
              did_you_mean(label, report.rows));
}

}  // namespace

Result<int> compare_results(const CompareCommand& command, Console& console) {
  const auto inputs = compare::find_inputs(command.inputs);
  if (!inputs) return pass_on(inputs.error());
  compare::LoadRequest load{.inputs = *inputs};
  compare::ReportRequest request;
  for (const auto& [text, target] : {std::pair{&command.column, &request.column}, {&command.ignore, &request.ignore}}) {
    auto keys = keys_or_none(*text);
    if (!keys) return pass_on(keys.error());
    *target = std::move(*keys);
  }
  if (!command.row.empty()) {
    auto keys = compare::parse_keys(command.row);
    if (!keys) return pass_on(keys.error());
    load.row = std::move(*keys);
  }
  if (command.table) {
    auto keys = keys_or_none(*command.table);
    if (!keys) return pass_on(keys.error());
    request.table = std::move(*keys);
  }
  if (!command.baseline.empty()) {
    auto baseline = compare::parse_baseline(command.baseline);
    if (!baseline) return pass_on(baseline.error());
    request.baseline = load.baseline = std::move(*baseline);
  }
  if (!command.filter.empty()) {
    auto filter = compare::Filter::parse(command.filter);
    if (!filter) return pass_on(filter.error());
    load.filter = std::move(*filter);
  }
  const auto fail_on = fail_states(command.fail_on);
  if (!fail_on) return pass_on(fail_on.error());
  load.also = request.column;
  if (request.table) load.also.insert(load.also.end(), request.table->begin(), request.table->end());
  if (request.baseline) load.also.push_back(request.baseline->key);

  const auto data = Dataset::load(load);
  if (!data) return pass_on(data.error());
  request.rule.delta = command.threshold ? *command.threshold : delta_of(*data, console);
  const auto report = compare::make_report(*data, request);
  if (!report) return pass_on(report.error());
  for (const auto& warning : report->warnings) console.note(warning);

  if (!command.explain.empty()) {
    const auto text = explanation(*data, *report, command.explain, console.paper());
    if (!text) return pass_on(text.error());
    console.data(*text);
  } else if (command.format == ReportFormat::json) {
    console.data(compare::to_json(*report));
  } else if (command.format == ReportFormat::csv) {
    console.data(compare::to_csv(*report));
  } else if (command.format == ReportFormat::markdown) {
    console.data(compare::to_markdown(*report));
  } else {
    console.data(comparison_text(*report, console.paper(), command.all ? Extent::all : Extent::what_matters));
  }
  const bool failed = std::ranges::any_of(*fail_on, [&](compare::State state) { return report->count(state) > 0; });
  return failed ? exit_verdict : exit_ok;
}

}  // namespace chipfit::cli
