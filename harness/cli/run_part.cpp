#include "harness/cli/run_part.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <cstdlib>

#include "harness/cli/errors.hpp"
#include "harness/cli/isolation_choice.hpp"
#include "harness/cli/results_table.hpp"
#include "harness/cli/run_here.hpp"
#include "harness/cli/text.hpp"
#include "harness/lab/part.hpp"
#include "harness/plan/tasks.hpp"
#include "harness/results/build_info.hpp"
#include "kernels/base/numbers.hpp"
#include "kernels/base/parse_number.hpp"

namespace chipfit::cli {
namespace {

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

/// What the scheduler calls this machine; host names may be longer, or the same for several of its nodes.
std::string this_node(const RunCommand& command) {
  if (!command.node.empty()) return command.node;
  if (auto node = environment("SLURMD_NODENAME"); !node.empty()) return node;
  std::array<char, 256> name{};
  return ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "host";
}

Result<void> check_place(const lab::PlanFolder& plan, const plan::Task& task, const std::string& node) {
  if (const auto& wanted = plan.plan.division.harness_version; wanted != results::harness_version())
    return fail(Error::Kind::bad_data,
                fmt::format("{} has chipfit {}, the plan is for {}", node, results::harness_version(), wanted),
                plan.file().string(), "install that chipfit here, or make the plan again with this one");
  if (!task.node.empty() && task.node != node)
    return fail(Error::Kind::usage, fmt::format("task {} is for {}, this is {}", task.index, task.node, node), {},
                "--node NAME says what this machine is called in the plan");
  return {};
}

/// Measures what is missing of the task, in the run that was cut off here or in a new one.
Result<judge::RunSummary> measure(const RunCommand& command, const lab::PlanFolder& plan, const plan::Task& task,
                                  const std::string& node, const std::vector<std::string>& arguments,
                                  Console& console) {
  auto planned = prepare(plan::plan_of(plan.plan, task), plan::discover(plan::plugin_folders()));
  if (!planned) return pass_on(planned.error());
  const auto isolation = choose_isolation(planned->plan.isolation, command.selection.require_isolation, console);
  if (!isolation) return pass_on(isolation.error());
  planned->isolation = *isolation;
  auto options = run_options(*planned, command, arguments);
  if (!options) return pass_on(options.error());
  options->whole_plan_sha256 = plan.plan_sha256;
  options->host = node;
  options->out = plan.work(task.index);
  options->resume = false;
  if (plan::is_node_name(node)) options->shared_peaks = plan.peaks(node);
  if (const auto before = lab::cut_off_runs(plan, task.index, node); !before.empty()) {
    options->out = before.back();
    options->resume = true;
  }
  return run_here(*options, console);
}

Result<int> do_task(const RunCommand& command, const lab::PlanFolder& plan, const plan::Task& task,
                    const std::string& node, const std::vector<std::string>& arguments, Console& console) {
  if (auto checked = check_place(plan, task, node); !checked) return pass_on(checked.error());
  const auto present = lab::read_part(plan, task.index);
  if (present) {
    console.talk(fmt::format("part {} is there already", task.index));
    return exit_ok;
  }
  if (present.error().kind == Error::Kind::io) return pass_on(present.error());
  if (present.error().kind != Error::Kind::missing) console.note(present.error().what + "; it is done again");
  const auto summary = measure(command, plan, task, node, arguments, console);
  if (!summary) return pass_on(summary.error());
  if (summary->interrupted)
    return fail(Error::Kind::interrupted,
                fmt::format("interrupted after {} of {}", count_text(summary->rows.size()),
                            counted(plan::row_count(plan.plan, task), "row")),
                summary->folder.string(), fmt::format("the same command goes on: {}", plan.run_command(task.index)));
  const auto kept = lab::keep_part(plan, task.index, summary->folder);
  if (!kept) return pass_on(kept.error());
  if (*kept == lab::Kept::there_already)
    console.talk(fmt::format("part {} was there first; this one is kept in refused/", task.index));
  if (command.format == Format::json)
    console.data(results_json(summary->rows, plan.part(task.index).string(), false));
  else
    console.data(fmt::format("part {}, {}: {}\n", task.index, counted(summary->rows.size(), "row"),
                             printable(plan.part(task.index).string())));
  return exit_ok;
}

}  // namespace

Result<std::optional<std::size_t>> task_asked_for(const RunCommand& command) {
  std::error_code error;
  const auto& plan = command.selection.plan_file;
  const bool is_folder = !plan.empty() && std::filesystem::is_directory(plan, error);
  if (command.index && !is_folder)
    return fail(Error::Kind::usage, "--index belongs to a plan's folder", plan.string(),
                "chipfit plan … -o DIR/ makes one");
  if (command.index || !is_folder) return command.index;
  for (const char* variable : {"SLURM_ARRAY_TASK_ID", "JOB_COMPLETION_INDEX"}) {
    const auto text = environment(variable);
    if (text.empty()) continue;
    const auto index = parse_number<std::size_t>(text);
    if (!index)
      return fail(Error::Kind::usage, fmt::format("{}: '{}' is no task", variable, text), {}, "--index says which");
    return index;
  }
  return std::nullopt;
}

Result<int> run_part(const RunCommand& command, std::size_t index, const std::vector<std::string>& arguments,
                     Console& console) {
  const auto plan = lab::open_plan_folder(command.selection.plan_file);
  if (!plan) return pass_on(plan.error());
  const auto task = plan::task(plan->plan, index);
  if (!task) return pass_on(task.error());
  const auto node = this_node(command);
  auto done = do_task(command, *plan, *task, node, arguments, console);
  if (!done && done.error().kind != Error::Kind::interrupted) {
    const auto& error = done.error();
    lab::leave_failure(*plan, index, node,
                       fmt::format("{}{}{}", error.what, error.where.empty() ? "" : ": ", error.where));
  }
  return done;
}

}  // namespace chipfit::cli
