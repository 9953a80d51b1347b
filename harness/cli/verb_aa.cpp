#include <fmt/format.h>

#include <cmath>
#include <map>

#include "harness/cli/errors.hpp"
#include "harness/cli/json_out.hpp"
#include "harness/cli/plan_here.hpp"
#include "harness/cli/run_here.hpp"
#include "harness/cli/time_model.hpp"
#include "harness/cli/verbs.hpp"
#include "harness/compare/formats.hpp"
#include "harness/compare/machine_profile.hpp"
#include "harness/compare/self_test.hpp"
#include "harness/results/manifest.hpp"
#include "harness/results/provenance.hpp"
#include "harness/results/run_folder.hpp"
#include "harness/results/verdict.hpp"
#include "kernels/base/numbers.hpp"

namespace chipfit::cli {
namespace {

using results::Column;

const std::string second_name = "-again";

/// Every device twice, the second time under another name.
void double_devices(PlannedRun& run) {
  const auto devices = run.plan.devices;
  for (auto device : devices) {
    const auto name = device.backend + second_name;
    run.backends.emplace(name, run.backends.at(device.backend));
    device.backend = name;
    run.plan.devices.push_back(std::move(device));
  }
  run.plan.order = plan::Order::interleaved;
}

/// Launches of each (case, device), the second name's on side b.
std::vector<stats::LogLaunches> sides_of(const std::vector<results::Row>& rows) {
  std::map<std::pair<std::string, std::string>, stats::LogLaunches> cases;
  for (const auto& row : rows) {
    const auto time = row.real(Column::time_median_s);
    if (!time || !(*time > 0)) continue;
    auto& launches = cases[{row.text(Column::case_id), row.text(Column::device_index)}];
    (row.text(Column::backend).ends_with(second_name) ? launches.b : launches.a).push_back(std::log(*time));
  }
  std::vector<stats::LogLaunches> out;
  for (auto& [key, launches] : cases) out.push_back(std::move(launches));
  return out;
}

/// Rows of the virtual clock, so that every other verb can read them.
Result<std::filesystem::path> write_virtual_rows(const AaCommand& command, const std::vector<plan::PlannedCase>& cases,
                                                 const std::vector<stats::LogLaunches>& launches) {
  const auto folder = command.run.out / results::new_run_id();
  std::error_code failed;
  std::filesystem::create_directories(folder, failed);
  std::vector<results::Row> rows;
  for (std::size_t i = 0; i < cases.size(); ++i) {
    for (const auto& [backend, logs] :
         {std::pair{std::string("simulated"), &launches[i].a}, std::pair{"simulated" + second_name, &launches[i].b}}) {
      for (std::size_t l = 0; l < logs->size(); ++l) {
        auto& row = rows.emplace_back();
        row.set(Column::run_id, folder.filename().string());
        row.set(Column::timestamp_utc, results::utc_timestamp());
        row.set(Column::launch, l + 1);
        row.set(Column::case_id, cases[i].case_id);
        row.set(Column::chip, "virtual clock");
        row.set(Column::device_uid, "virtual");
        row.set(Column::device_index, 0);
        row.set(Column::backend, backend);
        row.set(Column::clock_mode, "virtual");
        row.set(Column::provenance, results::name(results::Provenance::self_run));
        row.set(Column::check, "none");
        row.set(Column::verdict, "UNCHECKED");
        row.set(Column::conditions, chipfit::name(Condition::untrusted));
        row.set(Column::time_median_s, std::exp((*logs)[l]));
      }
    }
  }
  if (auto written = results::write_whole(folder / "results.csv", results::to_text(rows)); !written)
    return pass_on(written.error());
  return folder;
}

nlohmann::ordered_json to_json(const compare::AaFigures& f, const std::string& folder) {
  return {{"results", folder},
          {"cases", f.cases},
          {"tested", f.tested},
          {"launches", f.launches},
          {"false_flags", f.false_flags},
          {"false_flag_rate_high", f.false_flag_rate.high},
          {"uniformity_distance", f.uniformity.distance},
          {"uniformity_p", f.uniformity.p},
          {"second_slower", f.second_slower},
          {"second_over_first", f.second_over_first.value},
          {"second_over_first_low", f.second_over_first.interval.low},
          {"second_over_first_high", f.second_over_first.interval.high},
          {"largest_ratio", f.largest_ratio},
          {"delta", f.delta}};
}

std::string to_text(const compare::AaFigures& f) {
  const auto cases = counted(static_cast<std::uint64_t>(f.tested), "case");
  std::string text = fmt::format("{} tested, {} launches a side\n", cases, f.launches);
  text += fmt::format("false flags        {} of {}: at most {} of cases (95 %)\n", f.false_flags, f.tested,
                      percent_text(f.false_flag_rate.high));
  text +=
      fmt::format("p-values           uniform: distance {:.2f}, p = {:.2g}\n", f.uniformity.distance, f.uniformity.p);
  const auto& second = f.second_over_first;
  text += fmt::format("second name        time {} of the first, {} to {} (95 %, over launches); slower in {} of {}\n",
                      compare::ratio_text(second.value), compare::ratio_text(second.interval.low),
                      compare::ratio_text(second.interval.high), f.second_slower, cases);
  text += fmt::format("largest ratio      {}\n", compare::ratio_text(f.largest_ratio));
  text += fmt::format("delta              {}: 99.5 % of equal cases differ by less\n", percent_text(f.delta));
  if (f.comparison.prior.value > 0)
    text += fmt::format("launch deviation   {}\n", percent_text(std::sqrt(f.comparison.prior.value)));
  return text;
}

int report(const AaCommand& command, const compare::AaFigures& figures, const std::filesystem::path& folder,
           Console& console) {
  if (command.run.format == Format::json) {
    print_json(to_json(figures, folder.string()), console);
  } else {
    console.data(to_text(figures));
    console.data(fmt::format("results: {}\n", (folder / "results.csv").string()));
  }
  return figures.false_flags > 0 ? exit_verdict : exit_ok;
}

Result<int> on_virtual_clock(const AaCommand& command, Console& console) {
  const auto model = time_model(command.run.selection.options);
  if (!model) return pass_on(model.error());
  const auto cases = select_cases(command.run.selection);
  if (!cases) return pass_on(cases.error());
  const auto launches = compare::simulated_reports(*model, static_cast<int>(cases->size()),
                                                   command.run.selection.launches, command.seed)();
  const auto folder = write_virtual_rows(command, *cases, launches);
  if (!folder) return pass_on(folder.error());
  console.note(fmt::format("virtual clock ({}), seed {}: the machine's profile is left alone", model_text(*model),
                           command.seed));
  return report(command, compare::aa_figures(launches, {}), *folder, console);
}

}  // namespace

Result<int> judge_equal_things(const AaCommand& command, const std::vector<std::string>& arguments, Console& console) {
  const auto& backends = command.run.selection.backends;
  if (backends.size() != 1)
    return fail(Error::Kind::usage, "aa runs one backend under two names: name one", {},
                "chipfit aa --backend openblas --suite quick");
  if (backends[0] == "simulated") return on_virtual_clock(command, console);
  auto planned = plan_here(command.run.selection, console);
  if (!planned) return pass_on(planned.error());
  double_devices(*planned);
  const auto options = run_options(*planned, command.run, arguments);
  if (!options) return pass_on(options.error());
  const auto summary = run_here(*options, console);
  if (!summary) return pass_on(summary.error());
  if (summary->interrupted) {
    console.error(
        {Error::Kind::interrupted, "interrupted", summary->folder.string(), "the same command with --resume goes on"});
    return exit_interrupted;
  }
  const auto figures = compare::aa_figures(sides_of(summary->rows), {});
  const int code = report(command, figures, summary->folder, console);
  if (figures.tested == 0)
    return fail(
        Error::Kind::unavailable,
        fmt::format("nothing can be said: no case was rated in {} launches a side, or in {} where one lay far off",
                    stats::fewest_launches, stats::fewest_rank_launches),
        {}, "see results.csv; ask for more launches, or for a quieter machine");
  const auto& row = summary->rows.front();
  const auto now = results::utc_timestamp();
  const compare::ProfileEntry entry{row.text(Column::host),
                                    backends[0],
                                    row.text(Column::chip),
                                    figures.delta,
                                    figures.tested,
                                    figures.launches,
                                    figures.false_flags,
                                    now,
                                    compare::days_after(now, compare::profile_days)};
  const auto state = results::default_state_folder();
  if (const auto stored = compare::store_in_profile(state, entry); !stored) {
    console.note("the machine's profile was not written: " + stored.error().what);
  } else {
    console.note(fmt::format("stored in {}, until {}", (state / "machine-profile.json").string(),
                             entry.expires_utc.substr(0, 10)));
  }
  return code;
}

}  // namespace chipfit::cli
