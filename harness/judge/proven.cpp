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

/// A batch, and how late the judge was for its sync.
struct Ran {
  BatchTimes times;
  double late_s = 0;
};

tl::expected<Ran, Ending> run(const ProvenCase& c, KernelId kernel, std::span<const EnqueueEntry> entries) {
  const telemetry::RunQueue before = telemetry::run_queue();
  const auto times = c.run(kernel, entries);
  if (!times) return tl::unexpected(times.error());
  return Ran{*times, (telemetry::run_queue() - before).waited_s};
}

/// A download: when it began, when its last byte was here, and the waits for others in it.
struct Received {
  double begin_s = 0, at_s = 0, waited_s = 0;
};

/// `download` returns when the last byte was here.
template <class Download>
tl::expected<Received, Ending> receive(const ProvenCase& c, Download download) {
  const Waits waits(c.worker.pid());
  const double begin_s = now_s();
  const tl::expected<double, Ending> at = download();
  if (!at) return tl::unexpected(at.error());
  return Received{begin_s, *at, waits.for_others_s(*at - begin_s)};
}

Seen seen_of(int problems, const Ran& ran, const Received& received) {
  Seen seen{problems, ran.times.seconds(), received.at_s - ran.times.revealed_s, received.waited_s};
  seen.late_s = ran.late_s;
  return seen;
}

/// The second download of the same bytes.
template <class Download>
SeenOrEnding with_download_again(const ProvenCase& c, Seen seen, Download download) {
  const auto again = receive(c, download);
  if (!again) return tl::unexpected(again.error());
  seen.again_s = again->at_s - again->begin_s;
  seen.again_waited_s = again->waited_s;
  return seen;
}

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
  const auto ran = run(c, adding, entries);
  if (!ran) return tl::unexpected(ran.error());
  Arena::Fetched fetched;
  const auto fetch = [&]() -> tl::expected<double, Ending> {
    const auto bytes = c.arena.fetch(slot_of_sum);
    if (!bytes) return end(bytes.error(), "download");
    fetched = *bytes;
    return fetched.received_s;
  };
  const auto received = receive(c, fetch);
  if (!received) return tl::unexpected(received.error());
  const Problem adding_problem = with_accumulate(c.problem, Accumulate::add);
  Step right =
      c.checks.output(OutputChecks::Kind::grade, fetched, {adding_problem, terms, c0.data(), fetched.output.data()});
  if (!right) {
    right.error().reason = fmt::format("accumulated batch of {}: {}", count, right.error().reason);
    return tl::unexpected(std::move(right.error()));
  }
  return with_download_again(c, seen_of(count, *ran, *received), fetch);
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
  PrivateMemory bytes(c.plan.slot * static_cast<std::uint64_t>(count));
  const auto place = [&](int slot) { return bytes.data() + c.plan.slot * static_cast<std::uint64_t>(slot); };
  const auto ran = run(c, c.kernel, entries);
  if (!ran) return tl::unexpected(ran.error());
  const auto receive_all = [&]() -> tl::expected<double, Ending> {
    double last_s = 0;
    for (const int slot : order) {
      const auto at = c.arena.receive(slot, place(slot));
      if (!at) return end(at.error(), "download");
      last_s = *at;
    }
    return last_s;
  };
  const auto received = receive(c, receive_all);
  if (!received) return tl::unexpected(received.error());
  for (int slot = 0; slot < count; ++slot) {
    const auto& view = views[static_cast<std::size_t>(slot)];
    const oracle::Inputs inputs{view.host[0], view.host[1]};
    const auto fetched = c.arena.inspect(slot, place(slot), received->at_s);
    CHIPFIT_ATTEMPT(
        c.checks.output(OutputChecks::Kind::grade, fetched, {c.problem, {&inputs, 1}, nullptr, fetched.output.data()}));
  }
  return with_download_again(c, seen_of(count, *ran, *received), receive_all);
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
