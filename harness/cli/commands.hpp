#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "harness/cli/benchmark_flags.hpp"
#include "harness/foreign/foreign.hpp"
#include "harness/lab/merge.hpp"
#include "harness/lab/submission.hpp"
#include "harness/results/provenance.hpp"
#include "kernels/suites/suite.hpp"

namespace chipfit::cli {

/// What to plan: `plan` and `run` share it.
struct Selection {
  std::vector<std::string> suites, cases, backends;  ///< as given; no backends: the default ones
  std::vector<std::uint32_t> devices;                ///< empty: all
  SuiteOverrides overrides;
  std::vector<std::string> options;  ///< "key=value" for the plugins, --threads among them
  int launches = 1;
  bool interleave = false;
  bool simultaneous = false;  ///< all devices at the same time
  bool quick = false;
  std::optional<double> time_s, ci_relative, sustained_s;
  bool in_process = false;
  std::string isolation;            ///< a level, "auto" or empty, which is auto as well
  std::string require_isolation;    ///< the weakest level that is accepted; empty: any
  bool elsewhere = false;           ///< the devices are on other machines: nobody is asked for them here
  std::filesystem::path plan_file;  ///< --plan: a frozen plan, instead of all above
  BenchmarkFlags benchmark;
};

enum class Format { people, json, none };  ///< on stdout; none: a verb that another one carries out
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
  std::filesystem::path output;  ///< -o: a file, or a folder for many machines
  int cases_per_task = 0;        ///< of a folder; 0: the usual
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
  results::Provenance provenance = results::Provenance::self_run;
  std::filesystem::path peaks_file;  ///< what chipfit-cuda-peak printed; empty: none
  DryRun dry_run = DryRun::no;
  Format format = Format::people;
  std::optional<std::size_t> index;  ///< one task of a plan folder
  std::string node;                  ///< this machine's name in the plan; empty: the scheduler's, or its own
};
/// Of a plan in a folder.
struct MergeCommand {
  std::filesystem::path plan;
  lab::MergeOptions options;
  Format format = Format::people;
};
struct StatusCommand {
  std::filesystem::path plan;
  double wait_s = 0;
  Format format = Format::people;
};
struct SubmitCommand {
  std::filesystem::path plan;
  lab::SubmitOptions options;
  enum class What { all, missing } what = What::all;
  DryRun dry_run = DryRun::no;
  Format format = Format::people;
};
struct CensusCommand {
  Selection selection;
  std::filesystem::path output;    ///< -o: the plan folder
  std::vector<std::string> nodes;  ///< empty: those that Slurm knows
  SubmitCommand submit;
};
enum class ReportFormat { text, markdown, json, csv };
struct CompareCommand {
  std::vector<std::string> inputs;                    ///< PATH or NAME=PATH
  std::string baseline, row, column, filter, ignore;  ///< as given; empty: the default
  std::optional<std::string> table;                   ///< "" asks for one table
  std::optional<double> threshold;                    ///< δ
  std::vector<std::string> fail_on;                   ///< names of states
  std::string explain;                                ///< one case
  bool all = false;                                   ///< every line of long tables
  ReportFormat format = ReportFormat::text;
};
struct FleetCommand {
  std::vector<std::filesystem::path> inputs;  ///< result files, run folders, folders of runs
  std::filesystem::path scheme;               ///< --scheme; empty: nothing is declared
  bool all = false;                           ///< every device, not only those that stand out
  ReportFormat format = ReportFormat::text;   ///< text, json or csv
};
struct AaCommand {
  RunCommand run;
  std::uint64_t seed = 1;  ///< of the virtual clock
};
struct PowerCommand {
  int cases = 500, launches = 10, slowed = 25, reports = 20;
  std::uint64_t seed = 1;
  std::optional<double> threshold;   ///< δ
  std::vector<std::string> options;  ///< of the virtual clock
  std::string from;                  ///< a run whose launches are dealt anew; empty: the virtual clock
  Format format = Format::people;
};
struct ImportCommand {
  foreign::Source source = foreign::Source::deepbench;
  std::filesystem::path file, output;  ///< no output: stdout
  foreign::Facts facts;
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

struct ProbeCommand {
  std::filesystem::path file;
  Format format = Format::people;
};

/// How a plugin's duties are walked: `check`, `pack` and `intake` share it.
struct CheckOptions {
  std::optional<std::uint64_t> seed;  ///< none: a new one
  double seconds = 10;
  double deadline_s = 5;
  std::vector<std::string> cases;  ///< instead of all kinds
  std::filesystem::path expected;  ///< lists of what is never supported and of known failures
  std::vector<std::string> options;
  std::uint32_t device = 0;
  enum class Worker { plain, address_sanitizer } worker = Worker::plain;
};
struct CheckCommand {
  std::filesystem::path file;
  CheckOptions options;
  Format format = Format::people;
};
struct NewCommand {
  std::string name;
  std::filesystem::path folder;  ///< empty: ./NAME
  enum class Way { cpp_class, simple } way = Way::cpp_class;
  Format format = Format::people;
};
struct PackCommand {
  std::filesystem::path file, key, notes, output;
  std::string vendor, chip;
  CheckOptions check;
  Format format = Format::people;
};
struct IntakeCommand {
  std::filesystem::path bundle, signers, out = "results";
  std::vector<std::string> suites;
  std::string lab;
  CheckOptions check;
  Format format = Format::people;
};

struct ReportCommand {
  std::vector<std::filesystem::path> inputs;  ///< run folders and result files
  std::filesystem::path output;               ///< -o
  std::filesystem::path pdf, meta, criteria;  ///< empty: none
  std::string language = "both";              ///< zh, en or both
  DryRun dry_run = DryRun::no;
  Format format = Format::people;
};
struct ExploreCommand {
  std::vector<std::filesystem::path> inputs;
  std::filesystem::path output;  ///< -o: a folder, or a .html file
  std::string language = "both";
  DryRun dry_run = DryRun::no;
  Format format = Format::people;
};
struct SignCommand {
  std::vector<std::filesystem::path> runs;
  std::filesystem::path key;
  DryRun dry_run = DryRun::no;
  Format format = Format::people;
};
struct VerifyCommand {
  std::filesystem::path folder;
  std::filesystem::path allowed;  ///< --allowed FILE
  Format format = Format::people;
};

using Command =
    std::variant<HelpCommand, VersionCommand, DevicesCommand, SuitesCommand, PlanCommand, RunCommand, CompareCommand,
                 FleetCommand, AaCommand, PowerCommand, ImportCommand, ReportCommand, ExploreCommand, SignCommand,
                 VerifyCommand, DoctorCommand, ExplainCommand, ProbeCommand, CheckCommand, NewCommand, PackCommand,
                 IntakeCommand, MergeCommand, StatusCommand, SubmitCommand, CensusCommand>;

/// The command line without the program's name. Errors (usage): unknown verb or option (did-you-mean), values that make
/// no sense, options that contradict each other.
Result<Command> parse_arguments(const std::vector<std::string>&);

}  // namespace chipfit::cli
