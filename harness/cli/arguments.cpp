#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>

#include "harness/cli/raw_arguments.hpp"
#include "harness/cli/text.hpp"
#include "kernels/base/did_you_mean.hpp"
#include "kernels/base/names.hpp"

namespace chipfit::cli {
namespace {

void add_selection(CLI::App& verb, Raw& raw) {
  verb.add_option("--suite", raw.suites, "suites by name or CSV file")->type_name("S[,S]")->delimiter(',');
  verb.add_option("--case", raw.cases, "one case by its id; may be repeated")->type_name("ID");
  verb.add_option("--backend", raw.backends, "backends by name or path")->type_name("B[,B]")->delimiter(',');
  verb.add_option("--devices", raw.devices, "device numbers, or all")->type_name("N[,N]")->delimiter(',');
  verb.add_option("--dtype", raw.dtypes, "run the suites with these types")->type_name("T[,T]")->delimiter(',');
  verb.add_option("--direction", raw.directions, "fwd, bwd_data, bwd_weights")->type_name("D[,D]")->delimiter(',');
  verb.add_option("--layout", raw.layouts, "nchw, nhwc")->type_name("L[,L]")->delimiter(',');
  verb.add_option("--math", raw.maths, "strict, relaxed, tf32, f16, bf16 (for f32)")
      ->type_name("M[,M]")
      ->delimiter(',');
  verb.add_option("--launches", raw.launches, "worker processes per case")->type_name("N");
  verb.add_flag("--interleave", raw.interleave, "launch by launch, backends in turns, cases shuffled");
  verb.add_flag("--simultaneous", raw.simultaneous, "each case on all devices at the same time");
  verb.add_flag("--quick", raw.quick, "about 0.2 s a case (suite quick implies it)");
  verb.add_option("--time", raw.time, "measure a case for at most S seconds")->type_name("S");
  verb.add_option("--ci", raw.ci, "stop at this half-width of the interval, in %")->type_name("P");
  verb.add_option("--sustained", raw.sustained, "then work on for S seconds (12 or more), for energy")->type_name("S");
  verb.add_option("--threads", raw.threads, "host threads of the plugin")->type_name("N");
  verb.add_option("--option", raw.options, "option for the plugin; may be repeated")->type_name("K=V");
  verb.add_option("--isolation", raw.isolation, "auto, L0, L1, L1+Landlock, L2, L3")->type_name("LEVEL");
  verb.add_option("--require-isolation", raw.require_isolation, "refuse to run with less")->type_name("LEVEL");
  verb.add_flag("--in-process", raw.in_process, "no worker process, for debuggers: UNTRUSTED");
  verb.add_option("--plan", raw.plan_file, "a frozen plan from `chipfit plan -o`")->type_name("PATH");
}

void add_common(CLI::App& verb, Raw& raw) {
  verb.add_flag("--json", raw.json, "data as JSON on stdout");
}

struct Verb {
  const char *name, *purpose;
  void (*add_options)(CLI::App&, Raw&);
};

// In the order in which people meet them.
const std::vector<Verb>& verbs() {
  static const std::vector<Verb> table{
      {"devices", "List backends, their devices, and what is not used",
       [](CLI::App& verb, Raw& raw) {
         verb.add_option("--backend", raw.backends, "only these")->type_name("B[,B]")->delimiter(',');
         add_common(verb, raw);
       }},
      {"suites", "List the standard suites, or check a suite of your own",
       [](CLI::App& verb, Raw& raw) {
         verb.add_option("--check", raw.check, "list every fault of a suite file")->type_name("FILE");
         add_common(verb, raw);
       }},
      {"plan", "Show what a run would measure, or freeze it in a file",
       [](CLI::App& verb, Raw& raw) {
         add_selection(verb, raw);
         add_elsewhere(verb, raw);
         verb.add_option("-o,--output", raw.output, "freeze it in FILE, or in DIR/ for many machines")
             ->type_name("PATH");
         add_cases_per_task(verb, raw);
         verb.add_flag("--dry-run", raw.dry_run, "write nothing, show the run's commands");
         add_common(verb, raw);
       }},
      {"run", "Measure and verify cases",
       [](CLI::App& verb, Raw& raw) {
         add_selection(verb, raw);
         verb.add_option("--out", raw.out, "results go to DIR/<run id> (results)")->type_name("DIR");
         verb.add_flag("--resume", raw.resume, "go on with the run of the same plan in --out");
         verb.add_option("--deadline", raw.deadline, "longest call to a plugin, in seconds")->type_name("S");
         verb.add_option("--memory-limit", raw.memory_limit, "most memory of a worker, in GiB")->type_name("N");
         verb.add_option("--lab", raw.lab, "name of the laboratory, for the rows")->type_name("NAME");
         verb.add_flag("--lab-run", raw.lab_run, "that laboratory measures, not the maker itself");
         verb.add_option("--peaks", raw.peaks, "measured peaks of GPUs, as chipfit-cuda-peak prints them")
             ->type_name("FILE");
         verb.add_flag("--dry-run", raw.dry_run, "print the commands, run nothing");
         add_index(verb, raw);
         add_common(verb, raw);
         verb.footer(
             "Every --benchmark_* flag of Google Benchmark is taken too\n"
             "(--benchmark_filter=REGEX, --benchmark_out=FILE).");
       }},
      {"submit", "Do a plan's tasks on many machines: Slurm, ssh or here", add_submit},
      {"status", "How far a plan is, by the parts that are there", add_status},
      {"merge", "All parts of a plan as one run", add_merge},
      {"census", "Measure the same on every machine of a cluster",
       [](CLI::App& verb, Raw& raw) {
         add_selection(verb, raw);
         add_elsewhere(verb, raw);
         add_census(verb, raw);
       }},
      {"compare", "Compare result files: what became faster, slower, broken",
       [](CLI::App& verb, Raw& raw) {
         verb.add_option("file", raw.words, "runs' folders or result files; NAME=FILE names one")->type_name("");
         verb.add_option("--baseline", raw.baseline, "what the others are compared with")->type_name("KEY=VALUE");
         verb.add_option("--filter", raw.filter, "rows to compare: 'chip:V100 AND op:gemm'")->type_name("F");
         verb.add_option("--row", raw.row, "columns that make a case (case_id)")->type_name("KEY[,KEY]");
         verb.add_option("--col", raw.column, "columns that make the sides (input)")->type_name("KEY[,KEY]");
         verb.add_option("--table", raw.table, "columns that make tables, or none")->type_name("KEY[,KEY]");
         verb.add_option("--ignore", raw.ignore, "columns that may differ")->type_name("KEY[,KEY]");
         verb.add_option("--threshold", raw.threshold, "differences below P % do not matter")->type_name("P");
         verb.add_option("--fail-on", raw.fail_on, "exit 1 at slower, broken, missing, …")
             ->type_name("S[,S]")
             ->delimiter(',');
         verb.add_option("--explain", raw.explain, "everything about one case")->type_name("CASE");
         verb.add_flag("--all", raw.all, "every line of long tables");
         verb.add_option("--format", raw.report_format, "text, markdown, json, csv")->type_name("F");
         add_common(verb, raw);
       }},
      {"aa", "Run one backend as two: how far equal things differ here",
       [](CLI::App& verb, Raw& raw) {
         add_selection(verb, raw);
         verb.add_option("--out", raw.out, "results go to DIR/<run id> (results)")->type_name("DIR");
         verb.add_flag("--resume", raw.resume, "go on with the run of the same plan in --out");
         verb.add_option("--seed", raw.seed, "of the virtual clock (--backend simulated)")->type_name("N");
         add_common(verb, raw);
       }},
      {"power", "Show which slowdowns a comparison finds",
       [](CLI::App& verb, Raw& raw) {
         verb.add_option("--from", raw.from, "take the noise from this run")->type_name("RUN");
         verb.add_option("--cases", raw.case_count, "cases of a report (500)")->type_name("N");
         verb.add_option("--launches", raw.launches, "launches a side (10)")->type_name("N");
         verb.add_option("--slowed", raw.slowed, "cases that are slowed (25)")->type_name("N");
         verb.add_option("--reports", raw.reports, "reports for each slowdown (20)")->type_name("N");
         verb.add_option("--threshold", raw.threshold, "differences below P % do not matter")->type_name("P");
         verb.add_option("--option", raw.options, "of the virtual clock: launch_sd=0.01")->type_name("K=V");
         verb.add_option("--seed", raw.seed, "of all that is drawn (1)")->type_name("N");
         add_common(verb, raw);
       }},
      {"import", "Bring published and foreign results into our columns",
       [](CLI::App& verb, Raw& raw) {
         verb.add_option("file", raw.words, "deepbench, googlebenchmark, nvbench or benchdnn; FILE")->type_name("");
         verb.add_option("-o,--output", raw.output, "write the rows here (stdout)")->type_name("FILE");
         verb.add_option("--chip", raw.facts.chip, "what the file does not say: the chip")->type_name("NAME");
         verb.add_option("--vendor", raw.facts.vendor, "its vendor")->type_name("NAME");
         verb.add_option("--backend", raw.facts.backend, "what computed")->type_name("NAME");
         verb.add_option("--host", raw.facts.host, "the machine")->type_name("NAME");
         verb.add_option("--lab", raw.facts.lab, "who measured")->type_name("NAME");
         verb.add_option("--name", raw.facts.name_pattern, "how names look: BM_sgemm/{m}/{n}/{k}")->type_name("P");
         verb.add_option("--as", raw.facts.case_pattern, "what they are: gemm:f32:NN:{m}x{n}x{k}")->type_name("P");
         add_common(verb, raw);
       }},
      {"report", "One HTML file about runs: verdicts, rates, charts",
       [](CLI::App& verb, Raw& raw) {
         verb.add_option("run", raw.words, "run folders and result files")->type_name("");
         verb.add_option("-o,--output", raw.output, "the report (report.html)")->type_name("FILE");
         verb.add_option("--lang", raw.language, "zh, en or both (both)")->type_name("L");
         verb.add_option("--pdf", raw.pdf, "print it to a PDF too, by Chromium")->type_name("FILE");
         verb.add_option("--meta", raw.meta, "lab.toml: title, number, customer, signers …")->type_name("FILE");
         verb.add_option("--criteria", raw.criteria, "criteria.toml: what the status rests on")->type_name("FILE");
         verb.add_flag("--dry-run", raw.dry_run, "print the command and what it would say, write nothing");
         add_common(verb, raw);
       }},
      {"explore", "A page that compares any result files in the browser",
       [](CLI::App& verb, Raw& raw) {
         verb.add_option("results", raw.words, "run folders and result files")->type_name("");
         verb.add_option("-o,--output", raw.output, "a folder, or a .html file (site)")->type_name("PATH");
         verb.add_option("--lang", raw.language, "zh, en or both (both)")->type_name("L");
         verb.add_flag("--dry-run", raw.dry_run, "print the command, write nothing");
         add_common(verb, raw);
       }},
      {"fleet", "Add up what many devices compute, by types",
       [](CLI::App& verb, Raw& raw) {
         verb.add_option("results", raw.words, "result files, runs' folders, folders of runs")->type_name("");
         verb.add_option("--scheme", raw.scheme, "fleet.toml: inventory, conversion, index")->type_name("FILE");
         verb.add_flag("--all", raw.all, "a line for every device");
         verb.add_option("--format", raw.report_format, "text, json, csv (every device)")->type_name("F");
         add_common(verb, raw);
       }},
      {"sign", "Vouch for runs by a signature",
       [](CLI::App& verb, Raw& raw) {
         verb.add_option("run", raw.words, "run folders")->type_name("");
         verb.add_option("--key", raw.key, "key of ssh-keygen")->type_name("FILE");
         verb.add_flag("--dry-run", raw.dry_run, "check the runs, print ssh-keygen's commands");
         add_common(verb, raw);
       }},
      {"verify", "Check digests, signatures and the chain of runs",
       [](CLI::App& verb, Raw& raw) {
         verb.add_option("folder", raw.words, "a run, or a folder of runs")->type_name("");
         verb.add_option("--allowed", raw.allowed, "whom to trust (ssh-keygen's allowed signers)")->type_name("FILE");
         add_common(verb, raw);
       }},
      {"doctor", "Check this machine and say what to mend",
       [](CLI::App& verb, Raw& raw) {
         verb.add_option("--out", raw.out, "where results would go (results)")->type_name("DIR");
         add_common(verb, raw);
       }},
      {"explain", "Explain a verdict, condition, column, suite or case id",
       [](CLI::App& verb, Raw& raw) {
         verb.add_option("word", raw.words, "NOT_WRITTEN, grade_e, gemm:f32:NN:8x8x8")->type_name("");
         add_common(verb, raw);
       }},
      {"new", "Write a plugin project that builds and passes",
       [](CLI::App& verb, Raw& raw) {
         add_new(verb, raw.vendor);
         add_common(verb, raw);
       }},
      {"probe", "Read a plugin's files without running it",
       [](CLI::App& verb, Raw& raw) {
         add_probe(verb, raw.vendor);
         add_common(verb, raw);
       }},
      {"check", "Walk a plugin through its duties P1 to P12",
       [](CLI::App& verb, Raw& raw) {
         add_check(verb, raw.vendor);
         add_common(verb, raw);
       }},
      {"pack", "Check a plugin and sign it for submission",
       [](CLI::App& verb, Raw& raw) {
         add_pack(verb, raw.vendor);
         add_common(verb, raw);
       }},
      {"intake", "Verify a submission, check it, run it",
       [](CLI::App& verb, Raw& raw) {
         add_intake(verb, raw.vendor);
         add_common(verb, raw);
       }},
      {"version", "Print the version", [](CLI::App& verb, Raw& raw) { add_common(verb, raw); }},
  };
  return table;
}

std::vector<std::string> option_names(const CLI::App& verb) {
  std::vector<std::string> names;
  for (const auto* option : verb.get_options()) {
    for (const auto& name : option->get_lnames()) names.push_back("--" + name);
    for (const auto& name : option->get_snames()) names.push_back("-" + name);
  }
  return names;
}

tl::unexpected<Error> left_over(const CLI::App& verb, const std::vector<std::string>& words) {
  const auto option = std::find_if(words.begin(), words.end(), [](const auto& word) { return word.starts_with("-"); });
  const auto more = fmt::format("chipfit {} --help lists the options", verb.get_name());
  if (option == words.end()) return wrong(fmt::format("'{}' is not expected here", words.front()), more);
  const auto name = option->substr(0, option->find('='));
  const auto suggestion = did_you_mean(name, option_names(verb));
  return wrong(fmt::format("unknown option '{}'", name), suggestion.empty() ? more : suggestion + "\n" + more);
}

Result<Command> read_fleet(const Raw& raw, const std::vector<std::filesystem::path>& inputs) {
  FleetCommand command{inputs, raw.scheme, raw.all, ReportFormat::text};
  if (raw.json && !raw.report_format.empty() && raw.report_format != "json")
    return wrong(fmt::format("--json and --format {} contradict each other", raw.report_format));
  const std::vector<std::string> formats{"text", "json", "csv"};
  const auto format = find_name(raw.json                    ? "json"
                                : raw.report_format.empty() ? "text"
                                                            : raw.report_format,
                                "a format of a fleet", formats);
  if (!format) return pass_on(format.error());
  command.format = std::array{ReportFormat::text, ReportFormat::json, ReportFormat::csv}[*format];
  return command;
}

/// The verbs that read what runs have left.
Result<Command> to_report_command(const std::string& verb, const Raw& raw) {
  const std::vector<std::filesystem::path> inputs(raw.words.begin(), raw.words.end());
  const auto language = raw.language.empty() ? "both" : raw.language;
  const auto format = raw.json ? Format::json : Format::people;
  const auto dry_run = raw.dry_run ? DryRun::yes : DryRun::no;
  if (language != "zh" && language != "en" && language != "both") {
    return wrong(fmt::format("--lang: '{}' is not zh, en or both", language));
  }
  if (verb == "explore") {
    return ExploreCommand{inputs, raw.output.empty() ? "site" : raw.output, language, dry_run, format};
  }
  if (inputs.empty()) return wrong(fmt::format("{} what?", verb), fmt::format("chipfit {} results/RUN", verb));
  if (verb == "fleet") return read_fleet(raw, inputs);
  if (verb == "report") {
    return ReportCommand{
        inputs, raw.output.empty() ? "report.html" : raw.output, raw.pdf, raw.meta, raw.criteria, language, dry_run,
        format};
  }
  if (verb == "sign") {
    if (raw.key.empty()) return wrong("sign with which key?", "chipfit sign results/RUN --key ~/.ssh/id_ed25519");
    return SignCommand{inputs, raw.key, dry_run, format};
  }
  if (inputs.size() > 1) return wrong("verify takes one folder", "a folder of runs is checked as a chain");
  return VerifyCommand{inputs.front(), raw.allowed, format};
}

Result<Command> to_command(const std::string& verb, const Raw& raw, const std::vector<std::string>& benchmark) {
  const auto format = raw.json ? Format::json : Format::people;
  const auto dry_run = raw.dry_run ? DryRun::yes : DryRun::no;
  const std::filesystem::path out = raw.out.empty() ? "results" : raw.out;
  if (verb != "run" && verb != "plan" && !benchmark.empty()) {
    return wrong(fmt::format("{} belongs to 'chipfit run'", benchmark.front()));
  }
  if (verb == "devices") return DevicesCommand{raw.backends, format};
  if (verb == "suites") return SuitesCommand{raw.check, format};
  if (verb == "compare") {
    auto command = read_compare(raw);
    if (!command) return pass_on(command.error());
    return std::move(*command);
  }
  if (verb == "power") {
    auto command = read_power(raw);
    if (!command) return pass_on(command.error());
    return std::move(*command);
  }
  if (verb == "import") {
    auto command = read_import(raw);
    if (!command) return pass_on(command.error());
    return std::move(*command);
  }
  if (verb == "doctor") return DoctorCommand{out, format};
  if (verb == "version") return VersionCommand{format};
  if (verb == "explain") {
    if (raw.words.empty()) {
      return wrong("explain what?", "chipfit explain NOT_WRITTEN\nchipfit explain gemm:f32:NN:512x512x512");
    }
    return ExplainCommand{raw.words, format};
  }
  if (is_vendor_verb(verb)) {
    return read_vendor_command(verb, raw.vendor, raw.json ? Format::json : Format::people);
  }
  if (is_lab_verb(verb)) return read_lab_command(verb, raw, benchmark);
  if (verb == "fleet" || verb == "report" || verb == "explore" || verb == "sign" || verb == "verify")
    return to_report_command(verb, raw);
  auto selection = read_selection(raw, benchmark);
  if (!selection) return pass_on(selection.error());
  if (verb == "plan") {
    PlanCommand command{std::move(*selection), raw.output, 0, dry_run, format};
    if (const auto read = read_cases_per_task(raw.lab_words, command); !read) return pass_on(read.error());
    return command;
  }
  if (raw.lab_run && raw.lab.empty())
    return wrong("--lab-run: which laboratory measures?", "--lab-run --lab 'Adaptation Lab'");
  RunCommand run;
  run.selection = std::move(*selection);
  run.out = out;
  run.resume = raw.resume;
  run.lab = raw.lab;
  if (raw.lab_run) run.provenance = results::Provenance::lab_run;
  run.peaks_file = raw.peaks;
  run.dry_run = dry_run;
  run.format = format;
  if (const auto read = read_index(raw.lab_words, run); !read) return pass_on(read.error());
  if (const auto read = read_positive("--deadline", raw.deadline, 1e6, run.deadline_s); !read) {
    return pass_on(read.error());
  }
  if (const auto read = read_positive("--memory-limit", raw.memory_limit, 1e6, run.memory_limit_gib); !read) {
    return pass_on(read.error());
  }
  if (verb != "aa") return run;
  AaCommand aa{std::move(run)};
  constexpr int usual_launches = 10;
  if (raw.launches.empty() && raw.plan_file.empty()) aa.run.selection.launches = usual_launches;
  if (const auto read = read_seed(raw.seed, aa.seed); !read) return pass_on(read.error());
  return aa;
}

/// CLI11's help without its marks for lists, and with the whole command in the usage line.
class HelpText : public CLI::Formatter {
 public:
  HelpText() { column_width(24); }
  std::string make_usage(const CLI::App* app, std::string) const override {
    const bool is_verb = app->get_parent() != nullptr;
    const auto words = app->get_options([](const CLI::Option* o) { return o->get_positional(); });
    std::string word = is_verb && !words.empty() ? " " + words[0]->get_name() + "..." : "";
    for (char& c : word) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    return is_verb ? fmt::format("Usage: chipfit {}{} [OPTIONS]\n", app->get_name(), word)
                   : "\nUsage: chipfit VERB [OPTIONS]\n";
  }
  std::string make_option_opts(const CLI::Option* option) const override {
    return option->get_type_name().empty() ? "" : " " + option->get_type_name();
  }
};

std::unique_ptr<CLI::App> make_app(Raw& raw) {
  auto app = std::make_unique<CLI::App>(
      "Adaptation bench for AI chips: verified GEMM and convolution rates through\nvendor plugins.", "chipfit");
  app->formatter(std::make_shared<HelpText>());
  for (const auto& verb : verbs()) {
    auto* sub = app->add_subcommand(verb.name, verb.purpose);
    sub->allow_extras();
    sub->option_defaults()->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
    verb.add_options(*sub, raw);
    for (auto* option : sub->get_options()) {
      if (option->get_expected_max() > 1 && option->nonpositional()) {
        option->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)->allow_extra_args(false);
      }
    }
  }
  // Set last, or every verb would inherit it.
  app->footer(
      "stdout is data, stderr is talk. Exit codes: 0 ok, 1 a bad verdict, 2 usage,\n"
      "65 bad data, 66 missing input, 69 unavailable, 70 internal, 74 input/output,\n"
      "75 interrupted (resumable).\n\nFirst steps: chipfit doctor; chipfit run --suite quick");
  return app;
}

}  // namespace

Result<Command> parse_arguments(const std::vector<std::string>& arguments) {
  Raw raw;
  const auto app = make_app(raw);
  std::vector<std::string> own, benchmark;
  for (const auto& argument : arguments) (is_benchmark_flag(argument) ? benchmark : own).push_back(argument);
  if (own.empty() || own[0] == "help" || own[0] == "-h" || own[0] == "--help") {
    if (own.size() > 1 && own[0] == "help") return parse_arguments({own[1], "--help"});
    if (own.empty()) return wrong("a verb is missing", "chipfit --help lists the verbs");
    return HelpCommand{app->help()};
  }
  if (own[0] == "--version") own[0] = "version";
  std::vector<std::string> names;
  for (const auto& verb : verbs()) names.emplace_back(verb.name);
  if (std::find(names.begin(), names.end(), own[0]) == names.end()) {
    const bool is_option = own[0].starts_with("-");
    const auto suggestion = is_option ? std::string() : did_you_mean(own[0], names);
    const std::string more = "chipfit --help lists the verbs";
    return wrong(fmt::format("{} '{}'", is_option ? "options follow a verb:" : "unknown verb", own[0]),
                 suggestion.empty() ? more : suggestion + "\n" + more);
  }
  auto* verb = app->get_subcommand(own[0]);
  try {
    app->parse(std::vector<std::string>(own.rbegin(), own.rend()));
  } catch (const CLI::CallForHelp&) {
    return HelpCommand{verb->help()};
  } catch (const CLI::ParseError& error) {
    return wrong(error.what(), fmt::format("chipfit {} --help lists the options", own[0]));
  }
  if (const auto rest = app->remaining(true); !rest.empty()) return left_over(*verb, rest);
  return to_command(own[0], raw, benchmark);
}

}  // namespace chipfit::cli
