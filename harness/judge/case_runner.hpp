#pragma once
#include <functional>
#include <string>
#include <vector>

#include "kernels/base/result.hpp"

namespace chipfit::judge {

/// One benchmark of Google Benchmark: `repetition()` is called once for every repetition.
struct RunnableCase {
  struct Measured {
    double time_s = 0;      ///< per problem
    double flop_per_s = 0;  ///< 0: not rated
    std::string label;      ///< verdict and algorithm
    std::string error;      ///< not empty: reported as an error of the benchmark
  };
  std::string name;  ///< "<case_id>/<backend>/<device>"
  std::function<Measured()> repetition;
};

/// Runs the cases through Google Benchmark with its own flags (--benchmark_filter, --benchmark_out, …). One call per
/// process: a second RunSpecifiedBenchmarks would truncate the output file. Errors: usage (a flag that Google Benchmark
/// does not know), io (the output file cannot be written).
Result<void> run_with_google_benchmark(const std::vector<RunnableCase>&, const std::vector<std::string>& flags,
                                       int repetitions);

/// Google Benchmark adds "/iterations:1/manual_time" to a case's name.
std::string google_benchmark_name(const std::string& name);

}  // namespace chipfit::judge
