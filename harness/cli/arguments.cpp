#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <cmath>

#include "harness/cli/commands.hpp"
#include "harness/cli/isolation_choice.hpp"
#include "harness/cli/text.hpp"
#include "kernels/base/did_you_mean.hpp"

namespace chipfit::cli {
namespace {

tl::unexpected<Error> wrong(std::string what, std::string hint = {}) {
  return fail(Error::Kind::usage, std::move(what), {}, std::move(hint));
}

/// Values as they stand on the command line; they are read once the whole line is known.
struct Raw {
  std::vector<std::string> suites, cases, backends, devices, dtypes, directions, layouts, maths, options, words;
  std::string launches, time, ci, sustained, peaks, threads, deadline, memory_limit, lab, out, plan_file, output, check;
  std::string isolation, require_isolation;
  bool quick = false, resume = false, in_process = false, json = false, dry_run = false;
};

template <class T>
std::optional<T> number(const std::string& text) {
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

Result<void> read_whole(const std::string& option, const std::string& text, int low, int high, int& target) {
  if (text.empty()) return {};
  const auto value = number<int>(text);
  if (!value || *value < low || *value > high) {
    return wrong(fmt::format("{}: '{}' is not a whole number from {} to {}", option, text, low, high));
  }
  target = *value;
  return {};
}

Result<void> read_positive(const std::string& option, const std::string& text, double high,
                           std::optional<double>& target) {
  if (text.empty()) return {};
  const auto value = number<double>(text);
  if (!value || !std::isfinite(*value) || *value <= 0 || *value > high) {
    return wrong(fmt::format("{}: '{}' is not a number above 0, at most {}", option, text, high));
  }
  target = *value;
  return {};
}

template <class T, class Parse>
Result<void> read_list(const std::string& option, const std::vector<std::string>& words, Parse parse,
                       std::vector<T>& target) {
  for (const auto& word : words) {
    const auto value = parse(word);
    if (!value) {
      auto error = value.error();
      error.what = fmt::format("{}: {}", option, error.what);
      return pass_on(std::move(error));
    }
    target.push_back(*value);
  }
  return {};
}

Result<void> read_devices(const std::vector<std::string>& words, std::vector<std::uint32_t>& target) {
  if (words.size() == 1 && words[0] == "all") return {};
  for (const auto& word : words) {
    const auto index = number<std::uint32_t>(word);
    if (!index)
      return wrong(fmt::format("--devices: '{}' is no device number", word), "--devices all, or --devices 0,1");
    if (std::find(target.begin(), target.end(), *index) == target.end()) target.push_back(*index);
  }
  return {};
}

/// A plugin takes its options as one line of words, so neither part may hold a space.
Result<void> read_options(const Raw& raw, std::vector<std::string>& target) {
  for (const auto& option : raw.options) {
    const auto equals = option.find('=');
    const bool has_space = option.find_first_of(" \t\n") != std::string::npos;
    if (equals == std::string::npos || equals == 0 || has_space) {
      return wrong(fmt::format("--option: '{}' is not key=value without spaces", option), "--option threads=2");
    }
    target.push_back(option);
  }
  if (!raw.threads.empty()) {
    int threads = 0;
    if (const auto read = read_whole("--threads", raw.threads, 1, 65536, threads); !read) return read;
    target.push_back(fmt::format("threads={}", threads));
  }
  return {};
}

Result<Selection> read_selection(const Raw& raw, const std::vector<std::string>& benchmark_arguments) {
  Selection selection;
  selection.suites = raw.suites;
  selection.cases = raw.cases;
  selection.backends = raw.backends;
  selection.quick = raw.quick;
  selection.in_process = raw.in_process;
  selection.isolation = raw.isolation;
  selection.require_isolation = raw.require_isolation;
  selection.plan_file = raw.plan_file;
  const auto flags = parse_benchmark_flags(benchmark_arguments);
  if (!flags) return pass_on(flags.error());
  selection.benchmark = *flags;
  selection.launches = flags->repetitions.value_or(1);
  std::optional<double> ci_percent;
  for (const auto& read :
       {read_devices(raw.devices, selection.devices), read_options(raw, selection.options),
        read_list("--dtype", raw.dtypes, parse_combo, selection.overrides.dtypes),
        read_list("--direction", raw.directions, parse_direction, selection.overrides.directions),
        read_list("--layout", raw.layouts, parse_layout, selection.overrides.layouts),
        read_list("--math", raw.maths, parse_math, selection.overrides.maths),
        read_whole("--launches", raw.launches, 1, 1000000, selection.launches),
        check_isolation_word("--isolation", raw.isolation, AutoWord::taken),
        check_isolation_word("--require-isolation", raw.require_isolation, AutoWord::refused),
        read_positive("--time", raw.time, 86400, selection.time_s), read_positive("--ci", raw.ci, 100, ci_percent),
        read_positive("--sustained", raw.sustained, 3600, selection.sustained_s)}) {
    if (!read) return pass_on(read.error());
  }
  if (ci_percent) selection.ci_relative = *ci_percent / 100;

  const bool overrides = !raw.dtypes.empty() || !raw.directions.empty() || !raw.layouts.empty() || !raw.maths.empty();
  if (!raw.plan_file.empty()) {
    if (!raw.suites.empty() || !raw.cases.empty() || !raw.backends.empty() || !raw.devices.empty() || overrides ||
        !raw.options.empty() || !raw.threads.empty() || !raw.launches.empty() || raw.quick || raw.in_process ||
        !raw.isolation.empty() || !raw.time.empty() || !raw.ci.empty() || !raw.sustained.empty() ||
        !flags->filter.empty() || flags->repetitions) {
      return wrong("--plan is a frozen plan: cases, backends, devices and how they are measured come from it",
                   "leave the other options out, or make another plan: chipfit plan … -o FILE");
    }
    return selection;
  }
  if (raw.suites.empty() && raw.cases.empty()) {
    return wrong(
        "nothing is selected: name a suite or a case",
        "chipfit run --suite quick\nchipfit run --case gemm:f32:NN:512x512x512\nchipfit suites lists the suites");
  }
  if (raw.suites.empty() && overrides) {
    return wrong("--dtype, --direction, --layout and --math change suites, and no suite is selected",
                 "write them into the case id: gemm:f32:NN:512x512x512:tf32");
  }
  if (raw.in_process && !raw.isolation.empty()) return wrong("--in-process and --isolation contradict each other");
  return selection;
}

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
  verb.add_flag("--quick", raw.quick, "about 0.2 s a case (suite quick implies it)");
  verb.add_option("--time", raw.time, "measure a case for at most S seconds")->type_name("S");
  verb.add_option("--ci", raw.ci, "stop at this half-width of the interval, in %")->type_name("P");
  verb.add_option("--sustained", raw.sustained, "then work on for S seconds (12 or more), for energy")->type_name("S");
  verb.add_option("--threads", raw.threads, "host threads of the plugin")->type_name("N");
  verb.add_option("--option", raw.options, "option for the plugin; may be repeated")->type_name("K=V");
  verb.add_option("--isolation", raw.isolation, "auto, L0, L1, L1+Landlock, L2, L3")->type_name("LEVEL");
  verb.add_option("--require-isolation", raw.require_isolation, "refuse to run with less")->type_name("LEVEL");
  verb.add_flag("--in-process", raw.in_process, "no worker process, for debuggers: UNTRUSTED");
  verb.add_option("--plan", raw.plan_file, "a frozen plan from `chipfit plan -o`")->type_name("FILE");
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
         verb.add_option("-o,--output", raw.output, "write the frozen plan here")->type_name("FILE");
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
         verb.add_option("--peaks", raw.peaks, "measured peaks of GPUs, as chipfit-cuda-peak prints them")
             ->type_name("FILE");
         verb.add_flag("--dry-run", raw.dry_run, "print the commands, run nothing");
         add_common(verb, raw);
         verb.footer(
             "Every --benchmark_* flag of Google Benchmark is taken too\n"
             "(--benchmark_filter=REGEX, --benchmark_out=FILE).");
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

Result<Command> to_command(const std::string& verb, const Raw& raw, const std::vector<std::string>& benchmark) {
  const auto format = raw.json ? Format::json : Format::people;
  const auto dry_run = raw.dry_run ? DryRun::yes : DryRun::no;
  const std::filesystem::path out = raw.out.empty() ? "results" : raw.out;
  if (verb != "run" && verb != "plan" && !benchmark.empty()) {
    return wrong(fmt::format("{} belongs to 'chipfit run'", benchmark.front()));
  }
  if (verb == "devices") return DevicesCommand{raw.backends, format};
  if (verb == "suites") return SuitesCommand{raw.check, format};
  if (verb == "doctor") return DoctorCommand{out, format};
  if (verb == "version") return VersionCommand{format};
  if (verb == "explain") {
    if (raw.words.empty()) {
      return wrong("explain what?", "chipfit explain NOT_WRITTEN\nchipfit explain gemm:f32:NN:512x512x512");
    }
    return ExplainCommand{raw.words, format};
  }
  auto selection = read_selection(raw, benchmark);
  if (!selection) return pass_on(selection.error());
  if (verb == "plan") return PlanCommand{std::move(*selection), raw.output, dry_run, format};
  RunCommand run{
      std::move(*selection), out, raw.resume, std::nullopt, std::nullopt, raw.lab, raw.peaks, dry_run, format};
  if (const auto read = read_positive("--deadline", raw.deadline, 1e6, run.deadline_s); !read) {
    return pass_on(read.error());
  }
  if (const auto read = read_positive("--memory-limit", raw.memory_limit, 1e6, run.memory_limit_gib); !read) {
    return pass_on(read.error());
  }
  return run;
}

/// CLI11's help without its marks for lists, and with the whole command in the usage line.
class HelpText : public CLI::Formatter {
 public:
  HelpText() { column_width(24); }
  std::string make_usage(const CLI::App* app, std::string) const override {
    const bool is_verb = app->get_parent() != nullptr;
    const auto words = is_verb && !app->get_options([](const CLI::Option* o) { return o->get_positional(); }).empty();
    return is_verb ? fmt::format("Usage: chipfit {}{} [OPTIONS]\n", app->get_name(), words ? " WORD..." : "")
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
