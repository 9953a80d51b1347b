#include "harness/lab/submission.hpp"

#include <fmt/format.h>

#include "harness/results/run_folder.hpp"
#include "kernels/base/shell_line.hpp"

namespace chipfit::lab {
namespace fs = std::filesystem;

const std::string& PerBackend::get(const std::string& backend) const {
  const auto own = of.find(backend);
  return own == of.end() ? common : own->second;
}

void add(PerBackend& values, const std::string& word) {
  const auto equals = word.find('=');
  if (equals == std::string::npos)
    values.common = word;
  else
    values.of[word.substr(0, equals)] = word.substr(equals + 1);
}

Result<std::vector<Script>> scripts(const PlanFolder& plan, const std::vector<std::size_t>& indexes,
                                    const fs::path& folder, const SubmitOptions& options) {
  const bool is_slurm = options.engine == Engine::slurm;
  if (!is_slurm && !(options.partition.empty() && options.gres.empty() && options.constraint.empty() &&
                     options.pin.empty() && options.limit.empty() && options.exclude.empty() && options.sbatch.empty()))
    return fail(Error::Kind::usage, "partitions, GRES, limits and the like are Slurm's", {}, "add --engine slurm");
  if ((options.engine == Engine::ssh) == options.hosts.empty() && plan.plan.division.nodes.empty())
    return fail(Error::Kind::usage,
                options.hosts.empty() ? "ssh to which machines?" : "--hosts belongs to --engine ssh", {},
                "--engine ssh --hosts lab1,lab2");
  if (options.engine != Engine::ssh && !options.ssh.empty())
    return fail(Error::Kind::usage, "options of ssh belong to --engine ssh", {}, "--engine ssh --hosts lab1,lab2");
  if (options.engine == Engine::local && !plan.plan.division.nodes.empty())
    return fail(Error::Kind::usage, "a census is done by its own machines", {}, "--engine slurm, or --engine ssh");
  return is_slurm ? slurm_scripts(plan, indexes, folder, options) : machine_scripts(plan, indexes, folder, options);
}

fs::path next_submission(const PlanFolder& plan) {
  std::error_code error;
  int n = 1;
  while (fs::exists(plan.path / "submissions" / std::to_string(n), error)) ++n;
  return plan.path / "submissions" / std::to_string(n);
}

Result<void> write_scripts(const fs::path& folder, const std::vector<Script>& all) {
  std::error_code error;
  fs::create_directories(folder / "log", error);
  if (error) return fail(Error::Kind::io, fmt::format("cannot be made: {}", error.message()), folder.string());
  for (const auto& script : all) {
    if (auto written = results::write_whole(folder / script.name, script.text); !written) return written;
    fs::permissions(folder / script.name, fs::perms::owner_exec | fs::perms::group_exec | fs::perms::others_exec,
                    fs::perm_options::add, error);
  }
  return {};
}

std::string run_line(const PlanFolder& plan, const SubmitOptions& options) {
  auto line = fmt::format("{} run --plan {}", shell_word(options.program.string()), shell_word(plan.path.string()));
  for (const auto& option : options.run_options) line += " " + shell_word(option);
  return line;
}

std::string finish_lines(const PlanFolder& plan, const SubmitOptions& options, const std::string& wait_s) {
  const auto program = shell_word(options.program.string());
  return fmt::format(
      "# Exit codes of merge: 0 complete, 1 complete with a bad verdict, 75 parts are missing.\n"
      "code=0\n"
      "{0} merge --plan {1} --wait {2} --partial || code=$?\n"
      "case $code in\n"
      "  0 | 1 | 75) [ ! -e {3} ] || {0} report {3} -o {4} || exit ;;\n"
      "esac\n"
      "exit \"$code\"\n",
      program, shell_word(plan.path.string()), wait_s, shell_word(plan.merged().string()),
      shell_word((plan.path / "report.html").string()));
}

}  // namespace chipfit::lab
