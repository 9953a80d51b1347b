#include "harness/judge/case_runner.hpp"

#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <fstream>

namespace chipfit::judge {
namespace {

/// The judge has its own display; Google Benchmark's file reporter still writes --benchmark_out.
class SilentReporter final : public benchmark::BenchmarkReporter {
 public:
  bool ReportContext(const Context&) override { return true; }
  void ReportRuns(const std::vector<Run>&) override {}
};

std::string flag_value(const std::vector<std::string>& flags, std::string_view name) {
  for (const std::string& flag : flags)
    if (flag.compare(0, name.size(), name) == 0 && flag.size() > name.size() && flag[name.size()] == '=')
      return flag.substr(name.size() + 1);
  return {};
}

void benchmark_case(benchmark::State& state, const RunnableCase& runnable) {
  RunnableCase::Measured measured;
  for (auto _ : state) {
    measured = runnable.repetition();
    state.SetIterationTime(measured.time_s);
  }
  if (!measured.error.empty()) {
    state.SkipWithError(measured.error.c_str());
    return;
  }
  state.SetLabel(measured.label);
  if (measured.flop_per_s > 0) state.counters["FLOP/s"] = measured.flop_per_s;
}

}  // namespace

std::string google_benchmark_name(const std::string& name) {
  return name + "/iterations:1/manual_time";
}

Result<void> run_with_google_benchmark(const std::vector<RunnableCase>& cases, const std::vector<std::string>& flags,
                                       int repetitions) {
  // Google Benchmark ends the process when it cannot open its file: find out first.
  if (const std::string out = flag_value(flags, "--benchmark_out"); !out.empty()) {
    if (!std::ofstream(out, std::ios::app))
      return fail(Error::Kind::io, fmt::format("cannot write: {}", std::strerror(errno)), out,
                  "--benchmark_out needs a folder that exists and can be written");
  }
  std::vector<std::string> texts{"chipfit"};
  texts.insert(texts.end(), flags.begin(), flags.end());
  texts.push_back(fmt::format("--benchmark_repetitions={}", repetitions));
  std::vector<char*> arguments;
  for (std::string& text : texts) arguments.push_back(text.data());
  int count = static_cast<int>(arguments.size());
  benchmark::Initialize(&count, arguments.data());
  if (count > 1)
    return fail(Error::Kind::usage, fmt::format("Google Benchmark does not know {}", arguments[1]), {},
                "chipfit run passes --benchmark_… flags on; see google/benchmark's user guide");
  for (const RunnableCase& runnable : cases)
    benchmark::RegisterBenchmark(runnable.name.c_str(),
                                 [&runnable](benchmark::State& state) { benchmark_case(state, runnable); })
        ->Iterations(1)
        ->UseManualTime();
  SilentReporter display;
  benchmark::RunSpecifiedBenchmarks(&display);
  benchmark::ClearRegisteredBenchmarks();
  return {};
}

}  // namespace chipfit::judge
