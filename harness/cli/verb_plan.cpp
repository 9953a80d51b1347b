#include <fmt/format.h>

#include "harness/cli/backend_devices.hpp"
#include "harness/cli/errors.hpp"
#include "harness/cli/plan_here.hpp"
#include "harness/cli/text.hpp"
#include "harness/cli/verbs.hpp"
#include "harness/lab/plan_folder.hpp"
#include "harness/results/build_info.hpp"
#include "harness/results/run_folder.hpp"
#include "kernels/base/numbers.hpp"

namespace chipfit::cli {
namespace {

/// A name that ends in '/', or that is a folder already.
bool is_folder(const std::filesystem::path& path) {
  std::error_code error;
  return !path.empty() && (!path.has_filename() || std::filesystem::is_directory(path, error));
}

Result<void> freeze(const PlanCommand& command, const plan::Plan& plan, Console& console) {
  const auto next = shell_line(is_folder(command.output)
                                   ? std::vector<std::string>{"chipfit", "submit", "--plan", command.output.string()}
                                   : std::vector<std::string>{"chipfit", "run", "--plan", command.output.string()});
  if (command.dry_run == DryRun::yes) {
    console.talk(fmt::format("{} would be written; then: {}", command.output.string(), next));
    return {};
  }
  if (!is_folder(command.output)) {
    if (auto written = results::write_whole(command.output, plan::plan_text(plan)); !written) return written;
    console.talk(fmt::format("frozen in {}; next: {}", command.output.string(), next));
    return {};
  }
  const auto folder = lab::make_plan_folder(command.output, plan);
  if (!folder) return pass_on(folder.error());
  console.talk(
      fmt::format("frozen in {} as {}; next: {}", command.output.string(), counted(folder->tasks, "task"), next));
  return {};
}

void print(const plan::Plan& plan, Console& console) {
  Table table{{{.title = "case", .shortest = 24},
               {.title = "suite"},
               {.title = "count", .align = Align::right, .leave_out = 1},
               {.title = "work", .align = Align::right},
               {.title = "traffic", .align = Align::right, .leave_out = 2}},
              {}};
  for (const auto& planned : plan.cases) {
    table.lines.push_back({{{planned.case_id},
                            {printable(planned.suite)},
                            {count_text(static_cast<std::uint64_t>(planned.count))},
                            {work_text(static_cast<double>(flop(planned.problem)))},
                            {bytes_text(static_cast<std::uint64_t>(traffic_bytes(planned.problem)))}},
                           ""});
  }
  const auto& paper = console.paper();
  console.data(render(table, paper.width, paper.colour));
  for (const auto& device : plan.devices) {
    console.data(fmt::format("device: {} {}{}\n", device.backend, device.device_index,
                             device.options.empty() ? "" : fmt::format(" ({})", printable(device.options))));
  }
  console.data(fmt::format("{}, {}\nplan: {}\n", size_text(plan), plan.mode, plan::plan_sha256(plan)));
}

}  // namespace

Result<int> plan_cases(const PlanCommand& command, Console& console) {
  auto planned = plan_here(command.selection, console);
  if (!planned) return pass_on(planned.error());
  constexpr int usual_cases_per_task = 10;
  if (command.cases_per_task > 0 && !is_folder(command.output))
    return fail(Error::Kind::usage, "--cases-per-task divides a plan in a folder", {}, "-o DIR/ (the name ends in /)");
  if (is_folder(command.output)) {
    planned->plan.division.cases_per_task = command.cases_per_task > 0 ? command.cases_per_task : usual_cases_per_task;
    planned->plan.division.harness_version = results::harness_version();
  }
  const auto& plan = planned->plan;
  if (command.selection.benchmark.list_tests) {
    console.data(benchmark_names(plan));
  } else if (command.dry_run == DryRun::yes) {
    console.data(
        fmt::format("# plan {}\n# {}\n{}", plan::plan_sha256(plan), size_text(plan), row_commands(*planned, {})));
  } else if (command.format == Format::json) {
    console.data(plan::plan_text(plan));
  } else {
    print(plan, console);
  }
  if (!command.output.empty())
    if (auto frozen = freeze(command, plan, console); !frozen) return pass_on(frozen.error());
  return planned->unavailable.empty() ? exit_ok : exit_unavailable;
}

}  // namespace chipfit::cli
