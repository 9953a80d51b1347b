// submit and census: scripts that do the tasks of a plan on many machines, kept in its folder.
#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <sstream>

#include "harness/cli/errors.hpp"
#include "harness/cli/json_out.hpp"
#include "harness/cli/paths.hpp"
#include "harness/cli/plan_here.hpp"
#include "harness/cli/submit_script.hpp"
#include "harness/cli/text.hpp"
#include "harness/cli/verbs.hpp"
#include "harness/lab/indexes.hpp"
#include "harness/lab/outcomes.hpp"
#include "harness/lab/part.hpp"
#include "harness/lab/survey.hpp"
#include "harness/results/build_info.hpp"
#include "harness/results/run_folder.hpp"
#include "harness/sandbox/run_program.hpp"
#include "kernels/base/numbers.hpp"

namespace chipfit::cli {
namespace {

namespace fs = std::filesystem;
constexpr double longest_submission_s = 600;
constexpr int ssh_failed = 255;  // its own exit code

/// All indexes, or those whose part is missing or damaged; the damaged ones are said.
Result<std::vector<std::size_t>> indexes_of(const lab::PlanFolder& plan, SubmitCommand::What what, Console& console) {
  std::vector<std::size_t> indexes;
  for (std::size_t index = 0; index < plan.tasks; ++index) {
    if (what == SubmitCommand::What::missing) {
      const auto part = lab::read_part(plan, index);
      if (part) continue;
      if (part.error().kind == Error::Kind::io) return pass_on(part.error());
      if (part.error().kind != Error::Kind::missing) console.note(part.error().what + "; it is done again");
    }
    indexes.push_back(index);
  }
  return indexes;
}

Result<void> check_first(const lab::PlanFolder& plan) {
  std::error_code error;
  if (!fs::exists(plan.path / "submissions", error) && !fs::exists(plan.parts(), error)) return {};
  return fail(Error::Kind::usage, "this plan was submitted before", plan.path.string(),
              shell_line({"chipfit", "submit", "--plan", plan.path.string(), "--resume"}) + " submits what is missing");
}

/// Commands that write the scripts and start the first, to copy and paste.
std::string as_commands(const fs::path& folder, const std::vector<lab::Script>& all) {
  auto text = shell_line({"mkdir", "-p", (folder / "log").string()}) + "\n";
  for (const auto& script : all)
    text += fmt::format("cat >{} <<'END_OF_SCRIPT'\n{}END_OF_SCRIPT\n", shell_word((folder / script.name).string()),
                        script.text);
  return text + shell_line({"bash", (folder / "submit.sh").string()}) + "\n";
}

/// "12 13" of the line "tasks 12:13"; empty where there is none.
std::string words_after(const std::string& name, const std::string& output) {
  std::istringstream lines(output);
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with(name + " ")) continue;
    auto words = line.substr(name.size() + 1);
    for (char& c : words) c = c == ':' ? ' ' : c;
    return words;
  }
  return {};
}

Result<int> hand_to_slurm(const lab::PlanFolder& plan, const fs::path& folder, nlohmann::ordered_json facts,
                          Format format, Console& console) {
  sandbox::SpawnOptions bash;
  bash.program = "/bin/bash";
  bash.arguments = {(folder / "submit.sh").string()};
  for (char** entry = environ; *entry != nullptr; ++entry) bash.environment.emplace_back(*entry);
  bash.working_dir = folder;
  const auto end = sandbox::run_program(bash, longest_submission_s);
  if (!end) return pass_on(end.error());
  const auto jobs = words_after("tasks", end->output), finish = words_after("finish", end->output);
  if (!jobs.empty())
    if (auto written = results::write_whole(folder / "jobs", jobs + " " + finish + "\n"); !written)
      return pass_on(written.error());
  if (!end->ok())
    return fail(Error::Kind::unavailable, "Slurm did not take the tasks: " + results::one_line(end->output),
                (folder / "submit.sh").string(),
                fmt::format("{}mend it, then: {}", jobs.empty() ? "" : "scancel " + jobs + "\n",
                            shell_line({"chipfit", "submit", "--plan", plan.path.string(), "--resume"})));
  const auto status = shell_line({"chipfit", "status", "--plan", plan.path.string()});
  if (format == Format::json) {
    facts["jobs"] = jobs;
    facts["finish"] = finish;
    print_json(facts, console);
    return exit_ok;
  }
  console.data(fmt::format("{} submitted as {}; {} merges and reports\nscripts and logs: {}\n",
                           counted(facts["tasks"].get<std::size_t>(), "task"), printable(jobs), printable(finish),
                           printable(folder.string())));
  console.talk(fmt::format("{} counts parts; scancel {} {} ends it", status, jobs, finish));
  return exit_ok;
}

/// What a submission is, whoever does it.
nlohmann::ordered_json facts_of(const SubmitCommand& command, const std::vector<std::size_t>& indexes,
                                const fs::path& folder) {
  constexpr std::array engines{"slurm", "ssh", "local"};
  return {{"engine", engines.at(static_cast<std::size_t>(command.options.engine))},
          {"tasks", indexes.size()},
          {"indexes", lab::ranges(indexes)},
          {"folder", folder.string()},
          {"script", (folder / "submit.sh").string()}};
}

/// Does the tasks, and tells at their end what each machine did and what is there.
Result<int> do_and_tell(const lab::PlanFolder& plan, const fs::path& folder, nlohmann::ordered_json facts,
                        Console& console) {
  const auto code = carry_out(folder / "submit.sh", console);
  if (!code) return pass_on(code.error());
  const auto machines = lab::read_outcomes(folder);
  if (!machines) return pass_on(machines.error());
  const auto survey = lab::survey(plan);
  if (!survey) return pass_on(survey.error());
  auto nodes = nlohmann::ordered_json::array();
  for (const auto& machine : *machines) {
    auto unfinished = nlohmann::ordered_json::array();
    bool reached = true;
    for (const auto& task : machine.unfinished) {
      unfinished.push_back({{"index", task.index}, {"exit_code", task.exit_code}});
      reached = reached && task.exit_code != ssh_failed;
    }
    nodes.push_back({{"node", machine.name},
                     {"reached", reached},
                     {"done", lab::ranges(machine.done)},
                     {"unfinished", unfinished}});
  }
  std::error_code error;
  const auto where = [&](const fs::path& path) -> nlohmann::ordered_json {
    return fs::exists(path, error) ? nlohmann::ordered_json(path.string()) : nlohmann::ordered_json();
  };
  facts["nodes"] = nodes;
  facts["present"] = survey->present.size();
  facts["missing"] = lab::ranges(survey->missing);
  facts["merged"] = where(plan.merged());
  facts["report"] = where(plan.path / "report.html");
  facts["exit_code"] = *code;
  print_json(facts, console);
  return *code;
}

Result<int> submit_plan(const lab::PlanFolder& plan, const SubmitCommand& command, Console& console) {
  const auto indexes = indexes_of(plan, command.what, console);
  if (!indexes) return pass_on(indexes.error());
  const auto is_json = command.format == Format::json;
  if (indexes->empty()) {
    if (is_json) print_json({{"tasks", 0}, {"indexes", ""}, {"present", plan.tasks}}, console);
    console.talk("all parts are there; next: " + shell_line({"chipfit", "merge", "--plan", plan.path.string()}));
    return exit_ok;
  }
  auto options = command.options;
  std::error_code error;
  options.program = fs::read_symlink("/proc/self/exe", error);
  const auto folder = lab::next_submission(plan);
  const auto scripts = lab::scripts(plan, *indexes, folder, options);
  if (!scripts) return pass_on(scripts.error());
  auto facts = facts_of(command, *indexes, folder);
  if (command.dry_run == DryRun::yes) {
    if (is_json) {
      for (const auto& script : *scripts) facts["scripts"][script.name] = script.text;
      print_json(facts, console);
    } else {
      console.data(as_commands(folder, *scripts));
    }
    return exit_ok;
  }
  const bool is_slurm = options.engine == lab::Engine::slurm;
  if (is_slurm && find_program("sbatch").empty())
    return fail(Error::Kind::unavailable, "Slurm's sbatch is not here", {},
                "run this where jobs are submitted, or take --engine ssh or --engine local");
  if (auto written = lab::write_scripts(folder, *scripts); !written) return pass_on(written.error());
  if (is_slurm) return hand_to_slurm(plan, folder, std::move(facts), command.format, console);
  console.talk(fmt::format("tasks {}; logs: {}", lab::ranges(*indexes), printable((folder / "log").string())));
  if (is_json) return do_and_tell(plan, folder, std::move(facts), console);
  return become(folder / "submit.sh", console);
}

Result<std::vector<std::string>> nodes_of_slurm() {
  const auto sinfo = find_program("sinfo");
  if (sinfo.empty())
    return fail(Error::Kind::usage, "census of which machines?", {}, "--nodes lab1,lab2 (Slurm is not here to ask)");
  sandbox::SpawnOptions ask;
  ask.program = sinfo;
  ask.arguments = {"--noheader", "--Node", "--format=%N"};
  for (char** entry = environ; *entry != nullptr; ++entry) ask.environment.emplace_back(*entry);
  const auto end = sandbox::run_program(ask, 60);
  if (!end) return pass_on(end.error());
  if (!end->ok())
    return fail(Error::Kind::unavailable, "Slurm does not tell its machines: " + results::one_line(end->output),
                sinfo.string(), "--nodes lab1,lab2 names them");
  std::vector<std::string> nodes;
  std::istringstream lines(end->output);
  // A machine in two partitions stands there twice.
  for (std::string node; lines >> node;)
    if (std::find(nodes.begin(), nodes.end(), node) == nodes.end()) nodes.push_back(node);
  return nodes;
}

}  // namespace

Result<int> submit(const SubmitCommand& command, Console& console) {
  const auto plan = lab::open_plan_folder(command.plan);
  if (!plan) return pass_on(plan.error());
  if (command.what == SubmitCommand::What::all)
    if (auto first = check_first(*plan); !first) return pass_on(first.error());
  return submit_plan(*plan, command, console);
}

Result<int> census(const CensusCommand& command, Console& console) {
  auto nodes = command.nodes;
  if (nodes.empty() && command.submit.options.engine == lab::Engine::slurm) {
    auto known = nodes_of_slurm();
    if (!known) return pass_on(known.error());
    nodes = std::move(*known);
  }
  if (nodes.empty())
    return fail(Error::Kind::usage, "census of which machines?", {}, "--nodes lab1,lab2, or --engine slurm");
  for (const auto& node : nodes)
    if (!plan::is_node_name(node)) return fail(Error::Kind::usage, fmt::format("'{}' is no machine's name", node));
  auto planned = plan_here(command.selection, console);
  if (!planned) return pass_on(planned.error());
  auto& division = planned->plan.division;
  division.cases_per_task = static_cast<int>(std::max<std::size_t>(1, planned->plan.cases.size()));
  division.nodes = nodes;
  division.harness_version = results::harness_version();
  if (command.submit.dry_run == DryRun::yes)
    return submit_plan(lab::plan_folder(command.output, planned->plan), command.submit, console);
  const auto plan = lab::make_plan_folder(command.output, planned->plan);
  if (!plan) return pass_on(plan.error());
  if (auto first = check_first(*plan); !first) return pass_on(first.error());
  return submit_plan(*plan, command.submit, console);
}

}  // namespace chipfit::cli
