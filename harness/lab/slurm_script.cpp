#include <fmt/format.h>

#include <algorithm>

#include "harness/lab/indexes.hpp"
#include "harness/lab/submission.hpp"
#include "harness/plan/tasks.hpp"
#include "kernels/base/shell_line.hpp"

namespace chipfit::lab {
namespace {

namespace fs = std::filesystem;

// Slurm's own default for MaxArraySize is 1001; an array of indexes above it gets them as an offset.
constexpr std::size_t largest_array = 1000;
constexpr const char* wait_for_last_part_s = "60";

/// Tasks that one script serves: those of a backend, or of one machine.
struct Group {
  std::string name, backend, node;
  std::vector<std::size_t> indexes;
};

std::vector<Group> groups_of(const PlanFolder& plan, const std::vector<std::size_t>& indexes) {
  std::vector<Group> groups;
  for (const auto index : indexes) {
    const auto task = plan::task(plan.plan, index);
    if (!task) continue;
    const auto same = std::find_if(groups.begin(), groups.end(), [&](const Group& group) {
      return group.backend == task->backend && group.node == task->node;
    });
    if (same != groups.end()) {
      same->indexes.push_back(index);
      continue;
    }
    // Without a backend of its own a task has all of the plan's, and the resources of the first.
    const auto& backend =
        task->backend.empty() && !plan.plan.devices.empty() ? plan.plan.devices[0].backend : task->backend;
    groups.push_back({backend, task->backend, task->node, {index}});
  }
  return groups;
}

/// "npu" of "npu:ascend910b:2".
std::string gres_name(const std::string& gres) {
  return gres.substr(0, gres.find(':'));
}

bool is_variable(const std::string& name) {
  return !name.empty() && !(name[0] >= '0' && name[0] <= '9') && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  });
}

/// Sets `variable` to the devices that Slurm gave this job.
std::string pin_lines(const std::string& gres, const std::string& variable) {
  return fmt::format(
      R"sh(
# Slurm itself pins devices of a GRES named gpu only. Which {0} this task has stands in its record: "{0}:…(IDX:0,2-3)".
record=$(scontrol show job --details "$SLURM_JOB_ID") || exit 69
spans=$(sed -n 's/.*[=,]{0}:[^,(]*(IDX:\([0-9,-]*\)).*/\1/p' <<<"$record" | head -n 1)
devices=()
for span in ${{spans//,/ }}; do
  for ((device = ${{span%-*}}; device <= ${{span#*-}}; device++)); do devices+=("$device"); done
done
[ "${{#devices[@]}}" -gt 0 ] || {{ echo "Slurm gave this task no {0}" >&2; exit 69; }}
{1}=$(IFS=, && echo "${{devices[*]}}")
export {1}
echo "{1}=${1}"
)sh",
      gres, variable);
}

std::string directive(const std::string& option, const std::string& value) {
  return value.empty() ? "" : fmt::format("#SBATCH --{}={}\n", option, value);
}

std::string more_directives(const SubmitOptions& options) {
  std::string text;
  for (const auto& option : options.sbatch) text += "#SBATCH " + option + "\n";
  return text;
}

std::string log_path(const fs::path& folder, const std::string& pattern) {
  return "\"" + (folder / "log" / pattern).string() + "\"";
}

Script task_script(const PlanFolder& plan, const Group& group, const fs::path& folder, const SubmitOptions& options) {
  const auto& gres = options.gres.get(group.name);
  const auto& pin = options.pin.get(group.name);
  auto text = fmt::format(
      "#!/bin/bash\n"
      "# Tasks of plan {} on backend {}, one a job. Written by chipfit submit, run by Slurm.\n"
      "#SBATCH --job-name=chipfit-{}\n"
      "#SBATCH --nodes=1\n"
      "#SBATCH --ntasks=1\n"
      "#SBATCH --exclusive\n"
      "#SBATCH --requeue\n"
      "#SBATCH --signal=B:TERM@60\n"
      "#SBATCH --open-mode=append\n",
      plan.plan_sha256.substr(0, 12), group.name, group.name);
  text += directive("output", log_path(folder, "%x-%A-%a.log"));
  text += directive("partition", options.partition.get(group.name));
  text += directive("gres", gres);
  text += directive("constraint", options.constraint.get(group.name));
  text += directive("time", options.limit);
  text += directive("exclude", options.exclude);
  text += more_directives(options);
  text += "set -u\n";
  if (!gres.empty() && gres_name(gres) != "gpu") text += pin_lines(gres_name(gres), pin);
  text += fmt::format(
      "\n# Slurm allows no large numbers in an array: the first argument is what to add.\n"
      "index=$((${{SLURM_ARRAY_TASK_ID:-0}} + $1))\n"
      "# In this shell's place, so that Slurm's TERM reaches it: it ends its case, keeps its rows and exits 75.\n"
      "exec {} --index \"$index\"\n",
      run_line(plan, options));
  return {"task-" + group.name + ".sh", std::move(text)};
}

Script finish_script(const PlanFolder& plan, const fs::path& folder, const SubmitOptions& options) {
  auto text = fmt::format(
      "#!/bin/bash\n"
      "# Merges the parts of plan {} and writes the report. Written by chipfit submit, run by Slurm after the tasks.\n"
      "#SBATCH --job-name=chipfit-finish\n"
      "#SBATCH --ntasks=1\n"
      "#SBATCH --requeue\n"
      "#SBATCH --open-mode=append\n",
      plan.plan_sha256.substr(0, 12));
  text += directive("output", log_path(folder, "finish-%j.log"));
  text += directive("partition", options.partition.common);
  text += more_directives(options);
  text += "set -u\n\n" + finish_lines(plan, options, wait_for_last_part_s);
  return {"finish.sh", std::move(text)};
}

/// One call of `task` for every array of a group.
std::string submit_lines(const Group& group, const SubmitOptions& options) {
  if (!group.node.empty())
    return fmt::format("task --nodelist={} task-{}.sh {}\n", group.node, group.name, group.indexes.front());
  std::string text;
  for (auto first = group.indexes.begin(); first != group.indexes.end();) {
    const auto offset = *first / largest_array * largest_array;
    const auto last =
        std::find_if(first, group.indexes.end(), [&](std::size_t index) { return index >= offset + largest_array; });
    std::vector<std::size_t> numbers;
    for (; first != last; ++first) numbers.push_back(*first - offset);
    text += fmt::format("task --array={}{} task-{}.sh {}\n", ranges(numbers),
                        options.at_once > 0 ? fmt::format("%{}", options.at_once) : "", group.name, offset);
  }
  return text;
}

Script submit_script(const PlanFolder& plan, const std::vector<Group>& groups, std::size_t count,
                     const fs::path& folder, const SubmitOptions& options) {
  auto text = fmt::format(
      "#!/bin/bash\n"
      "# Submits {} of plan {}, then one job that merges and reports. Written by chipfit submit.\n"
      "set -euo pipefail\n"
      "# Variables that are meant for other jobs would be stronger than the scripts.\n"
      "for name in \"${{!SBATCH_@}}\"; do unset \"$name\"; done\n"
      "cd {}\n"
      "jobs=\n"
      "task() {{\n"
      "  local job\n"
      "  job=$(sbatch --parsable \"$@\")\n"
      "  jobs+=:${{job%%;*}}\n"
      "}}\n",
      count == 1 ? "1 task" : fmt::format("{} tasks", count), plan.plan_sha256.substr(0, 12),
      shell_word(folder.string()));
  for (const auto& group : groups) text += submit_lines(group, options);
  text +=
      "echo \"tasks ${jobs#:}\"\n"
      "finish=$(sbatch --parsable --dependency=\"afterany$jobs\" finish.sh)\n"
      "echo \"finish ${finish%%;*}\"\n";
  return {"submit.sh", std::move(text)};
}

Result<void> check_options(const PlanFolder& plan, const std::vector<Group>& groups, const SubmitOptions& options) {
  // sbatch reads the path from a comment, and replaces patterns that begin with %.
  if (plan.path.string().find_first_of("\"%\\\n") != std::string::npos)
    return fail(Error::Kind::usage, "Slurm takes no path with \", % or \\ for its logs", plan.path.string(),
                "make the plan in another folder");
  for (const auto& group : groups) {
    const auto& gres = options.gres.get(group.name);
    if (gres.empty() || gres_name(gres) == "gpu") continue;
    const auto kind = gres_name(gres);
    if (const auto& pin = options.pin.get(group.name); !is_variable(pin))
      return fail(Error::Kind::usage,
                  pin.empty()
                      ? fmt::format("Slurm pins no '{}': by which variable does its driver take device numbers?", kind)
                      : fmt::format("'{}' is no variable's name", pin),
                  {}, fmt::format("--pin {}=ASCEND_RT_VISIBLE_DEVICES", group.name));
    if (!is_variable(kind)) return fail(Error::Kind::usage, fmt::format("'{}' is no GRES", gres));
  }
  for (const auto* values : {&options.partition, &options.gres, &options.constraint, &options.pin})
    for (const auto& [backend, value] : values->of)
      if (std::none_of(plan.plan.devices.begin(), plan.plan.devices.end(),
                       [&named = backend](const auto& device) { return device.backend == named; }))
        return fail(Error::Kind::usage, fmt::format("'{}={}': the plan has no backend '{}'", backend, value, backend));
  std::vector<std::string> words{options.limit, options.exclude};
  words.insert(words.end(), options.sbatch.begin(), options.sbatch.end());
  for (const auto* values : {&options.partition, &options.gres, &options.constraint}) {
    words.push_back(values->common);
    for (const auto& [backend, value] : values->of) words.push_back(value);
  }
  for (const auto& word : words)
    if (word.find_first_of("\n\r") != std::string::npos)
      return fail(Error::Kind::usage, "an option of sbatch is one line");
  return {};
}

}  // namespace

Result<std::vector<Script>> slurm_scripts(const PlanFolder& plan, const std::vector<std::size_t>& indexes,
                                          const fs::path& folder, const SubmitOptions& options) {
  const auto groups = groups_of(plan, indexes);
  if (auto checked = check_options(plan, groups, options); !checked) return pass_on(checked.error());
  std::vector<Script> all{submit_script(plan, groups, indexes.size(), folder, options)};
  for (const auto& group : groups) {
    auto script = task_script(plan, group, folder, options);
    const auto same = std::find_if(all.begin(), all.end(), [&](const Script& s) { return s.name == script.name; });
    if (same == all.end()) all.push_back(std::move(script));
  }
  all.push_back(finish_script(plan, folder, options));
  return all;
}

}  // namespace chipfit::lab
