#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>

#include "harness/cli/raw_arguments.hpp"
#include "harness/cli/verb_table.hpp"
#include "kernels/base/did_you_mean.hpp"
#include "kernels/base/names.hpp"

namespace chipfit::cli {
namespace {

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
    sub->add_flag("--json", raw.json, "data as JSON on stdout");
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
