#pragma once
#include <fmt/format.h>

#include <optional>
#include <string>
#include <vector>

#include "harness/cli/commands.hpp"
#include "harness/cli/lab_arguments.hpp"
#include "harness/cli/vendor_arguments.hpp"
#include "kernels/base/parse_number.hpp"

namespace chipfit::cli {

/// Values as they stand on the command line; they are read once the whole line is known.
struct Raw {
  std::vector<std::string> suites, cases, backends, devices, dtypes, directions, layouts, maths, options, words;
  std::string launches, time, ci, sustained, peaks, threads, deadline, memory_limit, lab, out, plan_file, output, check;
  std::string language, pdf, meta, criteria, key, allowed;
  std::vector<std::string> fail_on;
  std::string baseline, row, column, table, filter, ignore, threshold, explain, report_format, scheme;
  std::string case_count, slowed, reports, seed, from;
  foreign::Facts facts;
  VendorWords vendor;
  LabWords lab_words;
  std::string isolation, require_isolation;
  bool all = false, interleave = false, simultaneous = false, lab_run = false;
  bool quick = false, resume = false, in_process = false, json = false, dry_run = false;
};

/// An error of the command line.
inline tl::unexpected<Error> wrong(std::string what, std::string hint = {}) {
  return fail(Error::Kind::usage, std::move(what), {}, std::move(hint));
}

/// `text` as a whole number from `low` to `high`; an empty text leaves the target as it is.
template <class T>
Result<void> read_whole(const char* option, const std::string& text, T low, T high, T& target) {
  if (text.empty()) return {};
  const auto value = parse_number<T>(text);
  if (!value || *value < low || *value > high)
    return wrong(fmt::format("{}: '{}' is not a whole number from {} to {}", option, text, low, high));
  target = *value;
  return {};
}
/// `text` as a number above 0 and at most `high`; an empty text leaves the target as it is.
Result<void> read_positive(const std::string& option, const std::string& text, double high,
                           std::optional<double>& target);
Result<void> read_seed(const std::string& text, std::uint64_t& target);

// The commands that are more than their words.
Result<Selection> read_selection(const Raw&, const std::vector<std::string>& benchmark_arguments);
Result<CompareCommand> read_compare(const Raw&);
Result<PowerCommand> read_power(const Raw&);
Result<ImportCommand> read_import(const Raw&);

}  // namespace chipfit::cli
