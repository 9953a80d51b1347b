#pragma once
#include <string>
#include <vector>

#include "harness/cli/commands.hpp"
#include "harness/cli/console.hpp"

namespace chipfit::cli {

// One function per verb, each in verb_<name>.cpp. The value is the exit code; an error's kind gives it otherwise.

Result<int> devices(const DevicesCommand&, Console&);
Result<int> suites(const SuitesCommand&, Console&);
Result<int> plan_cases(const PlanCommand&, Console&);
/// `arguments`: the whole command line, for the run's manifest.
Result<int> run(const RunCommand&, const std::vector<std::string>& arguments, Console&);
Result<int> compare_results(const CompareCommand&, Console&);
Result<int> show_fleet(const FleetCommand&, Console&);
/// `aa`: one backend under two names.
Result<int> judge_equal_things(const AaCommand&, const std::vector<std::string>& arguments, Console&);
Result<int> show_power(const PowerCommand&, Console&);
Result<int> import_results(const ImportCommand&, Console&);
Result<int> doctor(const DoctorCommand&, Console&);
Result<int> explain_words(const ExplainCommand&, Console&);
Result<int> probe(const ProbeCommand&, Console&);
Result<int> check(const CheckCommand&, Console&);
Result<int> new_project(const NewCommand&, Console&);
Result<int> pack(const PackCommand&, Console&);
/// `arguments`: the whole command line, for the manifest of the run that it starts.
Result<int> intake(const IntakeCommand&, const std::vector<std::string>& arguments, Console&);
Result<int> report(const ReportCommand&, Console&);
Result<int> explore(const ExploreCommand&, Console&);
Result<int> sign_runs(const SignCommand&, Console&);
Result<int> verify(const VerifyCommand&, Console&);
Result<int> merge_parts(const MergeCommand&, Console&);
Result<int> status(const StatusCommand&, Console&);
Result<int> submit(const SubmitCommand&, Console&);
Result<int> census(const CensusCommand&, Console&);
Result<int> version(const VersionCommand&, Console&);

}  // namespace chipfit::cli
