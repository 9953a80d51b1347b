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
Result<int> doctor(const DoctorCommand&, Console&);
Result<int> explain_words(const ExplainCommand&, Console&);
Result<int> report(const ReportCommand&, Console&);
Result<int> explore(const ExploreCommand&, Console&);
Result<int> sign_runs(const SignCommand&, Console&);
Result<int> verify(const VerifyCommand&, Console&);
Result<int> version(const VersionCommand&, Console&);

}  // namespace chipfit::cli
