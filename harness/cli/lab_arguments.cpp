#include "harness/cli/lab_arguments.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>

#include "harness/cli/raw_arguments.hpp"
#include "kernels/base/names.hpp"

namespace chipfit::cli {
namespace {

constexpr std::array verbs{"merge", "status", "submit", "census"};

Result<void> read_wait(const LabWords& words, double& target) {
  if (words.wait == "0") return {};
  std::optional<double> seconds;
  if (auto read = read_positive("--wait", words.wait, 86400, seconds); !read) return read;
  target = seconds.value_or(0);
  return {};
}

void add_plan(CLI::App& verb, Raw& raw) {
  verb.add_option("--plan", raw.plan_file, "the plan's folder")->type_name("DIR");
}

void add_wait(CLI::App& verb, Raw& raw) {
  verb.add_option("--wait", raw.lab_words.wait, "for S seconds at most, until all parts are there")->type_name("S");
}

void add_engine(CLI::App& verb, Raw& raw) {
  auto& words = raw.lab_words;
  verb.add_option("--engine", words.engine, "slurm, ssh or local (local)")->type_name("E");
  verb.add_option("--hosts", words.hosts, "ssh: machines that take tasks in turn")->type_name("H[,H]")->delimiter(',');
  verb.add_option("--ssh", words.ssh, "another option of every ssh: --ssh=-Fconfig")->type_name("O");
  verb.add_option("--at-once", words.at_once, "most tasks at a time (slurm, local)")->type_name("N");
  verb.add_option("--partition", words.partition, "slurm: for all tasks, or those of one backend")->type_name("[B=]P");
  verb.add_option("--gres", words.gres, "slurm: devices of a task, gpu:h200:1")->type_name("[B=]G");
  verb.add_option("--constraint", words.constraint, "slurm: features of a machine")->type_name("[B=]F");
  verb.add_option("--pin", words.pin, "variable that takes device numbers of a GRES but gpu")->type_name("[B=]VAR");
  verb.add_option("--limit", words.limit, "slurm: longest time of a task, as sbatch has it")->type_name("TIME");
  verb.add_option("--exclude", words.exclude, "slurm: machines to leave out")->type_name("NODES");
  verb.add_option("--sbatch", words.sbatch, "another option of every job: --sbatch=--account=ai")->type_name("O");
  verb.add_option("--lab", raw.lab, "name of the laboratory, for the rows")->type_name("NAME");
  verb.add_option("--deadline", raw.deadline, "longest call to a plugin, in seconds")->type_name("S");
  verb.add_flag("--dry-run", raw.dry_run, "print the scripts, submit nothing");
}

Result<SubmitCommand> read_submit(const Raw& raw) {
  const auto& words = raw.lab_words;
  SubmitCommand command;
  command.plan = raw.plan_file;
  command.what = raw.resume ? SubmitCommand::What::missing : SubmitCommand::What::all;
  command.dry_run = raw.dry_run ? DryRun::yes : DryRun::no;
  command.format = raw.json ? Format::json : Format::people;
  auto& options = command.options;
  const std::vector<std::string> engines{"slurm", "ssh", "local"};
  const auto engine = find_name(words.engine.empty() ? "local" : words.engine, "an engine", engines);
  if (!engine) return pass_on(engine.error());
  options.engine = static_cast<lab::Engine>(*engine);
  options.hosts = words.hosts;
  options.ssh = words.ssh;
  options.limit = words.limit;
  options.exclude = words.exclude;
  options.sbatch = words.sbatch;
  if (auto read = read_whole<std::size_t>("--at-once", words.at_once, 1, 100000, options.at_once); !read)
    return pass_on(read.error());
  const std::pair<const std::vector<std::string>*, lab::PerBackend*> values[] = {
      {&words.partition, &options.partition},
      {&words.gres, &options.gres},
      {&words.constraint, &options.constraint},
      {&words.pin, &options.pin}};
  for (const auto& [from, to] : values)
    for (const auto& word : *from) lab::add(*to, word);
  std::optional<double> deadline;
  if (auto read = read_positive("--deadline", raw.deadline, 1e6, deadline); !read) return pass_on(read.error());
  if (deadline) options.run_options.insert(options.run_options.end(), {"--deadline", raw.deadline});
  if (!raw.lab.empty()) options.run_options.insert(options.run_options.end(), {"--lab", raw.lab});
  return command;
}

}  // namespace

void add_submit(CLI::App& verb, Raw& raw) {
  add_plan(verb, raw);
  verb.add_flag("--resume", raw.resume, "only tasks whose part is missing or damaged");
  add_engine(verb, raw);
}

void add_census(CLI::App& verb, Raw& raw) {
  verb.add_option("-o,--output", raw.output, "the plan's folder")->type_name("DIR");
  verb.add_option("--nodes", raw.lab_words.nodes, "the machines (all that Slurm knows)")
      ->type_name("N[,N]")
      ->delimiter(',');
  add_engine(verb, raw);
}

void add_status(CLI::App& verb, Raw& raw) {
  add_plan(verb, raw);
  add_wait(verb, raw);
}

void add_merge(CLI::App& verb, Raw& raw) {
  add_plan(verb, raw);
  add_wait(verb, raw);
  verb.add_flag("--partial", raw.lab_words.partial, "merge what is there, and exit 75 where parts are missing");
}

void add_elsewhere(CLI::App& verb, Raw& raw) {
  verb.add_flag("--elsewhere", raw.lab_words.elsewhere, "take --devices as it is: they are on other machines");
}

void add_cases_per_task(CLI::App& verb, Raw& raw) {
  verb.add_option("--cases-per-task", raw.lab_words.cases_per_task, "with -o DIR/: cases of one part (10)")
      ->type_name("N");
}

void add_index(CLI::App& verb, Raw& raw) {
  verb.add_option("--index", raw.lab_words.index, "only this task of --plan DIR, into its part")->type_name("I");
  verb.add_option("--node", raw.lab_words.node, "this machine's name in the plan")->type_name("NAME");
}

bool is_lab_verb(const std::string& verb) {
  return std::find(verbs.begin(), verbs.end(), verb) != verbs.end();
}

Result<void> read_index(const LabWords& words, RunCommand& run) {
  run.node = words.node;
  if (words.index.empty()) return {};
  if (run.selection.plan_file.empty())
    return wrong("--index belongs to --plan DIR", "chipfit run --plan DIR --index 0");
  std::size_t index = 0;
  if (auto read = read_whole<std::size_t>("--index", words.index, 0, 999999999, index); !read) return read;
  run.index = index;
  return {};
}

Result<void> read_cases_per_task(const LabWords& words, PlanCommand& plan) {
  return read_whole("--cases-per-task", words.cases_per_task, 1, 1000000, plan.cases_per_task);
}

Result<Command> read_lab_command(const std::string& verb, const Raw& raw, const std::vector<std::string>& benchmark) {
  const auto format = raw.json ? Format::json : Format::people;
  if (verb == "census") {
    if (raw.output.empty()) return wrong("census needs a folder for its plan", "chipfit census --suite quick -o DIR/");
    auto selection = read_selection(raw, benchmark);
    if (!selection) return pass_on(selection.error());
    auto submit = read_submit(raw);
    if (!submit) return pass_on(submit.error());
    submit->plan = raw.output;
    return CensusCommand{std::move(*selection), raw.output, raw.lab_words.nodes, std::move(*submit)};
  }
  if (raw.plan_file.empty())
    return wrong(fmt::format("{} which plan?", verb), fmt::format("chipfit {} --plan DIR", verb));
  if (verb == "submit") {
    auto submit = read_submit(raw);
    if (!submit) return pass_on(submit.error());
    return std::move(*submit);
  }
  double wait_s = 0;
  if (auto read = read_wait(raw.lab_words, wait_s); !read) return pass_on(read.error());
  if (verb == "status") return StatusCommand{raw.plan_file, wait_s, format};
  const auto incomplete = raw.lab_words.partial ? lab::Incomplete::merged : lab::Incomplete::refused;
  return MergeCommand{raw.plan_file, {wait_s, incomplete}, format};
}

}  // namespace chipfit::cli
