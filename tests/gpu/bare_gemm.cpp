// gpu_bare_gemm SECONDS CASE…: products by cuBLASLt in a bare loop that events time, as CSV: what the harness's rate is
// held against. Operands are uniform on [−1, 1] and rotate through at least twice the L2 cache; the algorithm is the
// heuristic's first, as the plugin's option trial_s=0 takes it.
#include <fmt/format.h>

#include <chipfit/chipfit_plugin.hpp>
#include <cstdlib>
#include <string>
#include <vector>

#include "backends/common/cuda/open_device.hpp"
#include "backends/common/cuda/random_data.hpp"
#include "backends/common/cuda/trial.hpp"
#include "backends/cuda/gemm.hpp"
#include "backends/cuda/libraries.hpp"
#include "harness/stats/median_ci.hpp"
#include "harness/wire/abi.hpp"
#include "kernels/base/csv.hpp"
#include "kernels/problem/case_id.hpp"

namespace {

constexpr int exit_usage = 2, exit_failed = 70, exit_unavailable = 69;
constexpr double round_s = 0.02;

/// Buffers for one operand after the other, together at least twice the L2 cache.
struct Operands {
  std::vector<cuda::Memory> sets[3];
};

Operands operands_of(const cuda::Context& context, const chipfit_problem& problem, std::uint64_t cache_bytes) {
  Operands operands;
  const auto elements = cuda::elements_of(problem);
  const std::uint32_t types[] = {problem.dtype_a, problem.dtype_b, problem.dtype_out};
  for (std::size_t i = 0; i < 3; ++i) {
    const std::uint64_t bytes = elements[i] * cuda::bytes_of(types[i]);
    const std::uint64_t count = std::max<std::uint64_t>(2, (2 * cache_bytes + bytes - 1) / bytes);
    for (std::uint64_t n = 0; n < std::min<std::uint64_t>(count, 256); ++n)
      operands.sets[i].push_back(cuda::random_memory(context.driver, context.stream, types[i], elements[i]));
  }
  return operands;
}

struct Measured {
  std::vector<double> round_s;  ///< per product
  std::string algorithm;
};

Measured measure(const cuda::Context& context, const cuda::Gemm& gemm, const chipfit_problem& problem, double seconds,
                 std::uint64_t cache_bytes) {
  const auto program = gemm.prepare(context, problem);
  const Operands operands = operands_of(context, problem, cache_bytes);
  std::size_t turn = 0;
  const auto round = [&](int count) {
    cuda::Event begin(context.driver), end(context.driver);
    begin.record(context.stream);
    for (int i = 0; i < count; ++i, ++turn) {
      const auto at = [&](std::size_t which) {
        const auto& set = operands.sets[which];
        return set[turn % set.size()].address();
      };
      program->run(at(0), at(1), at(2));
    }
    end.record(context.stream);
    return end.seconds_since(begin) / count;
  };
  round(1);
  const int count = static_cast<int>(std::clamp(round_s / std::max(round(3), 1e-7), 1.0, 20000.0));
  Measured measured{{}, program->algorithm()};
  double spent_s = -0.3 * seconds;  // warming up is not counted
  while (spent_s < seconds || measured.round_s.size() < 6) {
    const double each_s = round(count);
    spent_s += each_s * count;
    if (spent_s > 0) measured.round_s.push_back(each_s);
  }
  return measured;
}

int run(double seconds, const std::vector<std::string>& cases) {
  using namespace chipfit;
  const cuda::Libraries& libraries = cuda::libraries();
  cuda::device_count(libraries.driver);
  cuda::OpenDevice device(libraries.driver, 0);
  cuda::Settings settings;
  settings.trial_s = 0;
  const cuda::Context context{libraries.driver, device.stream, cuda::capability_of(libraries.driver, device.device),
                              settings};
  const cuda::Gemm gemm(libraries.lt);
  const std::uint64_t cache_bytes = cuda::cache_bytes_of(libraries.driver, device.device);
  fmt::print("case_id,rounds,time_median_s,time_min_s,rate_flop_per_s,algorithm\n");
  for (const std::string& id : cases) {
    const auto problem = parse_case_id(id);
    if (!problem) {
      fmt::print(stderr, "error: {}: {}\n", id, problem.error().what);
      return exit_usage;
    }
    const Measured measured = measure(context, gemm, wire::to_abi(*problem), seconds, cache_bytes);
    const double median_s = stats::median_ci(measured.round_s, 0.05).median;
    fmt::print("{}\n",
               csv::line({id, std::to_string(measured.round_s.size()), fmt::format("{}", median_s),
                          fmt::format("{}", *std::min_element(measured.round_s.begin(), measured.round_s.end())),
                          fmt::format("{}", static_cast<double>(flop(*problem)) / median_s), measured.algorithm}));
    std::fflush(stdout);
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const double seconds = argc > 2 ? std::atof(argv[1]) : 0;
  if (!(seconds > 0)) {
    fmt::print(stderr, "usage: gpu_bare_gemm SECONDS CASE…\n");
    return exit_usage;
  }
  try {
    return run(seconds, {argv + 2, argv + argc});
  } catch (const chipfit::plugin::Failure& failure) {
    fmt::print(stderr, "error: {}\n", failure.what());
    return failure.status() == CHIPFIT_UNAVAILABLE ? exit_unavailable : exit_failed;
  }
}
