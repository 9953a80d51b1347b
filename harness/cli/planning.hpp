#pragma once
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "harness/cli/commands.hpp"
#include "harness/cli/isolation_choice.hpp"
#include "harness/plan/backends.hpp"
#include "harness/plan/plan.hpp"
#include "harness/sandbox/isolation.hpp"

namespace chipfit::cli {

/// A plan with what is needed to carry it out.
struct PlannedRun {
  plan::Plan plan;
  IsolationChoice isolation;                               ///< that workers get here
  std::map<std::string, sandbox::Isolation> isolation_of;  ///< backends that do not start at that level
  std::map<std::string, plan::BackendManifest> backends;   ///< by name; every backend of the plan
  std::map<std::string, std::string> spelling;             ///< by name: what --backend was given
  std::vector<Error> unavailable;  ///< backends that were asked for and cannot be used; the others go on
  std::vector<std::string> notes;  ///< default backends that are not used, odd manifests
};

/// Number of devices of a backend, or why it has none. The plugin runs in a worker process.
using CountDevices = std::function<Result<std::uint32_t>(const plan::BackendManifest&, const std::string& options)>;

/// Cases of the selection: suites by name or file, then single cases. Errors: usage (unknown suite, bad case id),
/// bad_data or missing for a suite file.
Result<std::vector<plan::PlannedCase>> select_cases(const Selection&);

/// What the plan says about isolation: "in-process", a level or "auto".
std::string asked_isolation(const Selection&);

/// True where every suite is the suite `quick`, or --quick was said.
bool is_quick(const Selection&);

/// "key=value key=value" of the manifest, with the keys of the command line in their place or behind.
std::string merged_options(const std::string& manifest_options, const std::vector<std::string>& own);

/// Cases × devices, filtered and frozen. Errors: usage; unavailable where no backend is left, with the first reason.
Result<PlannedRun> make_plan(const Selection&, const plan::Catalog&, const CountDevices&, const BenchmarkName&);

/// A frozen plan with the backends of this machine. Errors: unavailable; bad_data where a backend is another library
/// than the plan was made for.
Result<PlannedRun> prepare(plan::Plan, const plan::Catalog&);

/// chipfit's own words that carry out one row of the plan: {"chipfit", "run", "--case", …}.
std::vector<std::string> row_command(const PlannedRun&, const plan::PlannedCase&, const plan::PlannedDevice&);

/// "20 cases × 2 devices × 1 launch = 40 rows".
std::string size_text(const plan::Plan&);

}  // namespace chipfit::cli
