#include "harness/cli/cli.hpp"

#include <fmt/format.h>

#include <exception>
#include <new>

#include "harness/cli/errors.hpp"
#include "harness/cli/verbs.hpp"

namespace chipfit::cli {
namespace {

Result<int> carry_out(const Command& command, const std::vector<std::string>& arguments, Console& console) {
  struct Visitor {
    const std::vector<std::string>& arguments;
    Console& console;
    Result<int> operator()(const HelpCommand& help) const {
      console.data(help.text);
      return exit_ok;
    }
    Result<int> operator()(const VersionCommand& command) const { return version(command, console); }
    Result<int> operator()(const DevicesCommand& command) const { return devices(command, console); }
    Result<int> operator()(const SuitesCommand& command) const { return suites(command, console); }
    Result<int> operator()(const PlanCommand& command) const { return plan_cases(command, console); }
    Result<int> operator()(const RunCommand& command) const { return run(command, arguments, console); }
    Result<int> operator()(const CompareCommand& command) const { return compare_results(command, console); }
    Result<int> operator()(const FleetCommand& command) const { return show_fleet(command, console); }
    Result<int> operator()(const AaCommand& command) const { return judge_equal_things(command, arguments, console); }
    Result<int> operator()(const PowerCommand& command) const { return show_power(command, console); }
    Result<int> operator()(const ImportCommand& command) const { return import_results(command, console); }
    Result<int> operator()(const DoctorCommand& command) const { return doctor(command, console); }
    Result<int> operator()(const ExplainCommand& command) const { return explain_words(command, console); }
    Result<int> operator()(const ProbeCommand& command) const { return probe(command, console); }
    Result<int> operator()(const CheckCommand& command) const { return check(command, console); }
    Result<int> operator()(const NewCommand& command) const { return new_project(command, console); }
    Result<int> operator()(const PackCommand& command) const { return pack(command, console); }
    Result<int> operator()(const IntakeCommand& command) const { return intake(command, arguments, console); }
    Result<int> operator()(const ReportCommand& command) const { return report(command, console); }
    Result<int> operator()(const ExploreCommand& command) const { return explore(command, console); }
    Result<int> operator()(const SignCommand& command) const { return sign_runs(command, console); }
    Result<int> operator()(const MergeCommand& command) const { return merge_parts(command, console); }
    Result<int> operator()(const StatusCommand& command) const { return status(command, console); }
    Result<int> operator()(const SubmitCommand& command) const { return submit(command, console); }
    Result<int> operator()(const CensusCommand& command) const { return census(command, console); }
    Result<int> operator()(const VerifyCommand& command) const { return verify(command, console); }
  };
  return std::visit(Visitor{arguments, console}, command);
}

int guarded(const std::vector<std::string>& arguments, Console& console) {
  const auto command = parse_arguments(arguments);
  const auto result = command ? carry_out(*command, arguments, console) : Result<int>(pass_on(command.error()));
  console.status().clear();
  const auto finished = console.finish();
  if (!result) {
    console.error(result.error());
    return exit_code(result.error().kind);
  }
  if (!finished) {
    console.error(finished.error());
    return exit_code(finished.error().kind);
  }
  return *result;
}

}  // namespace

int run_command_line(const std::vector<std::string>& arguments, Console& console) {
  try {
    return guarded(arguments, console);
  } catch (const std::bad_alloc&) {
    console.error({Error::Kind::internal, "out of memory", "", ""});
  } catch (const std::exception& error) {
    console.error({Error::Kind::internal, fmt::format("a defect of chipfit: {}", error.what()), "",
                   "please report it with the command line and `chipfit version`"});
  } catch (...) {
    console.error({Error::Kind::internal, "a defect of chipfit: an unknown exception", "",
                   "please report it with the command line and `chipfit version`"});
  }
  return exit_internal;
}

}  // namespace chipfit::cli
