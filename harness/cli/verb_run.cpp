#include <fmt/format.h>

#include <algorithm>

#include "harness/cli/errors.hpp"
#include "harness/cli/plan_here.hpp"
#include "harness/cli/results_table.hpp"
#include "harness/cli/run_here.hpp"
#include "harness/cli/run_part.hpp"
#include "harness/cli/text.hpp"
#include "harness/cli/verbs.hpp"
#include "kernels/base/numbers.hpp"

namespace chipfit::cli {
namespace {

std::string dry_run(const RunCommand& command, const PlannedRun& planned) {
  std::vector<std::string> more{"--out", command.out.string()};
  if (command.deadline_s) more.insert(more.end(), {"--deadline", fmt::format("{}", *command.deadline_s)});
  if (command.memory_limit_gib)
    more.insert(more.end(), {"--memory-limit", fmt::format("{}", *command.memory_limit_gib)});
  if (!command.lab.empty()) more.insert(more.end(), {"--lab", command.lab});
  if (command.provenance == results::Provenance::lab_run) more.push_back("--lab-run");
  if (const auto& level = command.selection.require_isolation; !level.empty())
    more.insert(more.end(), {"--require-isolation", level});
  if (!command.peaks_file.empty()) more.insert(more.end(), {"--peaks", command.peaks_file.string()});
  const auto& flags = command.selection.benchmark.passed_on;
  more.insert(more.end(), flags.begin(), flags.end());
  return fmt::format("# plan {}\n# {}, results to {}\n{}", plan::plan_sha256(planned.plan), size_text(planned.plan),
                     printable(command.out.string()), row_commands(planned, more));
}

/// The line that measures a row again: the backend as it was named, with its options.
std::string reproduction_line(const PlannedRun& run, const results::Row& row) {
  using results::Column;
  for (const auto& device : run.plan.devices) {
    if (device.backend != row.text(Column::backend) ||
        std::int64_t{device.device_index} != row.integer(Column::device_index).value_or(0))
      continue;
    for (const auto& planned : run.plan.cases)
      if (planned.case_id == row.text(Column::case_id)) return shell_line(row_command(run, planned, device));
  }
  return {};
}

void print(const judge::RunSummary& summary, const PlannedRun& planned, Console& console) {
  const auto& paper = console.paper();
  console.data(results_table(summary.rows, paper));
  console.data("\n");
  console.data(
      results_digest(summary.rows, paper, [&](const results::Row& row) { return reproduction_line(planned, row); }));
  console.data(fmt::format("results: {}\n", printable((summary.folder / "results.csv").string())));
}

}  // namespace

Result<int> run(const RunCommand& command, const std::vector<std::string>& arguments, Console& console) {
  const auto task = task_asked_for(command);
  if (!task) return pass_on(task.error());
  if (*task && command.dry_run == DryRun::no) return run_part(command, **task, arguments, console);
  const auto planned = plan_here(command.selection, console);
  if (!planned) return pass_on(planned.error());
  if (command.selection.benchmark.list_tests) {
    console.data(benchmark_names(planned->plan));
    return exit_ok;
  }
  if (command.dry_run == DryRun::yes) {
    console.data(dry_run(command, *planned));
    return planned->unavailable.empty() ? exit_ok : exit_unavailable;
  }

  const auto options = run_options(*planned, command, arguments);
  if (!options) return pass_on(options.error());
  const auto summary = run_here(*options, console);
  if (!summary) return pass_on(summary.error());
  if (command.format == Format::json) {
    console.data(results_json(summary->rows, summary->folder.string(), summary->interrupted));
  } else if (command.format == Format::people) {
    print(*summary, *planned, console);
  }
  // Said again at the end: the lines at the start have scrolled away.
  for (const auto& error : planned->unavailable) console.error(error);
  if (summary->interrupted) {
    const auto rows =
        planned->plan.cases.size() * planned->plan.devices.size() * static_cast<std::size_t>(planned->plan.launches);
    console.error({Error::Kind::interrupted,
                   fmt::format("interrupted after {} of {}", count_text(summary->rows.size()), counted(rows, "row")),
                   summary->folder.string(), "the same command with --resume goes on"});
    return exit_interrupted;
  }
  if (const int verdicts = exit_code(summary->rows); verdicts != exit_ok) return verdicts;
  return planned->unavailable.empty() ? exit_ok : exit_unavailable;
}

}  // namespace chipfit::cli
