#include "harness/judge/run.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <thread>
#include <utility>

#include "harness/judge/aggregate.hpp"
#include "harness/judge/attempt.hpp"
#include "harness/judge/case_runner.hpp"
#include "harness/judge/device_under_test.hpp"
#include "harness/judge/journal.hpp"
#include "harness/judge/provenance.hpp"
#include "harness/judge/rows.hpp"
#include "harness/judge/schedule.hpp"
#include "harness/judge/stop_signal.hpp"
#include "harness/results/build_info.hpp"
#include "harness/results/digest.hpp"
#include "harness/sandbox/protect.hpp"
#include "harness/sandbox/scratch_folder.hpp"
#include "harness/telemetry/machine.hpp"

namespace chipfit::judge {
namespace {

namespace fs = std::filesystem;

/// The rows a plan promises, by what is known before any plugin is loaded.
using RowKey = std::tuple<std::string, std::string, std::uint32_t, int>;  // case, backend, device, launch

std::string case_name(const std::string& case_id, const std::string& backend, std::uint32_t device) {
  return fmt::format("{}/{}/{}", case_id, backend, device);
}

telemetry::Machine machine_of(const RunOptions& options) {
  auto machine = telemetry::describe_machine();
  if (!options.host.empty()) machine.host = options.host;
  return machine;
}

class Runner {
 public:
  Runner(const RunOptions& options, std::string plan_sha256, RunObserver& observer, Journal& journal,
         const StopSignal& signal)
      : options_(options),
        observer_(observer),
        journal_(journal),
        stop_(signal.flag()),
        machine_(machine_of(options)),
        telemetry_(journal.folder()),
        run_{.run_id = journal.run_id(),
             .host = machine_.host,
             .lab = options.lab,
             .plan_sha256 = std::move(plan_sha256),
             .harness_version = results::harness_version(),
             .isolation = options.in_process ? "in-process" : std::string(name(options.isolation)),
             .provenance = options.provenance},
        provenance_(options, machine_, run_) {
    for (const plan::PlannedDevice& planned : options.plan.devices) {
      devices_.emplace_back(planned, options.isolation);
      if (const auto known = options.isolation_of.find(planned.backend); known != options.isolation_of.end())
        observer.note(devices_.back().take_weaker_level(known->second, "it cannot be asked for its devices"));
    }
    for (const auto& row : journal.present()) {
      done_.insert(key_of(row));
      summary_.rows.push_back(row);
    }
    summary_.folder = journal.folder();
  }

  Result<RunSummary> run() {
    auto scratch = sandbox::ScratchFolder::make();
    if (!scratch) return pass_on(std::move(scratch).error());
    scratch_ = std::move(*scratch);
    CHIPFIT_ATTEMPT(provenance_.begin(journal_.folder()));
    observer_.run_started(journal_.folder(), planned(), done_.size());
    for (const std::string& note : journal_.notes()) observer_.note(note);
    const auto cases = is_together()                                     ? together_cases()
                       : options_.plan.order == plan::Order::interleaved ? interleaved_cases()
                                                                         : runnable_cases();
    const int repetitions = options_.plan.order == plan::Order::by_case ? options_.plan.launches : 1;
    if (auto ran = run_with_google_benchmark(cases, options_.benchmark_flags, repetitions); !ran) {
      if (!fatal_) fatal_ = ran.error();
    }
    // Whatever Google Benchmark left out (its flags can stop a repetition) still gets its row.
    if (is_together()) {
      for (int launch = 1; launch <= options_.plan.launches; ++launch)
        for (const auto& planned_case : options_.plan.cases) measure_together(planned_case, launch);
    } else if (!fatal_)
      for (std::size_t d = 0; d < devices_.size(); ++d)
        for (const auto& planned_case : options_.plan.cases)
          for (int launch = 1; launch <= options_.plan.launches; ++launch)
            if (!is_done(planned_case, d, launch)) run_case(planned_case, d, launch);
    for (DeviceUnderTest& device : devices_) device.end_worker();
    if (is_together() && !fatal_)
      if (auto written = write_aggregates(); !written) fatal_ = written.error();
    summary_.interrupted = stop_.load() && summary_.rows.size() < planned();
    if (auto ended = provenance_.end(journal_.folder(), summary_.interrupted); !ended && !fatal_)
      fatal_ = ended.error();
    for (const std::string& note : provenance_.notes()) observer_.note(note);
    if (fatal_) return pass_on(*fatal_);
    return summary_;
  }

 private:
  bool is_together() const { return options_.plan.order == plan::Order::simultaneous; }

  std::size_t planned() const {
    return options_.plan.cases.size() * devices_.size() * static_cast<std::size_t>(options_.plan.launches);
  }

  static RowKey key_of(const results::Row& row) {
    using results::Column;
    return {row.text(Column::case_id), row.text(Column::backend),
            static_cast<std::uint32_t>(row.integer(Column::device_index).value_or(0)),
            static_cast<int>(row.integer(Column::launch).value_or(1))};
  }

  bool is_done(const plan::PlannedCase& planned_case, std::size_t d, int launch) const {
    const plan::PlannedDevice& device = options_.plan.devices[d];
    return done_.count({planned_case.case_id, device.backend, device.device_index, launch}) > 0;
  }

  std::vector<RunnableCase> runnable_cases() {
    std::vector<RunnableCase> cases;
    for (std::size_t d = 0; d < devices_.size(); ++d) {
      const plan::PlannedDevice& device = options_.plan.devices[d];
      for (const auto& planned_case : options_.plan.cases) {
        cases.push_back({case_name(planned_case.case_id, device.backend, device.device_index),
                         [this, d, &planned_case] { return next_launch(planned_case, d); }});
      }
    }
    return cases;
  }

  /// Every launch is a benchmark of its own: repetitions would come one after another.
  std::vector<RunnableCase> interleaved_cases() {
    const auto& planned = options_.plan;
    std::vector<RunnableCase> cases;
    for (const ScheduledRow& row :
         interleaved(devices_.size(), planned.cases.size(), planned.launches, provenance_.order_seed())) {
      const plan::PlannedDevice& device = planned.devices[row.device];
      const plan::PlannedCase& planned_case = planned.cases[row.planned_case];
      cases.push_back({fmt::format("{}/launch:{}", case_name(planned_case.case_id, device.backend, device.device_index),
                                   row.launch),
                       [this, row, &planned_case] { return measure_launch(planned_case, row.device, row.launch); }});
    }
    return cases;
  }

  /// All devices at once are one benchmark.
  std::vector<RunnableCase> together_cases() {
    std::vector<RunnableCase> cases;
    for (int launch = 1; launch <= options_.plan.launches; ++launch)
      for (const auto& planned_case : options_.plan.cases)
        cases.push_back({fmt::format("{}/simultaneous/launch:{}", planned_case.case_id, launch),
                         [this, launch, &planned_case] { return measure_together(planned_case, launch); }});
    return cases;
  }

  /// One repetition of Google Benchmark is the next launch that has no row.
  RunnableCase::Measured next_launch(const plan::PlannedCase& planned_case, std::size_t d) {
    if (fatal_ || stop_.load()) return {0, 0, {}, "INTERRUPTED"};
    for (int launch = 1; launch <= options_.plan.launches; ++launch)
      if (!is_done(planned_case, d, launch)) return measure_launch(planned_case, d, launch);
    return {0, 0, {}, "measured before the run was resumed"};
  }

  RunnableCase::Measured measure_launch(const plan::PlannedCase& planned_case, std::size_t d, int launch) {
    if (is_done(planned_case, d, launch)) return {0, 0, {}, "measured before the run was resumed"};
    const std::optional<results::Row> row = run_case(planned_case, d, launch);
    if (!row) return {0, 0, {}, "INTERRUPTED"};
    RunnableCase::Measured measured;
    measured.time_s = row->real(results::Column::time_median_s).value_or(0);
    measured.flop_per_s = row->real(results::Column::rate_flop_per_s).value_or(0);
    measured.label = row->text(results::Column::algorithm);
    const std::string& verdict = row->text(results::Column::verdict);
    if (verdict != info(Verdict::ok).name) measured.error = verdict + ": " + row->text(results::Column::reason);
    return measured;
  }

  std::optional<results::Row> run_case(const plan::PlannedCase& planned_case, std::size_t d, int launch) {
    if (fatal_ || stop_.load()) return std::nullopt;
    DeviceUnderTest& device = devices_[d];
    observer_.case_started(planned_case.case_id, device.facts().backend, launch);
    Outcome outcome;
    if (auto ready = make_ready(d, launch); !ready) {
      outcome = std::move(ready.error());
    } else {
      outcome = measure(device.session(), planned_case.problem, context_for(planned_case, d, launch, 1));
      if (outcome.session_dead) device.end_worker();
    }
    return keep(planned_case, d, launch, std::move(outcome));
  }

  /// A launch of a case on every device at the same time. Where a resumed run has some of its rows, all are measured
  /// again, and those that are missing are kept.
  RunnableCase::Measured measure_together(const plan::PlannedCase& planned_case, int launch) {
    bool all_done = true;
    for (std::size_t d = 0; d < devices_.size(); ++d) all_done = all_done && is_done(planned_case, d, launch);
    if (all_done) return {0, 0, {}, "measured before the run was resumed"};
    if (fatal_ || stop_.load()) return {0, 0, {}, "INTERRUPTED"};
    std::vector<Outcome> outcomes(devices_.size());
    std::vector<std::size_t> ready;
    for (std::size_t d = 0; d < devices_.size(); ++d) {
      observer_.case_started(planned_case.case_id, devices_[d].facts().backend, launch);
      if (auto made = make_ready(d, launch); made)
        ready.push_back(d);
      else
        outcomes[d] = std::move(made.error());
    }
    // Before any of them begins: each is told of the same free memory.
    std::vector<CaseContext> contexts;
    for (const std::size_t d : ready) contexts.push_back(context_for(planned_case, d, launch, ready.size()));
    const std::size_t active = at_once(ready.size(), options_.wider, [&](std::size_t i, Seat& seat) {
      contexts[i].together = &seat;
      outcomes[ready[i]] = measure(devices_[ready[i]].session(), planned_case.problem, contexts[i]);
    });
    std::vector<results::Row> rows;
    for (std::size_t d = 0; d < devices_.size(); ++d) {
      outcomes[d].devices_active = std::max<std::size_t>(1, active);
      if (outcomes[d].session_dead) devices_[d].end_worker();
      if (auto row = keep(planned_case, d, launch, std::move(outcomes[d]))) rows.push_back(std::move(*row));
    }
    if (rows.size() < devices_.size()) return {0, 0, {}, "INTERRUPTED"};
    const Aggregate aggregate = aggregate_of(rows);
    if (aggregate.rated == 0) return {0, 0, {}, "no device has a rate"};
    return {aggregate.time_max_s, aggregate.rate_flop_per_s.sum, fmt::format("{} devices at once", active), {}};
  }

  /// Of every case and launch that all devices have a row of: those of an earlier part of the run included.
  Result<void> write_aggregates() const {
    auto all = aggregates_of(summary_.rows);
    std::erase_if(all, [&](const Aggregate& each) { return each.devices < devices_.size(); });
    if (all.empty()) return {};
    return judge::write_aggregates(journal_.folder(), all);
  }

  /// The row of an outcome, written unless the run has it already; none where the case was abandoned.
  std::optional<results::Row> keep(const plan::PlannedCase& planned_case, std::size_t d, int launch, Outcome outcome) {
    if (fatal_) return std::nullopt;
    DeviceUnderTest& device = devices_[d];
    const DeviceFacts& facts = device.facts();
    if (outcome.session_dead) wait_for_signal();
    if (outcome.interrupted || (stop_.load() && outcome.session_dead)) return std::nullopt;
    if (outcome.reason.empty()) outcome.reason = facts.isolation_note;
    if (options_.measure.quick && outcome.verdict == Verdict::ok) outcome.conditions.push_back(Condition::quick);
    if (options_.in_process) outcome.conditions.push_back(Condition::untrusted);
    device.count(outcome);

    const double peak = outcome.verdict == Verdict::ok ? empirical_peak(planned_case.problem, facts) : 0;
    results::Row row = make_row(run_, planned_case, facts, launch, outcome, peak);
    if (is_done(planned_case, d, launch)) return row;
    if (auto kept = device.record(row, outcome.sustained); !kept) {
      fatal_ = kept.error();
      return std::nullopt;
    }
    if (auto kept = journal_.append(row, sample_lines(run_, planned_case, facts, launch, outcome)); !kept) {
      fatal_ = kept.error();
      return std::nullopt;
    }
    done_.insert({planned_case.case_id, facts.backend, facts.index, launch});
    summary_.rows.push_back(row);
    provenance_.count_verification(outcome.checks.verify_s, outcome.total_s);
    observer_.case_finished(row, done_.size(), planned());
    return row;
  }

  /// A scheduler ends all processes of a job at once: a worker may be gone a moment before the judge hears of it.
  void wait_for_signal() const {
    for (int i = 0; i < 20 && !stop_.load(); ++i) std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }

  /// A running session of this device and launch, or the outcome that takes its place.
  tl::expected<void, Outcome> make_ready(std::size_t d, int launch) {
    Outcome outcome;
    if (const std::string& given_up = devices_[d].given_up(); !given_up.empty()) {
      outcome.verdict = Verdict::skipped_unstable;
      outcome.reason = given_up;
      return tl::unexpected(std::move(outcome));
    }
    const auto opened = open_for(d, launch);
    if (opened) return {};
    const CallFailure& failure = opened.error();
    const bool unavailable = failure.kind == CallFailure::Kind::refused && failure.status == CHIPFIT_UNAVAILABLE;
    static_cast<Ending&>(outcome) =
        unavailable ? Ending{Verdict::skipped_unstable, "the backend is unavailable: " + failure.reason}
                    : ending_of(failure, "open");
    outcome.session_dead = true;
    return tl::unexpected(std::move(outcome));
  }

  /// `sharing`: devices that share the host's memory and processors meanwhile.
  CaseContext context_for(const plan::PlannedCase& planned_case, std::size_t d, int launch, std::size_t sharing) {
    const plan::PlannedDevice& planned = options_.plan.devices[d];
    CaseContext context;
    context.settings = options_.measure;
    context.deadlines = options_.deadlines;
    const chipfit_device_info& device = devices_[d].session().device();
    const bool own_memory = device.kind == CHIPFIT_GPU || device.kind == CHIPFIT_ACCELERATOR;
    context.limits.host_available = telemetry::available_memory_bytes() / sharing;
    context.limits.device_available = own_memory ? device.memory_bytes : 0;
    context.limits.view_alignment = device.view_alignment;
    context.limits.last_level_cache = cache_to_defeat(device, machine_.last_level_cache_bytes);
    context.claimed_flop_per_s = claimed_peak(device, planned_case.problem);
    context.oracle_threads = std::max(1, machine_.cores / static_cast<int>(sharing));
    context.seed = provenance_.case_seed(planned_case.case_id, planned.backend, planned.device_index, launch);
    context.stop = &stop_;
    return context;
  }

  /// The running session where it serves this launch, else a new worker.
  CallResult<void> open_for(std::size_t d, int launch) {
    if (!is_together())
      for (std::size_t other = 0; other < devices_.size(); ++other)
        if (other != d) devices_[other].leave();
    DeviceUnderTest& device = devices_[d];
    if (device.serves(launch)) return {};
    device.end_worker();
    const plan::PlannedDevice& planned = options_.plan.devices[d];
    const plan::BackendManifest& backend = options_.backends.at(planned.backend);
    WorkerConfig config =
        worker_config(backend, options_.worker_binary, planned.options, scratch_.path(), device.level());
    config.log_file = journal_.folder() / fmt::format("worker-{}-{}.log", planned.backend, planned.device_index);
    config.deadlines = options_.deadlines;
    config.memory_limit_bytes = options_.memory_limit_bytes != 0 ? options_.memory_limit_bytes
                                                                 : telemetry::available_memory_bytes() /
                                                                       (is_together() ? devices_.size() : 1) / 10 * 9;
    config.in_process = options_.in_process;
    const auto opened = device.open(std::move(config), launch, options_.weaker);
    if (!opened) return tl::unexpected(opened.error());
    if (!opened->empty()) observer_.note(*opened);
    device.watch(run_.run_id, telemetry_, began_);
    provenance_.add_device(device.facts(), device.session().worker().loaded_libraries());
    return {};
  }

  double empirical_peak(const Problem& problem, const DeviceFacts& facts) {
    const chipfit_device_info& device = facts.device;
    if (device.kind != CHIPFIT_CPU) return measured_peak(options_.device_peaks, facts.uid, problem);
    const int threads = static_cast<int>(std::max<std::uint32_t>(1, device.threads));
    return provenance_.empirical_peak(dtypes(problem).a, threads, options_.measure.quick ? 0.1 : 0.5);
  }

  const RunOptions& options_;
  RunObserver& observer_;
  Journal& journal_;
  const std::atomic<bool>& stop_;
  telemetry::Machine machine_;
  TelemetryFile telemetry_;
  std::deque<DeviceUnderTest> devices_;
  RunFacts run_;
  Provenance provenance_;
  std::set<RowKey> done_;
  RunSummary summary_;
  std::optional<Error> fatal_;
  sandbox::ScratchFolder scratch_;
  DeviceWatch::Clock::time_point began_ = DeviceWatch::Clock::now();
};

}  // namespace

MeasureSettings MeasureSettings::standard() {
  return {};
}

MeasureSettings MeasureSettings::quick_look() {
  MeasureSettings settings;
  settings.stop.min_time_s = 0;
  settings.stop.max_time_s = 0.1;
  settings.round_s = 0.004;
  settings.latency_s = 0.02;
  settings.proven_s = 0.03;
  settings.steady_s = 0;
  settings.quick = true;
  return settings;
}

std::string benchmark_name(const std::string& case_id, const std::string& backend, std::uint32_t device) {
  return google_benchmark_name(case_name(case_id, backend, device));
}

Result<RunSummary> run(const RunOptions& options, RunObserver& observer) {
  if (!options.in_process && !fs::exists(options.worker_binary))
    return fail(Error::Kind::unavailable, "the worker program is missing", options.worker_binary.string(),
                "it is installed beside chipfit; build or install again");
  sandbox::protect_self();
  const StopSignal signal;
  const std::string plan_sha256 =
      options.whole_plan_sha256.empty() ? plan::plan_sha256(options.plan) : options.whole_plan_sha256;
  auto journal = options.resume ? Journal::resume(options.out, plan_sha256) : Journal::create(options.out);
  if (!journal) return pass_on(journal.error());
  Runner runner(options, plan_sha256, observer, *journal, signal);
  return runner.run();
}

}  // namespace chipfit::judge
