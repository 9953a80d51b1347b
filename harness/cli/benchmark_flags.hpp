#pragma once
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "harness/plan/plan.hpp"
#include "kernels/base/result.hpp"

namespace chipfit::cli {

/// Google Benchmark's own flags, sorted by who acts on them.
struct BenchmarkFlags {
  std::string filter;                  ///< --benchmark_filter; empty: everything
  bool list_tests = false;             ///< --benchmark_list_tests
  std::optional<int> repetitions;      ///< --benchmark_repetitions: a repetition is a launch
  std::vector<std::string> passed_on;  ///< for the library: --benchmark_out=…
};

bool is_benchmark_flag(const std::string& argument);

/// Errors (usage): a flag that Google Benchmark 1.7 does not have (did-you-mean), a flag without a value.
Result<BenchmarkFlags> parse_benchmark_flags(const std::vector<std::string>&);

/// The name that Google Benchmark gives a case on a device.
using BenchmarkName = std::function<std::string(const std::string& case_id, const plan::PlannedDevice&)>;

/// Leaves in the plan what the filter selects, as Google Benchmark 1.7 reads it: a POSIX extended expression that may
/// match anywhere in the name, a leading '-' turns it round, "all" and "" select everything. Errors (usage): not an
/// expression; nothing matches; the selection is not "these cases on these devices", which is what a plan can say.
Result<void> apply_filter(plan::Plan&, const std::string& filter, const BenchmarkName&);

}  // namespace chipfit::cli
