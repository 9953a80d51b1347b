#include "harness/cli/run_here.hpp"

#include <algorithm>
#include <chrono>

#include "harness/cli/paths.hpp"
#include "harness/cli/run_progress.hpp"

namespace chipfit::cli {
namespace {

judge::MeasureSettings settings_of(const plan::Plan& plan) {
  auto settings = plan.mode == "quick" ? judge::MeasureSettings::quick_look() : judge::MeasureSettings::standard();
  if (plan.time_s > 0) {
    settings.stop.max_time_s = plan.time_s;
    settings.stop.min_time_s = std::min(settings.stop.min_time_s, plan.time_s);
    // A short look is short in every mode.
    settings.latency_s = std::min(settings.latency_s, 0.25 * plan.time_s);
    settings.proven_s = std::min(settings.proven_s, plan.time_s);
  }
  settings.sustained_s = plan.sustained_s;
  if (plan.ci_relative > 0) settings.stop.target_relative_half_width = plan.ci_relative;
  return settings;
}

/// One limit for the calls of a case; loading a library and opening a device may take longer on a cold machine.
judge::Deadlines deadlines_of(const std::optional<double>& seconds) {
  judge::Deadlines deadlines;
  if (!seconds) return deadlines;
  constexpr double shortest_start_s = 10;
  deadlines.load_s = deadlines.open_s = std::max(*seconds, shortest_start_s);
  deadlines.prepare_s = deadlines.transfer_s = deadlines.call_s = *seconds;
  return deadlines;
}

double seconds_now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

}  // namespace

Result<judge::RunOptions> run_options(const PlannedRun& planned, const RunCommand& command,
                                      const std::vector<std::string>& arguments) {
  judge::RunOptions options;
  options.plan = planned.plan;
  options.backends = planned.backends;
  options.out = command.out;
  options.resume = command.resume;
  options.measure = settings_of(planned.plan);
  options.deadlines = deadlines_of(command.deadline_s);
  if (command.memory_limit_gib)
    options.memory_limit_bytes = static_cast<std::uint64_t>(*command.memory_limit_gib * (1u << 30));
  options.worker_binary = worker_binary();
  options.benchmark_flags = command.selection.benchmark.passed_on;
  options.argv = {"chipfit"};
  options.argv.insert(options.argv.end(), arguments.begin(), arguments.end());
  options.isolation = planned.isolation.level;
  options.weaker = planned.isolation.weaker;
  options.isolation_of = planned.isolation_of;
  options.in_process = planned.plan.isolation == "in-process";
  options.lab = command.lab;
  options.provenance = command.provenance;
  if (!command.peaks_file.empty()) {
    auto peaks = judge::read_device_peaks(command.peaks_file);
    if (!peaks) return pass_on(peaks.error());
    options.device_peaks = std::move(*peaks);
  }
  return options;
}

Result<judge::RunSummary> run_here(const judge::RunOptions& options, Console& console) {
  RunProgress progress(console, seconds_now);
  auto summary = judge::run(options, progress);
  console.status().clear();
  return summary;
}

}  // namespace chipfit::cli
