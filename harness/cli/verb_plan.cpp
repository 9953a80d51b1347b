#include <fmt/format.h>

#include "harness/cli/backend_devices.hpp"
#include "harness/cli/errors.hpp"
#include "harness/cli/plan_here.hpp"
#include "harness/cli/text.hpp"
#include "harness/cli/verbs.hpp"
#include "harness/results/run_folder.hpp"
#include "kernels/base/numbers.hpp"

namespace chipfit::cli {
namespace {

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
  const auto planned = plan_here(command.selection, console);
  if (!planned) return pass_on(planned.error());
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
  if (!command.output.empty()) {
    const auto run = shell_line({"chipfit", "run", "--plan", command.output.string()});
    if (command.dry_run == DryRun::yes) {
      console.talk(fmt::format("{} would be written; then: {}", command.output.string(), run));
    } else {
      if (const auto written = results::write_whole(command.output, plan::plan_text(plan)); !written) {
        return pass_on(written.error());
      }
      console.talk(fmt::format("frozen in {}; next: {}", command.output.string(), run));
    }
  }
  return planned->unavailable.empty() ? exit_ok : exit_unavailable;
}

}  // namespace chipfit::cli
