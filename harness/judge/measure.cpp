#include "harness/judge/measure.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numeric>

#include "harness/judge/attempt.hpp"
#include "harness/judge/batches.hpp"
#include "harness/judge/clocks.hpp"
#include "harness/judge/hidden_work.hpp"
#include "harness/judge/idle.hpp"
#include "harness/judge/proven.hpp"
#include "harness/stats/steady_state.hpp"
#include "harness/telemetry/run_queue.hpp"

namespace chipfit::judge {
namespace {

/// 10⁹ FLOP/s is a thousandth of any chip worth a claim; honest scalar code on one core reaches it.
double slowest_problem_s(const Problem& problem, double claimed_flop_per_s) {
  return static_cast<double>(flop(problem)) / (0.001 * (claimed_flop_per_s > 0 ? claimed_flop_per_s : 1e12));
}

/// Nothing more can be asked of the worker, or nobody wants to know.
bool must_stop(const Step& step) {
  return !step && (step.error().session_dead || step.error().interrupted);
}

void keep_graver(Step& worst, Step step) {
  if (step) return;
  if (worst || must_stop(step) || graver(worst.error().verdict, step.error().verdict) != worst.error().verdict)
    worst = std::move(step);
}

class CaseMeasurement {
 public:
  CaseMeasurement(Session& session, const Problem& problem, const CaseContext& context)
      : session_(session),
        worker_(session.worker()),
        arena_(session.arena()),
        secrets_(arena_.secrets()),
        problem_(problem),
        context_(context),
        sizes_(operands(problem)),
        checks_(arena_, problem, context.oracle_threads),
        batches_(worker_, arena_, context.deadlines, context.stop,
                 slowest_problem_s(problem, context.claimed_flop_per_s)) {}

  Outcome run() {
    const double begin = now_s();
    Step step = steps();
    const bool alive = step || !step.error().session_dead;
    // What ended the case counts for more than what its release says.
    if (alive)
      if (Step released = release(); step) step = std::move(released);
    if (!step) static_cast<Ending&>(out_) = std::move(step.error());
    out_.checks = checks_.record();
    out_.total_s = now_s() - begin;
    return std::move(out_);
  }

 private:
  Step steps() {
    CHIPFIT_ATTEMPT(ask());
    CHIPFIT_ATTEMPT(make_room());
    CHIPFIT_ATTEMPT(prepare());
    CHIPFIT_ATTEMPT(exact_round());
    CHIPFIT_ATTEMPT(load_timing_pools());
    CHIPFIT_ATTEMPT(calibrate());
    CHIPFIT_ATTEMPT(warm_up());
    if (context_.together != nullptr) context_.together->wait_for_start();
    CHIPFIT_ATTEMPT(throughput());
    CHIPFIT_ATTEMPT(latency());
    note_work_after_sync();
    CHIPFIT_ATTEMPT(proven());
    CHIPFIT_ATTEMPT(sustained());
    CHIPFIT_ATTEMPT(keep_company());
    return inputs_still_there();
  }

  // ---- ask, room, prepare -------------------------------------------------------------------------------------

  Step ask() {
    const auto supported = worker_.supports(problem_);
    if (supported) return {};
    if (supported.error().is_unsupported()) return end(Verdict::unsupported, supported.error().reason);
    return end(supported.error(), "supports");
  }

  Step make_room() {
    auto plan = plan_memory(problem_, context_.limits);
    if (!plan) return end(Verdict::too_big, plan.error().what);
    plan_ = *plan;
    batches_.use(plan_);
    return {};
  }

  Step prepare() {
    const double begin = now_s();
    auto prepared = worker_.prepare(problem_);
    out_.prepare_s = now_s() - begin;
    if (!prepared) {
      const CallFailure& failure = prepared.error();
      if (failure.is_unsupported()) {
        if (session_.plugin().has_supports)
          return end(Verdict::dishonest_support,
                     "supports() said yes and prepare() said UNSUPPORTED (P7): " + failure.reason);
        return end(Verdict::unsupported, failure.reason);
      }
      return end(failure, "prepare");
    }
    use_kernel(prepared->kernel);
    out_.algorithm = prepared->algorithm;
    CHIPFIT_CALL(arena_.reserve(plan_, sizes_, Secrets(context_.seed)), "alloc");
    return {};
  }

  void use_kernel(KernelId kernel) {
    batches_.use(kernel);
    kernels_.push_back(kernel);
  }

  // ---- checks --------------------------------------------------------------------------------------------------

  Step check_entry(OutputChecks::Kind kind, const Batch& batch, std::size_t index) {
    return checks_.slot(kind, batch.slots[index], batch.views[index]);
  }

  enum class Look { one, thorough };

  /// Of the outputs of a batch that are still in the ring: one drawn in secret; for a thorough look the oldest and the
  /// newest as well.
  Step check_round(const Batch& batch, Look look) {
    using Kind = OutputChecks::Kind;
    const std::size_t last = batch.entries.size() - 1;
    const std::size_t first = last + 1 - std::min(last + 1, static_cast<std::size_t>(plan_.ring));
    const std::size_t drawn = first + secrets_.below(last + 1 - first);
    const bool is_first_round = out_.rounds_checked == 0;
    CHIPFIT_ATTEMPT(check_entry(is_first_round ? Kind::grade_and_elements : Kind::grade, batch, drawn));
    if (look == Look::thorough) {
      if (drawn != first) CHIPFIT_ATTEMPT(check_entry(Kind::grade, batch, first));
      if (drawn != last && last != first) CHIPFIT_ATTEMPT(check_entry(Kind::grade, batch, last));
    }
    ++out_.rounds_checked;
    return {};
  }

  // ---- exact round ---------------------------------------------------------------------------------------------

  Step exact_round() {
    const Step first = integer_round(oracle::Headroom::none, OutputChecks::Kind::exact);
    const bool may_be_honest = !first && first.error().verdict == Verdict::incorrect && checks_.only_fractions();
    if (!may_be_honest) return first;
    return integer_round(oracle::Headroom::for_transforms, OutputChecks::Kind::exact_nearest);
  }

  Step integer_round(oracle::Headroom headroom, OutputChecks::Kind kind) {
    const oracle::ExactPlan exact = oracle::exact_plan(problem_, headroom);
    std::array<std::uint64_t, 2> pool{};
    for (int i = 0; i < 2; ++i) {
      pool[i] = std::min(plan_.pool[i], (2 * plan_.operand[i] + 4096) / 64 * 64);
      const auto elements = static_cast<std::int64_t>(pool[i]) / info(sizes_.in[i].dtype).bytes;
      oracle::fill_exact(sizes_.in[i].dtype, arena_.pool(i), elements, exact.in[i], secrets_.seed());
      CHIPFIT_CALL(arena_.upload(i, pool[i]), "upload");
    }
    const bool large = plan_.operand[0] + plan_.operand[1] + plan_.output > (64u << 20);
    const int count = std::min(plan_.ring, large ? 2 : 3);
    batches_.rewind();
    for (int slot = 0; slot < plan_.ring; ++slot) CHIPFIT_CALL(arena_.poison(slot), "upload");
    const Batch batch = batches_.draw(count, pool);
    if (const auto time = batches_.run(batch); !time) return tl::unexpected(time.error());
    // All findings of the round are weighed: a plugin that writes past its output may be wrong as well.
    Step worst;
    for (std::size_t i = 0; i < batch.entries.size() && !must_stop(worst); ++i)
      keep_graver(worst, check_entry(kind, batch, i));
    for (int i = 0; i < 2 && !must_stop(worst); ++i) keep_graver(worst, checks_.input_unchanged(i, 0, pool[i]));
    return worst;
  }

  // ---- timing --------------------------------------------------------------------------------------------------

  Step load_timing_pools() {
    for (int i = 0; i < 2; ++i) {
      const auto elements = static_cast<std::int64_t>(plan_.pool[i]) / info(sizes_.in[i].dtype).bytes;
      oracle::fill_uniform(sizes_.in[i].dtype, arena_.pool(i), elements, secrets_.seed());
      CHIPFIT_CALL(arena_.upload(i, plan_.pool[i]), "upload");
    }
    return {};
  }

  /// The same views twice: the time of one problem, and whether the result repeats bit by bit.
  Step calibrate() {
    Batch batch = batches_.draw(2);
    batch.views[1] = batch.views[0];
    batch.entries[1] = arena_.entry(batch.views[0], batch.slots[1]);
    const auto times = batches_.run(batch.entries);
    if (!times) return tl::unexpected(times.error());
    batches_.problem_s = std::max(times->seconds() / 2, 1e-9);
    auto first = arena_.fetch(batch.slots[0]);
    if (!first) return end(first.error(), "download");
    const double fetched_in_s = first->received_s - times->synced_s;
    if (first->output.size() <= (64u << 20)) {
      const std::vector<std::byte> kept(first->output.begin(), first->output.end());
      auto second = arena_.fetch(batch.slots[1]);
      if (!second) return end(second.error(), "download");
      out_.repeatable = std::memcmp(kept.data(), second->output.data(), kept.size()) == 0;
      if (!*out_.repeatable) out_.conditions.push_back(Condition::nondeterministic);
    }
    const auto hidden_s = hidden_work_s(arena_, batch.slots[0], fetched_in_s, batches_.problem_s, [&] {
      const Batch one = batches_.draw(1);
      return batches_.run(one.entries).map([&](const BatchTimes& ran) { return RanInto{one.slots[0], ran.synced_s}; });
    });
    if (!hidden_s) return tl::unexpected(hidden_s.error());
    batches_.hidden_s = *hidden_s;
    // The first call of a kernel is often slow: the batch size comes from a warm one, unless it is one problem anyway.
    if (batches_.problem_s < 1) {
      const int again = static_cast<int>(std::clamp(0.002 / batches_.pace_s(), 1.0, 64.0));
      const auto warm = batches_.run(batches_.draw(again));
      if (!warm) return tl::unexpected(warm.error());
      batches_.problem_s = std::max(*warm, 1e-9);
    }
    out_.problems_per_round = static_cast<int>(
        std::clamp(std::ceil(context_.settings.round_s / batches_.pace_s()), 1.0, static_cast<double>(max_batch)));
    return {};
  }

  Step warm_up() {
    if (session_.warmed_up || context_.settings.steady_s <= 0) return {};
    const stats::SteadyRule rule{.window_s = context_.settings.steady_s / 5};
    std::vector<stats::TimedSample> samples;
    const double begin = now_s();
    bool steady = false;
    while (!steady && now_s() - begin < 2 * context_.settings.steady_s) {
      const auto time = batches_.run(batches_.draw(out_.problems_per_round));
      if (!time) return tl::unexpected(time.error());
      samples.push_back({now_s() - begin, *time});
      steady = stats::steady_state(rule, samples).steady;
    }
    session_.warmed_up = true;
    return {};
  }

  Step throughput() {
    const stats::StopRule& rule = context_.settings.stop;
    std::vector<stats::TimedSample> samples;
    double measured_s = 0;
    const double checked_before_s = checks_.record().verify_s;
    // Drawn now and told to nobody: a middle round that is checked whatever it costs. Where time allows only the
    // fewest rounds, all of them are checked.
    const bool few_rounds = batches_.problem_s * out_.problems_per_round * 20 > rule.max_time_s;
    const std::uint64_t middle = few_rounds ? 1 : 1 + secrets_.below(17);
    while (true) {
      const Batch batch = batches_.draw(out_.problems_per_round);
      const auto time = batches_.run(batch);
      if (!time) return tl::unexpected(time.error());
      // Hidden work counts against the time of a case, or it would pile up without end.
      measured_s += std::max(*time, batches_.hidden_s) * out_.problems_per_round;
      const std::size_t round = out_.round_s.size();
      out_.round_s.push_back(*time);
      samples.push_back({now_s(), out_.round_s.back()});
      const stats::StopState state = stats::decide(rule, out_.round_s, measured_s);
      const bool last = state != stats::StopState::go_on && out_.rounds_checked >= 2;
      const bool short_of_checks = state != stats::StopState::go_on && out_.rounds_checked < 2;
      const double checked_s = checks_.record().verify_s - checked_before_s;
      const bool affordable = checked_s < 0.05 * measured_s && secrets_.below(2) == 0;
      if (round == 0 || round == middle || last || short_of_checks || affordable)
        CHIPFIT_ATTEMPT(check_round(batch, round == 0 || last ? Look::thorough : Look::one));
      if (!last) continue;
      if (state == stats::StopState::not_reached) out_.conditions.push_back(Condition::ci_not_reached);
      break;
    }
    out_.time = stats::median_ci(out_.round_s, rule.alpha);
    batches_.problem_s = out_.time.median;
    if (!context_.settings.quick && samples.size() >= 20) {
      const double span = samples.back().at_s - samples.front().at_s;
      const auto state = stats::steady_state({.window_s = span / 5.5}, samples);
      if (state.enough_data && !state.steady) out_.conditions.push_back(Condition::not_steady);
    }
    return {};
  }

  /// A device that was synced has nothing to do. Sought once per launch: threads of a library may wait actively for a
  /// while, so the worker is given time to come to rest.
  void note_work_after_sync() {
    if (!session_.busy_when_idle) session_.busy_when_idle = is_busy_when_idle(worker_.pid());
    if (*session_.busy_when_idle) out_.conditions.push_back(Condition::busy_after_sync);
  }

  Step latency() {
    // A round of one long problem is that problem with a sync after it, and the judge timed it: no need of more.
    if (out_.problems_per_round == 1 && batches_.problem_s > 1) {
      out_.latency_s = out_.round_s;
      return {};
    }
    // Longer batches on each attempt: what waiting adds shrinks beside them, what a false clock hides does not.
    constexpr int attempts = 5;
    constexpr double longest_s = 0.4;
    double aimed_s = context_.settings.latency_s;
    for (int attempt = 1;;
         ++attempt, aimed_s = std::min(2 * aimed_s, std::max(longest_s, context_.settings.latency_s))) {
      CHIPFIT_ATTEMPT(batches_.check_stop());
      const int count = static_cast<int>(std::clamp(aimed_s / batches_.pace_s(), 1.0, static_cast<double>(max_batch)));
      const Batch batch = batches_.draw(count);
      const telemetry::RunQueue judge_before = telemetry::run_queue();
      const telemetry::RunQueue worker_before = telemetry::run_queue(worker_.pid());
      const auto times =
          worker_.latency(batches_.kernel(), batch.entries, batches_.deadline_s(batches_.problem_s * count));
      if (!times) return end(times.error(), "run");
      const double waited = waited_between_clocks_s(telemetry::run_queue() - judge_before,
                                                    telemetry::run_queue(worker_.pid()) - worker_before);
      const double total = times->total.seconds();
      const Clocks clocks = compare_clocks(times->each_s, total, waited);
      if (clocks != Clocks::agree && attempt < attempts) continue;
      if (clocks == Clocks::differ)
        return end(
            Verdict::clock,
            fmt::format("the worker's clock saw {:.6f} s in {} problems, the judge's {:.6f} s, and it was so {} times",
                        std::accumulate(times->each_s.begin(), times->each_s.end(), 0.0), count, total, attempts));
      // A clock that never quite agreed is not believed: the judge's own mean stands in.
      out_.latency_s = clocks == Clocks::agree ? times->each_s : std::vector<double>{total / count};
      const std::size_t present = std::min(batch.entries.size(), static_cast<std::size_t>(plan_.ring));
      return check_entry(OutputChecks::Kind::grade, batch, batch.entries.size() - 1 - secrets_.below(present));
    }
  }

  Step proven() {
    const double longest_s = context_.settings.proven_s;
    const ProvenCase proven{problem_,
                            sizes_,
                            plan_,
                            batches_.pace_s(),
                            longest_s,
                            worker_,
                            arena_,
                            checks_,
                            batches_.kernel(),
                            [&](KernelId kernel, std::span<const EnqueueEntry> entries) {
                              batches_.use(kernel);
                              return batches_.run(entries);
                            }};
    auto prepared = prepare_accumulation(proven);
    if (!prepared) return tl::unexpected(prepared.error());
    if (*prepared) kernels_.push_back(**prepared);
    auto times = *prepared ? prove_by_accumulation(proven, **prepared) : prove_by_window(proven);
    if (!times) return tl::unexpected(times.error());
    out_.proven = *times;
    return {};
  }

  /// Batch after batch with nothing between them but a sync, for counters that need seconds; the last is checked.
  Step sustained() {
    if (context_.settings.sustained_s <= 0) return {};
    constexpr double batch_s = 0.25;
    const int count = static_cast<int>(std::clamp(batch_s / batches_.problem_s, 1.0, static_cast<double>(max_batch)));
    batches_.use(kernels_.front());
    batches_.rewind();
    SustainedWork work{DeviceWatch::Clock::now(), {}, 0};
    double problems = 0, spent_s = 0;
    Batch batch;
    while (spent_s < context_.settings.sustained_s) {
      batch = batches_.draw(count);
      if (const auto time = batches_.run(batch); !time) return tl::unexpected(time.error());
      problems += count;
      work.end = DeviceWatch::Clock::now();
      spent_s = std::chrono::duration<double>(work.end - work.begin).count();
    }
    work.time_s = spent_s / problems;
    out_.sustained = work;
    return check_round(batch, Look::one);
  }

  /// The others are still being measured: what they reach beside idle devices is not the question.
  Step keep_company() {
    if (context_.together == nullptr) return {};
    batches_.use(kernels_.front());
    batches_.rewind();
    while (!context_.together->all_finished()) {
      if (const auto time = batches_.run(batches_.draw(out_.problems_per_round)); !time)
        return tl::unexpected(time.error());
    }
    return {};
  }

  /// A last look at the timing pools: a window of each, drawn now.
  Step inputs_still_there() {
    for (int i = 0; i < 2; ++i) {
      const std::uint64_t window = std::min<std::uint64_t>(plan_.pool[i], 4u << 20);
      const std::uint64_t from = secrets_.below((plan_.pool[i] - window) / 64 + 1) * 64;
      CHIPFIT_ATTEMPT(checks_.input_unchanged(i, from, window));
    }
    return {};
  }

  Step release() {
    for (const KernelId kernel : kernels_) CHIPFIT_CALL(worker_.release(kernel), "release");
    return {};
  }

  Session& session_;
  Worker& worker_;
  Arena& arena_;
  Secrets& secrets_;
  const Problem& problem_;
  const CaseContext& context_;
  Operands sizes_;
  OutputChecks checks_;
  Batches batches_;
  MemoryPlan plan_;
  std::vector<KernelId> kernels_;  // all that must be released
  Outcome out_;
};

}  // namespace

Outcome measure(Session& session, const Problem& problem, const CaseContext& context) {
  return CaseMeasurement(session, problem, context).run();
}

}  // namespace chipfit::judge
