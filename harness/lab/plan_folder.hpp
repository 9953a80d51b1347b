#pragma once
#include <cstddef>
#include <filesystem>
#include <string>

#include "harness/plan/plan.hpp"
#include "kernels/base/result.hpp"

namespace chipfit::lab {

/// A divided plan in a folder that all its machines see under the same path:
///   plan.json                the frozen plan
///   parts/000017/            a finished task: an ordinary sealed run folder, moved here in one step
///   work/000017/<run id>/    the same task under way, or cut off; gone on with on the machine that began it
///   peaks/<machine>.json     what a machine reaches, measured by one of its tasks for those of the next minutes
///   refused/                 parts that came second, or that were replaced because they were damaged; never merged
///   failed/000017.<machine>  why a machine could not do a task, in words
///   submissions/1/           scripts and logs of a submission
///   merged/                  all parts as one run folder
/// Files tell everything; nothing here depends on a clock or on who else is running.
struct PlanFolder {
  std::filesystem::path path;  ///< absolute
  plan::Plan plan;
  std::string plan_sha256;
  std::size_t tasks = 0;

  std::filesystem::path parts() const { return path / "parts"; }
  std::filesystem::path part(std::size_t index) const;
  std::filesystem::path work(std::size_t index) const;
  std::filesystem::path peaks(const std::string& host) const { return path / "peaks" / (host + ".json"); }
  std::filesystem::path merged() const { return path / "merged"; }
  std::filesystem::path file() const { return path / "plan.json"; }
  /// "chipfit run --plan DIR --index 17", quoted for a shell.
  std::string run_command(std::size_t index) const;
};

/// The folder as it would be, with nothing read or written.
PlanFolder plan_folder(const std::filesystem::path&, plan::Plan);

/// Makes the folder with its plan. The same plan may be there already. Errors: io; usage where the folder holds
/// another plan.
Result<PlanFolder> make_plan_folder(const std::filesystem::path&, const plan::Plan&);

/// Errors: missing, with how to make one; those of plan::load_plan; bad_data where the plan is not divided.
Result<PlanFolder> open_plan_folder(const std::filesystem::path&);

/// "000017", and back; no number for other names.
std::string index_name(std::size_t index);
bool parse_index_name(const std::string&, std::size_t& index);

}  // namespace chipfit::lab
