#pragma once
#include <cstddef>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "harness/lab/plan_folder.hpp"
#include "kernels/base/result.hpp"

namespace chipfit::lab {

/// Who starts tasks: the cluster's Slurm; OpenSSH, one machine after the other taking the next task; this machine.
enum class Engine { slurm, ssh, local };

/// A value for every backend, or for one by its name.
struct PerBackend {
  std::string common;
  std::map<std::string, std::string> of;
  const std::string& get(const std::string& backend) const;
  bool empty() const { return common.empty() && of.empty(); }
};
/// Adds "VALUE" or "BACKEND=VALUE".
void add(PerBackend&, const std::string& word);

struct SubmitOptions {
  Engine engine = Engine::local;
  std::vector<std::string> hosts = {};  ///< ssh: HOST or USER@HOST
  std::vector<std::string> ssh = {};    ///< further options for every ssh, as they are: "-Fconfig"
  std::size_t at_once = 0;              ///< most tasks at a time; 0: slurm all, ssh one a machine, local one
  PerBackend partition = {}, gres = {}, constraint = {};  ///< slurm
  PerBackend pin = {};                        ///< variable by which a driver takes the devices of a GRES not named gpu
  std::string limit = {}, exclude = {};       ///< slurm: time limit of a task; machines to leave out
  std::vector<std::string> sbatch = {};       ///< further options for every job, as they are: "--account=ai"
  std::filesystem::path program = {};         ///< chipfit, as the machines see it
  std::vector<std::string> run_options = {};  ///< for every `chipfit run`
};

struct Script {
  std::string name, text;
};

/// Scripts of a submission that lies in `folder`. submit.sh is the one to run; with slurm it prints "tasks ID[:ID…]"
/// and "finish ID", with the others it does the tasks, merges, reports, and exits as merge does. Indexes ascend.
/// Errors (usage): options that do not fit together, a path that Slurm cannot take.
Result<std::vector<Script>> scripts(const PlanFolder&, const std::vector<std::size_t>& indexes,
                                    const std::filesystem::path& folder, const SubmitOptions&);

/// The folder that the next submission will have: submissions/1, 2 ….
std::filesystem::path next_submission(const PlanFolder&);

/// Makes the folder, with its log folder and executable scripts. Errors: io.
Result<void> write_scripts(const std::filesystem::path& folder, const std::vector<Script>&);

// The engines' own; see scripts().
Result<std::vector<Script>> slurm_scripts(const PlanFolder&, const std::vector<std::size_t>& indexes,
                                          const std::filesystem::path& folder, const SubmitOptions&);
Result<std::vector<Script>> machine_scripts(const PlanFolder&, const std::vector<std::size_t>& indexes,
                                            const std::filesystem::path& folder, const SubmitOptions&);

/// Lines of a script that merge, report, and exit with merge's code: 0, 1 (a bad verdict), 75 (parts are missing).
/// `wait_s`: for late parts, a word of the script.
std::string finish_lines(const PlanFolder&, const SubmitOptions&, const std::string& wait_s);

/// "chipfit run --plan DIR …", quoted for a shell, without its index.
std::string run_line(const PlanFolder&, const SubmitOptions&);

}  // namespace chipfit::lab
