#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "harness/cli/benchmark_flags.hpp"
#include "kernels/suites/suite.hpp"

namespace chipfit::cli {

/// What to plan: `plan` and `run` share it.
struct Selection {
  std::vector<std::string> suites, cases, backends;  ///< as given; no backends: the default ones
  std::vector<std::uint32_t> devices;                ///< empty: all
  SuiteOverrides overrides;
  std::vector<std::string> options;  ///< "key=value" for the plugins, --threads among them
  int launches = 1;
  bool quick = false;
  std::optional<double> time_s, ci_relative, sustained_s;
  bool in_process = false;
  std::string isolation;            ///< a level, "auto" or empty, which is auto as well
  std::string require_isolation;    ///< the weakest level that is accepted; empty: any
  std::filesystem::path plan_file;  ///< --plan: a frozen plan, instead of all above
  BenchmarkFlags benchmark;
};

enum class Format { people, json };
enum class DryRun { no, yes };

struct HelpCommand {
  std::string text;
};
struct VersionCommand {
  Format format = Format::people;
};
struct DevicesCommand {
  std::vector<std::string> backends;
  Format format = Format::people;
};
struct SuitesCommand {
  std::filesystem::path check;  ///< --check FILE
  Format format = Format::people;
};
struct PlanCommand {
  Selection selection;
  std::filesystem::path output;  ///< -o
  DryRun dry_run = DryRun::no;
  Format format = Format::people;
};
struct RunCommand {
  Selection selection;
  std::filesystem::path out = "results";
  bool resume = false;
  std::optional<double> deadline_s;
  std::optional<double> memory_limit_gib;
  std::string lab;
  std::filesystem::path peaks_file;  ///< what chipfit-cuda-peak printed; empty: none
  DryRun dry_run = DryRun::no;
  Format format = Format::people;
};
struct DoctorCommand {
  std::filesystem::path out = "results";
  Format format = Format::people;
};
struct ExplainCommand {
  std::vector<std::string> words;
  Format format = Format::people;
};

using Command = std::variant<HelpCommand, VersionCommand, DevicesCommand, SuitesCommand, PlanCommand, RunCommand,
                             DoctorCommand, ExplainCommand>;

/// The command line without the program's name. Errors (usage): unknown verb or option (did-you-mean), values that make
/// no sense, options that contradict each other.
Result<Command> parse_arguments(const std::vector<std::string>&);

}  // namespace chipfit::cli
