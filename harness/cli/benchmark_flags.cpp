#include "harness/cli/benchmark_flags.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <regex>
#include <set>

#include "kernels/base/did_you_mean.hpp"
#include "kernels/base/parse_number.hpp"

namespace chipfit::cli {
namespace {

constexpr std::string_view prefix = "--benchmark_";

const std::vector<std::string>& known_flags() {
  static const std::vector<std::string> flags{"--benchmark_list_tests",
                                              "--benchmark_filter",
                                              "--benchmark_min_time",
                                              "--benchmark_min_warmup_time",
                                              "--benchmark_repetitions",
                                              "--benchmark_enable_random_interleaving",
                                              "--benchmark_report_aggregates_only",
                                              "--benchmark_display_aggregates_only",
                                              "--benchmark_format",
                                              "--benchmark_out",
                                              "--benchmark_out_format",
                                              "--benchmark_color",
                                              "--benchmark_counters_tabular",
                                              "--benchmark_perf_counters",
                                              "--benchmark_context",
                                              "--benchmark_time_unit"};
  return flags;
}

/// As Google Benchmark reads booleans: anything but these is true, and so is a flag without a value.
bool is_true(const std::string& value) {
  static const std::set<std::string> no{"0",     "f",  "F",  "n",  "N",   "false", "False",
                                        "FALSE", "no", "No", "NO", "off", "Off",   "OFF"};
  return !no.contains(value);
}

}  // namespace

bool is_benchmark_flag(const std::string& argument) {
  return argument.starts_with(prefix);
}

Result<BenchmarkFlags> parse_benchmark_flags(const std::vector<std::string>& arguments) {
  BenchmarkFlags flags;
  for (const auto& argument : arguments) {
    const auto equals = argument.find('=');
    const auto name = argument.substr(0, equals);
    const auto value = equals == std::string::npos ? std::string() : argument.substr(equals + 1);
    if (std::find(known_flags().begin(), known_flags().end(), name) == known_flags().end()) {
      return fail(Error::Kind::usage, fmt::format("unknown option '{}'", name), {}, did_you_mean(name, known_flags()));
    }
    const bool takes_none = name.ends_with("_tests") || name.ends_with("_only") || name.ends_with("_tabular") ||
                            name.ends_with("_interleaving");
    if (equals == std::string::npos && !takes_none) {
      return fail(Error::Kind::usage, fmt::format("{} needs a value", name), {},
                  fmt::format("write it with an equals sign: {}=…", name));
    }
    if (name == "--benchmark_filter") {
      flags.filter = value;
    } else if (name == "--benchmark_list_tests") {
      flags.list_tests = is_true(value);
    } else if (name == "--benchmark_repetitions") {
      const auto count = parse_number<int>(value);
      if (!count || *count < 1) {
        return fail(Error::Kind::usage, fmt::format("{}: '{}' is not a whole number from 1 on", name, value));
      }
      flags.repetitions = *count;
    } else {
      flags.passed_on.push_back(argument);
    }
  }
  return flags;
}

Result<void> apply_filter(plan::Plan& plan, const std::string& filter, const BenchmarkName& benchmark_name) {
  if (filter.empty() || filter == "all") return {};
  const bool negative = filter.front() == '-';
  std::regex expression;
  try {
    expression = std::regex(negative ? filter.substr(1) : filter, std::regex_constants::extended);
  } catch (const std::regex_error& error) {
    return fail(Error::Kind::usage,
                fmt::format("--benchmark_filter: '{}' is no regular expression: {}", filter, error.what()));
  }
  std::set<std::size_t> cases, devices;
  std::set<std::pair<std::size_t, std::size_t>> selected;
  for (std::size_t i = 0; i < plan.cases.size(); ++i) {
    for (std::size_t j = 0; j < plan.devices.size(); ++j) {
      if (std::regex_search(benchmark_name(plan.cases[i].case_id, plan.devices[j]), expression) == negative) continue;
      cases.insert(i);
      devices.insert(j);
      selected.insert({i, j});
    }
  }
  if (selected.empty()) {
    const auto example = plan.cases.empty() || plan.devices.empty()
                             ? std::string()
                             : fmt::format("names look like '{}'; --benchmark_list_tests prints them all",
                                           benchmark_name(plan.cases[0].case_id, plan.devices[0]));
    return fail(Error::Kind::usage, fmt::format("--benchmark_filter: nothing matches '{}'", filter), {}, example);
  }
  for (const auto i : cases) {
    for (const auto j : devices) {
      if (selected.contains({i, j})) continue;
      return fail(Error::Kind::usage,
                  fmt::format("--benchmark_filter '{}' selects other cases on one device than on another ('{}' not on "
                              "{} {}); a plan runs every case on every device",
                              filter, plan.cases[i].case_id, plan.devices[j].backend, plan.devices[j].device_index),
                  {}, "run once for each backend: --backend NAME with a filter for its cases");
    }
  }
  std::vector<plan::PlannedCase> kept_cases;
  std::vector<plan::PlannedDevice> kept_devices;
  for (const auto i : cases) kept_cases.push_back(std::move(plan.cases[i]));
  for (const auto j : devices) kept_devices.push_back(std::move(plan.devices[j]));
  plan.cases = std::move(kept_cases);
  plan.devices = std::move(kept_devices);
  return {};
}

}  // namespace chipfit::cli
