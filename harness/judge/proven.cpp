#include "harness/judge/proven.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>
#include <vector>

#include "harness/judge/attempt.hpp"
#include "harness/judge/clocks.hpp"
#include "harness/judge/ending.hpp"
#include "harness/telemetry/process_time.hpp"
#include "harness/telemetry/run_queue.hpp"

namespace chipfit::judge {
namespace {

constexpr int attempts = 5;
constexpr int slot_of_sum = 0;
constexpr std::uint64_t window_bytes = 64u << 20;

/// One batch, as the judge saw it.
struct Seen {
  int problems = 0;
  double sync_s = 0, receipt_s = 0;  ///< since the reveal
  double waited_s = 0;               ///< after sync, for processors that others had
  double again_s = 0;                ///< the same downloads once more, when nothing can be left to do
  double again_waited_s = 0;
  double late_s = 0;  ///< the judge waited for a processor before it heard of sync: what was done by then is not known

  double after_sync_s() const { return receipt_s - sync_s; }
  /// More than half of the work came after sync. An honest device only transfers then, as it does the second time.
  bool is_deferred() const {
    const double work_s = after_sync_s() - waited_s, transfer_s = again_s - again_waited_s;
    return work_s - transfer_s > 0.5 * (receipt_s - waited_s);
  }
  bool is_blurred() const { return late_s > 0.25 * receipt_s; }
  /// Time of one problem with all that was put off, but without its transfer.
  double problem_s() const { return std::max(0.0, receipt_s - again_s) / problems; }
};

/// What the kernel says of judge and worker from its construction on.
class Waits {
 public:
  explicit Waits(int worker)
      : worker_(worker),
        judge_queue_(telemetry::run_queue()),
        worker_queue_(telemetry::run_queue(worker)),
        computed_s_(telemetry::processor_time_s(worker)) {}

  double for_others_s(double span_s) const {
    const auto computed_s = telemetry::processor_time_s(worker_);
    if (!computed_s || !computed_s_) return 0;
    return judge::waited_for_others_s((telemetry::run_queue() - judge_queue_).waited_s,
                                      (telemetry::run_queue(worker_) - worker_queue_).waited_s,
                                      *computed_s - *computed_s_, span_s);
  }

 private:
  int worker_;
  telemetry::RunQueue judge_queue_, worker_queue_;
  std::optional<double> computed_s_;
};

using SeenOrEnding = tl::expected<Seen, Ending>;

tl::unexpected<Ending> deferred(const Seen& seen) {
  return end(Verdict::deferred,
             fmt::format("of {:.6f} s for {} problems {:.6f} s came after sync, where downloading again took {:.6f} s; "
                         "it was so {} times (P2)",
                         seen.receipt_s, seen.problems, seen.after_sync_s(), seen.again_s, attempts));
}

SeenOrEnding accumulated_batch(const ProvenCase& c, KernelId adding, int count) {
  PrivateMemory c0(c.plan.output);
  oracle::fill_uniform(c.sizes.out.dtype, c0.data(), c.sizes.out.elements, c.arena.secrets().seed());
  CHIPFIT_CALL(c.arena.set_output(slot_of_sum, c0.data()), "upload");
  std::vector<oracle::Inputs> terms;
  std::vector<EnqueueEntry> entries;
  for (int i = 0; i < count; ++i) {
    const DrawnView view = c.arena.draw(c.plan.pool);
    terms.push_back({view.host[0], view.host[1]});
    entries.push_back(c.arena.entry(view, slot_of_sum));
  }
  const telemetry::RunQueue before = telemetry::run_queue();
  const auto times = c.run(adding, entries);
  if (!times) return tl::unexpected(times.error());
  const double late_s = (telemetry::run_queue() - before).waited_s;
  const Waits since(c.worker.pid());
  const auto fetched = c.arena.fetch(slot_of_sum);
  if (!fetched) return end(fetched.error(), "download");
  const double waited_s = since.for_others_s(fetched->received_s - times->synced_s);
  const Problem adding_problem = with_accumulate(c.problem, Accumulate::add);
  Step right =
      c.checks.output(OutputChecks::Kind::grade, *fetched, {adding_problem, terms, c0.data(), fetched->output.data()});
  if (!right) {
    right.error().reason = fmt::format("accumulated batch of {}: {}", count, right.error().reason);
    return tl::unexpected(std::move(right.error()));
  }
  Seen seen{count, times->seconds(), fetched->received_s - times->revealed_s, waited_s};
  const Waits once_more(c.worker.pid());
  const double begin = now_s();
  const auto again = c.arena.fetch(slot_of_sum);
  if (!again) return end(again.error(), "download");
  seen.again_s = again->received_s - begin;
  seen.again_waited_s = once_more.for_others_s(seen.again_s);
  seen.late_s = late_s;
  return seen;
}

SeenOrEnding window_batch(const ProvenCase& c, int count) {
  for (int slot = 0; slot < count; ++slot) CHIPFIT_CALL(c.arena.poison(slot), "upload");
  std::vector<DrawnView> views;
  std::vector<EnqueueEntry> entries;
  for (int slot = 0; slot < count; ++slot) {
    views.push_back(c.arena.draw(c.plan.pool));
    entries.push_back(c.arena.entry(views.back(), slot));
  }
  std::vector<int> order(static_cast<std::size_t>(count));
  std::iota(order.begin(), order.end(), 0);
  for (std::size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[c.arena.secrets().below(i)]);

  // All are received before any is looked at: the judge's own work is no time of the device.
  PrivateMemory received(c.plan.slot * static_cast<std::uint64_t>(count));
  const auto place = [&](int slot) { return received.data() + c.plan.slot * static_cast<std::uint64_t>(slot); };
  const telemetry::RunQueue before = telemetry::run_queue();
  const auto times = c.run(c.kernel, entries);
  if (!times) return tl::unexpected(times.error());
  const double late_s = (telemetry::run_queue() - before).waited_s;
  double received_s = 0;
  const auto receive_all = [&]() -> Step {
    for (const int slot : order) {
      const auto at = c.arena.receive(slot, place(slot));
      if (!at) return end(at.error(), "download");
      received_s = *at;
    }
    return {};
  };
  const Waits since(c.worker.pid());
  CHIPFIT_ATTEMPT(receive_all());
  Seen seen{count, times->seconds(), received_s - times->revealed_s, since.for_others_s(received_s - times->synced_s)};
  for (int slot = 0; slot < count; ++slot) {
    const auto& view = views[static_cast<std::size_t>(slot)];
    const oracle::Inputs inputs{view.host[0], view.host[1]};
    const auto fetched = c.arena.inspect(slot, place(slot), received_s);
    CHIPFIT_ATTEMPT(
        c.checks.output(OutputChecks::Kind::grade, fetched, {c.problem, {&inputs, 1}, nullptr, fetched.output.data()}));
  }
  const Waits once_more(c.worker.pid());
  const double begin = now_s();
  CHIPFIT_ATTEMPT(receive_all());
  seen.again_s = received_s - begin;
  seen.again_waited_s = once_more.for_others_s(seen.again_s);
  seen.late_s = late_s;
  return seen;
}

Proven proven(Proven::Mode mode, const Seen& seen) {
  return {mode, seen.receipt_s / seen.problems, seen.sync_s / seen.problems};
}

}  // namespace

std::string_view name(Proven::Mode mode) {
  switch (mode) {
    case Proven::Mode::none:
      break;
    case Proven::Mode::accumulate:
      return "accumulate";
    case Proven::Mode::bracketed:
      return "bracketed";
  }
  return "";
}

tl::expected<std::optional<KernelId>, Ending> prepare_accumulation(const ProvenCase& c) {
  const Problem adding = with_accumulate(c.problem, Accumulate::add);
  if (const auto supported = c.worker.supports(adding); !supported) {
    if (supported.error().is_unsupported()) return std::nullopt;
    return end(supported.error(), "supports");
  }
  const auto prepared = c.worker.prepare(adding);
  if (prepared) return prepared->kernel;
  if (prepared.error().is_unsupported()) return std::nullopt;
  return end(prepared.error(), "prepare");
}

tl::expected<Proven, Ending> prove_by_accumulation(const ProvenCase& c, KernelId adding) {
  // Two first: throughput may have been too good to be true, and a batch is bounded by what it really takes.
  auto seen = accumulated_batch(c, adding, 2);
  if (!seen) return tl::unexpected(seen.error());
  const double problem_s = std::max({c.problem_s, seen->problem_s(), 1e-9});
  const double most = std::min(std::floor(c.longest_s / problem_s), static_cast<double>(max_batch));
  int count = 2;
  if (most > 2) {
    count = static_cast<int>(std::clamp(std::ceil(200 * seen->again_s / problem_s), 2.0, most));
    seen = accumulated_batch(c, adding, count);
    if (!seen) return tl::unexpected(seen.error());
  }
  for (int attempt = 1; seen->is_deferred() || seen->is_blurred(); ++attempt) {
    if (attempt == attempts) break;
    count = std::min(2 * count, static_cast<int>(max_batch));
    seen = accumulated_batch(c, adding, count);
    if (!seen) return tl::unexpected(seen.error());
  }
  if (seen->is_deferred()) return deferred(*seen);
  return proven(Proven::Mode::accumulate, *seen);
}

tl::expected<Proven, Ending> prove_by_window(const ProvenCase& c) {
  const auto room = static_cast<int>(std::max<std::uint64_t>(1, window_bytes / c.plan.slot));
  const double affordable = std::max(1.0, std::floor(c.longest_s / std::max(c.problem_s, 1e-9)));
  const int count = std::min({c.plan.ring, room, static_cast<int>(std::min(affordable, 1e6))});
  for (int attempt = 1;; ++attempt) {
    const auto seen = window_batch(c, count);
    if (!seen) return tl::unexpected(seen.error());
    if (attempt < attempts && (seen->is_deferred() || seen->is_blurred())) continue;
    if (seen->is_deferred()) return deferred(*seen);
    return proven(Proven::Mode::bracketed, *seen);
  }
}

}  // namespace chipfit::judge
