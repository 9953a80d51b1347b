#include "harness/cli/raw_arguments.hpp"
#include "harness/cli/isolation_choice.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "kernels/base/names.hpp"
#include "kernels/base/parse_number.hpp"

namespace chipfit::cli {
namespace {

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
    const auto index = parse_number<std::uint32_t>(word);
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

}  // namespace

Result<void> read_positive(const std::string& option, const std::string& text, double high,
                           std::optional<double>& target) {
  if (text.empty()) return {};
  const auto value = parse_number<double>(text);
  if (!value || !std::isfinite(*value) || *value <= 0 || *value > high) {
    return wrong(fmt::format("{}: '{}' is not a number above 0, at most {}", option, text, high));
  }
  target = *value;
  return {};
}

Result<void> read_seed(const std::string& text, std::uint64_t& target) {
  if (text.empty()) return {};
  const auto value = parse_number<std::uint64_t>(text);
  if (!value) return wrong(fmt::format("--seed: '{}' is not a whole number", text));
  target = *value;
  return {};
}

Result<CompareCommand> read_compare(const Raw& raw) {
  CompareCommand command;
  command.inputs = raw.words;
  command.baseline = raw.baseline;
  command.row = raw.row;
  command.column = raw.column;
  command.filter = raw.filter;
  command.ignore = raw.ignore;
  command.fail_on = raw.fail_on;
  command.explain = raw.explain;
  command.all = raw.all;
  if (!raw.table.empty()) command.table = raw.table == "none" ? std::string() : raw.table;
  if (raw.words.empty()) {
    return wrong("compare what?",
                 "chipfit compare OLD NEW, each a run's folder or its results.csv\n"
                 "chipfit compare RUN --col backend");
  }
  std::optional<double> percent;
  if (const auto read = read_positive("--threshold", raw.threshold, 1000, percent); !read) return pass_on(read.error());
  if (percent) command.threshold = *percent / 100;
  const std::vector<std::string> formats{"text", "markdown", "json", "csv"};
  const auto format = find_name(raw.json                    ? "json"
                                : raw.report_format.empty() ? "text"
                                                            : raw.report_format,
                                "a format of a comparison", formats);
  if (!format) return pass_on(format.error());
  command.format = static_cast<ReportFormat>(*format);
  return command;
}

Result<PowerCommand> read_power(const Raw& raw) {
  PowerCommand command;
  std::optional<double> percent;
  for (const auto& read :
       {read_whole("--cases", raw.case_count, 1, 100000, command.cases),
        read_whole("--launches", raw.launches, 3, 1000, command.launches),
        read_whole("--slowed", raw.slowed, 1, 100000, command.slowed),
        read_whole("--reports", raw.reports, 1, 10000, command.reports), read_seed(raw.seed, command.seed),
        read_positive("--threshold", raw.threshold, 1000, percent), read_options(raw, command.options)}) {
    if (!read) return pass_on(read.error());
  }
  if (percent) command.threshold = *percent / 100;
  if (!raw.from.empty() && (!raw.case_count.empty() || !raw.launches.empty() || !raw.options.empty())) {
    return wrong("--from takes cases and launches from a run: --cases, --launches and --option are not asked");
  }
  command.from = raw.from;
  command.format = raw.json ? Format::json : Format::people;
  return command;
}

Result<ImportCommand> read_import(const Raw& raw) {
  if (raw.words.size() != 2) {
    return wrong("import takes a format and a file", "chipfit import deepbench deepbench_gemm.csv -o gemm.csv");
  }
  const auto source = foreign::parse_source(raw.words[0]);
  if (!source) return pass_on(source.error());
  return ImportCommand{*source, raw.words[1], raw.output, raw.facts, raw.json ? Format::json : Format::people};
}

Result<Selection> read_selection(const Raw& raw, const std::vector<std::string>& benchmark_arguments) {
  Selection selection;
  selection.suites = raw.suites;
  selection.cases = raw.cases;
  selection.backends = raw.backends;
  selection.quick = raw.quick;
  selection.in_process = raw.in_process;
  selection.interleave = raw.interleave;
  selection.simultaneous = raw.simultaneous;
  selection.isolation = raw.isolation;
  selection.require_isolation = raw.require_isolation;
  selection.plan_file = raw.plan_file;
  selection.elsewhere = raw.lab_words.elsewhere;
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
        !raw.options.empty() || !raw.threads.empty() || !raw.launches.empty() || raw.interleave || raw.simultaneous ||
        raw.quick || raw.in_process || !raw.isolation.empty() || !raw.time.empty() || !raw.ci.empty() ||
        !raw.sustained.empty() || !flags->filter.empty() || flags->repetitions) {
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
  if (selection.elsewhere && selection.devices.empty())
    return wrong("--elsewhere asks nobody for devices: say which with --devices", "--elsewhere --devices 0,1,2,3");
  if (raw.simultaneous && raw.interleave)
    return wrong("--simultaneous and --interleave contradict each other", "devices work at once, or take turns");
  if (raw.simultaneous && raw.in_process)
    return wrong("--simultaneous and --in-process contradict each other", "each device needs a worker of its own");
  if (raw.in_process && !raw.isolation.empty()) return wrong("--in-process and --isolation contradict each other");
  return selection;
}

}  // namespace chipfit::cli
