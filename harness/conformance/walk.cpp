#include "harness/conformance/walk.hpp"

#include <fmt/format.h>

#include <chrono>
#include <thread>

#include "harness/conformance/kinds.hpp"
#include "harness/judge/attempt.hpp"
#include "kernels/problem/case_id.hpp"

namespace chipfit::conformance {
namespace {

using judge::CallFailure;
using oracle::Finding;
using oracle::Report;

constexpr int copies = 3, slots = 3;
// A plugin that computes behind sync's back is given this long to show it.
constexpr auto patience = std::chrono::milliseconds(300);

/// Why a walk ends: a breach, or a worker that is not there any more.
struct End {
  conformance::Finding finding;
  bool worker_dead = false;
  std::string trouble = {};
};
using Step = tl::expected<void, End>;

/// Inputs that an output was computed from, by copy.
struct Pair {
  int in0 = 0, in1 = 0;
};

class Walk {
 public:
  Walk(judge::Session& session, const Problem& problem, oracle::Seed seed, const WalkSettings& settings)
      : session_(session),
        worker_(session.worker()),
        problem_(problem),
        dice_(seed),
        settings_(settings),
        stage_(worker_, session.device().view_alignment, settings.after_upload) {}

  Walked run() {
    if (auto done = steps(); !done) end(done.error());
    return std::move(walked_);
  }

 private:
  void end(const End& end) {
    walked_.trouble = end.trouble;
    if (end.trouble.empty()) walked_.finding = end.finding;
    walked_.worker_dead = end.worker_dead;
    if (walked_.worker_dead) return;
    // What the failed steps left behind must not fill the device; a failure here is not the news.
    if (prepared_) walked_.worker_dead = !worker_.release(kernel_);
    if (!walked_.worker_dead) walked_.worker_dead = !stage_.clear();
  }

  Step steps() {
    CHIPFIT_ATTEMPT(ask());
    if (walked_.answer != Walked::Answer::checked) return {};
    CHIPFIT_ATTEMPT(called(stage_.set_up(operands(problem_), copies, slots), "alloc"));
    if (Step exact = known_integers(Filling::exact); !exact) {
      // Fast convolutions owe fractions to their constants: a second look with room for them decides.
      if (!only_fractions_) return exact;
      CHIPFIT_ATTEMPT(known_integers(Filling::exact_headroom));
    }
    CHIPFIT_ATTEMPT(real_numbers());
    prepared_ = false;
    CHIPFIT_ATTEMPT(called(worker_.release(kernel_), "release"));
    return called(stage_.clear(), "free");
  }

  tl::unexpected<End> breach(Duty duty, std::string call, std::string what) const {
    return tl::unexpected(End{{duty, std::move(call), case_id(problem_), std::move(what)}, false});
  }

  template <class T>
  Step called(const judge::CallResult<T>& result, std::string_view asked) const {
    if (result) return {};
    const CallFailure& failure = result.error();
    if (failure.kind == CallFailure::Kind::broken) return tl::unexpected(End{{}, true, failure.reason});
    const Breach breach = breach_of(failure, asked);
    return tl::unexpected(End{{breach.duty, breach.call, case_id(problem_), words(failure, asked)},
                              failure.kind != CallFailure::Kind::refused});
  }

  static std::string words(const CallFailure& failure, std::string_view asked) {
    if (failure.kind != CallFailure::Kind::refused) return failure.reason;
    return fmt::format("{} failed for a problem that was not refused: {}", asked,
                       failure.reason.empty() ? "no reason given" : failure.reason);
  }

  // ---- P6, P7 ----------------------------------------------------------------------------------------------------

  Step ask() {
    const auto supported = worker_.supports(problem_);
    if (!supported && !supported.error().is_unsupported()) return called(supported, "supports");
    const auto first = worker_.prepare(problem_);
    if (!supported) {
      walked_.answer = Walked::Answer::unsupported;
      walked_.refusal = supported.error().reason;
      if (!first) return first.error().kind == CallFailure::Kind::refused ? Step{} : called(first, "prepare");
      CHIPFIT_ATTEMPT(called(worker_.release(first->kernel), "release"));
      return breach(Duty::p7, "supports", "supports said UNSUPPORTED and prepare then took the problem");
    }
    if (!first) return refused(first.error());
    kernel_ = first->kernel;
    prepared_ = true;
    const auto second = worker_.prepare(problem_);
    if (!second && second.error().kind == CallFailure::Kind::refused)
      return breach(Duty::p7, "prepare",
                    "the same problem was taken at first and refused when asked again: " + second.error().reason);
    CHIPFIT_ATTEMPT(called(second, "prepare"));
    return called(worker_.release(second->kernel), "release");
  }

  Step refused(const CallFailure& failure) {
    if (failure.kind != CallFailure::Kind::refused || failure.status != CHIPFIT_UNSUPPORTED)
      return called(judge::CallResult<void>(tl::unexpected(failure)), "prepare");
    if (session_.plugin().has_supports)
      return breach(Duty::p7, "prepare", "supports said yes and prepare said UNSUPPORTED: " + failure.reason);
    walked_.answer = Walked::Answer::unsupported;
    walked_.refusal = failure.reason;
    return {};
  }

  // ---- one enqueue, one look -------------------------------------------------------------------------------------

  Step load(Filling filling) {
    data_ = make_data(problem_, filling, copies, dice_.seed());
    for (int i = 0; i < 2; ++i)
      for (int copy = 0; copy < copies; ++copy) CHIPFIT_ATTEMPT(put_input(i, copy, content(i, copy)));
    return {};
  }
  Bytes& content(int i, int copy) { return data_.in[static_cast<std::size_t>(i)][static_cast<std::size_t>(copy)]; }
  Step put_input(int i, int copy, const Bytes& bytes) { return called(stage_.put_input(i, copy, bytes), "upload"); }
  Step prime(int slot) { return called(stage_.put_output(slot, data_.c0, dice_.seed()), "upload"); }

  Step run(std::span<const judge::EnqueueEntry> entries) {
    return called(worker_.run(kernel_, entries, settings_.deadline_s), "enqueue");
  }
  Step run(int slot, Pair pair) {
    CHIPFIT_ATTEMPT(prime(slot));
    const auto entry = stage_.entry(pair.in0, pair.in1, slot);
    return run({&entry, 1});
  }

  Report compare(const Bytes& out, const Bytes& in0, const Bytes& in1) {
    return conformance::compare(data_, in0, in1, out, dice_.seed(), settings_.threads);
  }
  Report compare(const Bytes& out, Pair pair) { return compare(out, content(0, pair.in0), content(1, pair.in1)); }

  /// Guards and inputs; what is wrong there explains whatever else is.
  Step untouched(const Stage::Fetched& fetched) {
    if (!fetched.guards_intact) return breach(Duty::p9, "enqueue", "bytes beside the output were changed");
    for (int i = 0; i < 2; ++i)
      for (int copy = 0; copy < copies; ++copy) {
        const auto bytes = stage_.get_input(i, copy);
        CHIPFIT_ATTEMPT(called(bytes, "download"));
        if (*bytes == content(i, copy)) continue;
        return breach(Duty::p8, "enqueue", fmt::format("input {} holds other bytes than were uploaded", i));
      }
    return {};
  }

  /// What a slot holds, once it has been looked at for everything but its values.
  tl::expected<Stage::Fetched, End> look(int slot) {
    auto fetched = stage_.fetch(slot);
    CHIPFIT_ATTEMPT(called(fetched, "download"));
    CHIPFIT_ATTEMPT(untouched(*fetched));
    return std::move(*fetched);
  }

  static std::string describe(const Stage::Fetched& fetched, const Report& report) {
    if (fetched.unwritten > 0.99) return "nothing was written to the output";
    if (fetched.unwritten > 0.25)
      return fmt::format("{:.0f} % of the output were not written", 100 * fetched.unwritten);
    return report.reason;
  }

  /// P2 where the output becomes right by waiting.
  Step late(int slot, const Bytes& in0, const Bytes& in1, const std::string& seen) {
    std::this_thread::sleep_for(patience);
    const auto again = stage_.fetch(slot);
    CHIPFIT_ATTEMPT(called(again, "download"));
    if (compare(again->output, in0, in1).finding != Finding::ok) return {};
    return breach(Duty::p2, "sync",
                  fmt::format("{} when sync returned; the output was right {} ms later", seen, patience.count()));
  }

  // ---- exact rounds ----------------------------------------------------------------------------------------------

  Step known_integers(Filling filling) {
    CHIPFIT_ATTEMPT(load(filling));
    CHIPFIT_ATTEMPT(first_enqueue());
    CHIPFIT_ATTEMPT(second_enqueue());
    CHIPFIT_ATTEMPT(batch());
    CHIPFIT_ATTEMPT(copies_in_order());
    return products_in_order();
  }

  Step first_enqueue() {
    CHIPFIT_ATTEMPT(run(0, {0, 0}));
    auto fetched = look(0);
    if (!fetched) return tl::unexpected(fetched.error());
    const Report report = compare(fetched->output, {0, 0});
    if (report.finding == Finding::ok) {
      first_ = std::move(fetched->output);
      return {};
    }
    only_fractions_ = report.dense_fractions;
    const std::string seen = describe(*fetched, report);
    CHIPFIT_ATTEMPT(late(0, content(0, 0), content(1, 0), seen));
    CHIPFIT_ATTEMPT(run(0, {0, 0}));
    const auto again = stage_.fetch(0);
    CHIPFIT_ATTEMPT(called(again, "download"));
    if (compare(again->output, {0, 0}).finding == Finding::ok)
      return breach(Duty::p1, "enqueue", seen + "; the same enqueue once more was right");
    if (only_fractions_) return breach(Duty::abi, "enqueue", seen);
    CHIPFIT_ATTEMPT(less_precise());
    return breach(Duty::abi, "enqueue", seen);
  }

  /// P10 where real numbers show that the arithmetic is right but coarse: integers that need all bits do not say so.
  Step less_precise() {
    CHIPFIT_ATTEMPT(load(Filling::uniform));
    CHIPFIT_ATTEMPT(run(0, {0, 0}));
    const auto fetched = stage_.fetch(0);
    CHIPFIT_ATTEMPT(called(fetched, "download"));
    const Report report = compare(fetched->output, {0, 0});
    if (report.finding == Finding::precision) return breach(Duty::p10, "enqueue", report.reason);
    return {};
  }

  /// The same kernel, buffers of the same addresses, other views.
  Step second_enqueue() {
    CHIPFIT_ATTEMPT(run(1, {1, 1}));
    const auto fetched = look(1);
    if (!fetched) return tl::unexpected(fetched.error());
    const Report report = compare(fetched->output, {1, 1});
    if (report.finding == Finding::ok) return {};
    const std::string seen = "the second enqueue: " + describe(*fetched, report);
    if (fetched->output == first_)
      return breach(Duty::p11, "enqueue", "the second enqueue gave the result of the first, for other data");
    CHIPFIT_ATTEMPT(late(1, content(0, 1), content(1, 1), seen));
    return breach(fetched->unwritten > 0.25 ? Duty::p1 : Duty::p12, "enqueue", seen);
  }

  Step batch() {
    const std::array<Pair, slots> pairs{Pair{2, 0}, Pair{0, 2}, Pair{2, 2}};
    std::vector<judge::EnqueueEntry> entries;
    for (int slot = 0; slot < slots; ++slot) {
      CHIPFIT_ATTEMPT(prime(slot));
      const Pair& pair = pairs[static_cast<std::size_t>(slot)];
      entries.push_back(stage_.entry(pair.in0, pair.in1, slot));
    }
    CHIPFIT_ATTEMPT(run(entries));
    for (int slot = 0; slot < slots; ++slot) {
      const Pair& pair = pairs[static_cast<std::size_t>(slot)];
      const auto fetched = look(slot);
      if (!fetched) return tl::unexpected(fetched.error());
      const Report report = compare(fetched->output, pair);
      if (report.finding == Finding::ok) continue;
      const std::string seen =
          fmt::format("enqueue {} of {} before one sync: {}", slot + 1, slots, describe(*fetched, report));
      CHIPFIT_ATTEMPT(late(slot, content(0, pair.in0), content(1, pair.in1), seen));
      return breach(Duty::p1, "enqueue", seen);
    }
    return {};
  }

  /// enqueue, upload over its input, enqueue, download: no sync between, and both results are asked for.
  Step copies_in_order() {
    const Bytes before = content(0, 0), &after = content(0, 1);
    for (int slot = 0; slot < 2; ++slot) CHIPFIT_ATTEMPT(prime(slot));
    const std::array entries{stage_.entry(0, 0, 0), stage_.entry(0, 0, 1)};
    const auto enqueue = [&](const judge::EnqueueEntry& entry) {
      return called(worker_.enqueue(kernel_, {&entry, 1}, settings_.deadline_s), "enqueue");
    };
    CHIPFIT_ATTEMPT(enqueue(entries[0]));
    CHIPFIT_ATTEMPT(put_input(0, 0, after));
    CHIPFIT_ATTEMPT(enqueue(entries[1]));
    const std::array<const Bytes*, 2> operand{&before, &after};
    std::array<bool, 2> right{};
    for (int slot = 0; slot < 2; ++slot) {
      const auto fetched = stage_.fetch(slot);
      CHIPFIT_ATTEMPT(called(fetched, "download"));
      const auto s = static_cast<std::size_t>(slot);
      right[s] = compare(fetched->output, *operand[s], content(1, 0)).finding == Finding::ok;
      if (!right[s] && slot == 0 && compare(fetched->output, after, content(1, 0)).finding == Finding::ok)
        return breach(Duty::p1, "upload", "an upload after an enqueue changed what the enqueue read");
    }
    CHIPFIT_ATTEMPT(run({}));  // a sync, before anything else looks
    content(0, 0) = after;
    if (!right[0] || !right[1])
      return breach(Duty::p1, "download", "a download without sync before it did not wait for the enqueue");
    return {};
  }

  /// An enqueue whose input is the output of the one before.
  Step products_in_order() {
    const auto* gemm = std::get_if<GemmProblem>(&problem_);
    if (gemm == nullptr || gemm->n != gemm->k || gemm->trans_a == Transpose::yes ||
        gemm->dtypes.a != gemm->dtypes.out || gemm->accumulate == Accumulate::add)
      return {};
    content(1, 1) = signed_permutations(*gemm, dice_.seed());
    CHIPFIT_ATTEMPT(put_input(1, 1, content(1, 1)));
    for (int slot = 0; slot < 2; ++slot) CHIPFIT_ATTEMPT(prime(slot));
    CHIPFIT_ATTEMPT(run(std::array{stage_.entry(0, 1, 0), stage_.chained(0, 1, 1)}));
    const auto product = stage_.fetch(0), power = stage_.fetch(1);
    CHIPFIT_ATTEMPT(called(product, "download"));
    CHIPFIT_ATTEMPT(called(power, "download"));
    const bool right = compare(product->output, {0, 1}).finding == Finding::ok &&
                       compare(power->output, product->output, content(1, 1)).finding == Finding::ok;
    if (!right) return breach(Duty::p1, "enqueue", "an enqueue did not see the result of the enqueue before it");
    return {};
  }

  // ---- P10, P12 --------------------------------------------------------------------------------------------------

  Step real_numbers() {
    CHIPFIT_ATTEMPT(load(Filling::uniform));
    std::array<Bytes, 2> outputs;
    for (int slot = 0; slot < 2; ++slot) {
      CHIPFIT_ATTEMPT(run(slot, {0, 0}));
      auto fetched = look(slot);
      if (!fetched) return tl::unexpected(fetched.error());
      const Report report = compare(fetched->output, {0, 0});
      if (report.finding == Finding::precision) return breach(Duty::p10, "enqueue", report.reason);
      if (report.finding != Finding::ok) {
        const std::string seen = describe(*fetched, report);
        CHIPFIT_ATTEMPT(late(slot, content(0, 0), content(1, 0), seen));
        return breach(slot == 0 ? Duty::abi : Duty::p12, "enqueue", seen);
      }
      outputs[static_cast<std::size_t>(slot)] = std::move(fetched->output);
    }
    walked_.repeatable = outputs[0] == outputs[1];
    return {};
  }

  judge::Session& session_;
  judge::Worker& worker_;
  const Problem& problem_;
  Dice dice_;
  const WalkSettings& settings_;
  Stage stage_;
  Data data_;
  judge::KernelId kernel_ = 0;
  bool prepared_ = false, only_fractions_ = false;
  Bytes first_;
  Walked walked_;
};

}  // namespace

Walked walk(judge::Session& session, const Problem& problem, oracle::Seed seed, const WalkSettings& settings) {
  return Walk(session, problem, seed, settings).run();
}

}  // namespace chipfit::conformance
