#include "harness/conformance/check.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <set>

#include "harness/conformance/kinds.hpp"
#include "harness/conformance/walk.hpp"
#include "harness/judge/attempt.hpp"
#include "harness/judge/measure.hpp"
#include "harness/telemetry/machine.hpp"
#include "harness/wire/text.hpp"
#include "kernels/problem/case_id.hpp"

namespace chipfit::conformance {
namespace {

namespace fs = std::filesystem;
using judge::CallFailure;

constexpr int findings_of_a_duty = 3;
constexpr int deaths_allowed = 3;
constexpr int refusals_of_a_kind = 2;  // a plain problem and a fuzzed one
// More than any machine has: the answer is OUT_OF_MEMORY, or an address range that nothing stands behind.
constexpr std::uint64_t absurd_bytes = std::uint64_t{1} << 50;

class ScratchFolder {
 public:
  Result<void> make() {
    std::error_code failed;
    std::string pattern = (fs::temp_directory_path(failed) / "chipfit-check-XXXXXX").string();
    if (mkdtemp(pattern.data()) == nullptr)
      return fail(Error::Kind::io, "cannot make a scratch folder for the worker", pattern,
                  "TMPDIR chooses another place");
    path_ = pattern;
    return {};
  }
  ~ScratchFolder() {
    std::error_code ignored;
    if (!path_.empty()) fs::remove_all(path_, ignored);
  }
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

std::string text_of(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

/// Which problems a kind is still asked, and what it has answered.
struct KindState {
  Kind kind;
  int refusals = 0;
  bool is_supported = false, is_done = false;
  std::string refusal;
};

class Checker {
 public:
  Checker(const Subject& subject, const CheckSettings& settings, const CheckProgress& progress)
      : subject_(subject), settings_(settings), progress_(progress), dice_({settings.seed, 0}) {
    report_.seed = settings.seed;
  }

  Result<CheckReport> run() {
    CHIPFIT_ATTEMPT(scratch_.make());
    const double begin = judge::now_s();
    CHIPFIT_ATTEMPT(open());
    if (session_) {
      meet();
      if (settings_.only.empty()) {
        CHIPFIT_ATTEMPT(all(begin + settings_.seconds));
      } else {
        for (const Problem& problem : settings_.only) CHIPFIT_ATTEMPT(single(problem));
      }
    }
    for (const auto& entry : settings_.lists.entries)
      if (tried_.contains(entry.where) && !failed_.contains(entry.where)) report_.passing_now.push_back(entry);
    report_.seconds = judge::now_s() - begin;
    return std::move(report_);
  }

 private:
  fs::path log_file() const { return scratch_.path() / "worker.log"; }

  judge::WorkerConfig config(wire::Lending lending) const {
    judge::WorkerConfig config;
    config.worker_binary = subject_.worker_binary;
    config.library = subject_.backend.library;
    config.options = subject_.options;
    config.environment_names = subject_.backend.environment;
    config.log_file = log_file();
    config.scratch_dir = scratch_.path();
    config.lending = lending;
    config.deadlines.prepare_s = std::max(settings_.deadline_s, 1.0);
    config.deadlines.transfer_s = config.deadlines.call_s = settings_.deadline_s;
    return config;
  }

  /// A session, or a finding, or the reason why there can be neither.
  Result<void> open() {
    session_.reset();
    auto opened = judge::Session::open(config(wire::Lending::take_back), subject_.device_index);
    if (opened) {
      session_ = std::move(*opened);
      report_.plugin = session_->plugin();
      report_.device_name = wire::field_text(session_->device().name);
      return {};
    }
    const CallFailure& failure = opened.error();
    if (failure.kind == CallFailure::Kind::broken) return trouble(failure.reason);
    if (failure.kind == CallFailure::Kind::refused && failure.status == CHIPFIT_UNAVAILABLE)
      return fail(Error::Kind::unavailable, failure.reason, subject_.backend.library.string(),
                  subject_.backend.install_hint);
    const Breach breach = breach_of(failure, "open");
    add(explained({breach.duty, breach.call, "", failure.reason}, failure.kind == CallFailure::Kind::died), nullptr);
    report_.given_up = "the plugin cannot be opened: " + failure.reason;
    return {};
  }

  tl::unexpected<Error> trouble(const std::string& reason) const {
    return fail(Error::Kind::internal, "the check itself ran into trouble: " + reason,
                subject_.backend.library.string());
  }

  /// What can be seen before a problem is asked.
  void meet() {
    if (report_.plugin.name != subject_.backend.name)
      add({Duty::abi, "query", "",
           fmt::format("the plugin's table says '{}' and its manifest '{}'", report_.plugin.name,
                       subject_.backend.name)},
          nullptr);
    // The sanitizer's operator new ends the process where the ordinary one throws.
    if (subject_.worker == Subject::Worker::address_sanitizer) return;
    const auto absurd = session_->worker().alloc(absurd_bytes);
    if (absurd) {
      (void)session_->worker().free(*absurd);
      return;
    }
    const CallFailure& failure = absurd.error();
    if (failure.kind == CallFailure::Kind::died)
      add(explained({breach_of(failure, "alloc").duty, "alloc", "",
                     fmt::format("an allocation of 2^50 bytes was answered by {}", failure.reason)},
                    true),
          nullptr);
    else if (failure.status != CHIPFIT_OUT_OF_MEMORY)
      add({Duty::abi, "alloc", "",
           "an allocation of 2^50 bytes was refused, and not with OUT_OF_MEMORY: " + failure.reason},
          nullptr);
    if (failure.kind != CallFailure::Kind::refused) session_.reset();
  }

  /// What a sanitizer says of a death counts for more than the signal that ended it.
  Finding explained(Finding finding, bool died) const {
    if (!died) return finding;
    if (auto sanitizer = find_sanitizer_report(text_of(log_file()))) {
      finding.duty = sanitizer->duty;
      finding.what += ": " + sanitizer->summary;
    }
    return finding;
  }

  bool is_full(Duty duty) const {
    return std::count_if(report_.findings.begin(), report_.findings.end(),
                         [&](const Finding& finding) { return finding.duty == duty; }) >= findings_of_a_duty;
  }

  void add(Finding finding, const Lists::Entry* announced) {
    if (announced != nullptr) {
      if (failed_.insert(announced->where).second) report_.expected.push_back({std::move(finding), *announced});
    } else if (!is_full(finding.duty)) {
      report_.findings.push_back(std::move(finding));
    }
  }

  // ---- problems --------------------------------------------------------------------------------------------------

  Result<void> all(double end_s) {
    std::vector<KindState> kinds;
    for (Kind& kind : all_kinds()) kinds.push_back({std::move(kind), 0, false, false, {}});
    for (std::size_t i = kinds.size(); i > 1; --i)
      std::swap(kinds[i - 1], kinds[static_cast<std::size_t>(dice_.between(0, static_cast<std::int64_t>(i) - 1))]);
    for (int round = 0; has_more(kinds, round, end_s); ++round) {
      for (KindState& state : kinds) {
        if (state.is_done || !report_.given_up.empty()) continue;
        if (round > 0 && judge::now_s() > end_s) break;
        const Problem problem = round == 0 ? plain_problem(state.kind) : fuzzed_problem(state.kind, dice_);
        CHIPFIT_ATTEMPT(try_problem(problem, state));
      }
    }
    for (const KindState& state : kinds) {
      if (state.is_supported) report_.supported.push_back(name(state.kind));
      if (!state.is_supported && state.refusals > 0) report_.unsupported.emplace_back(name(state.kind), state.refusal);
    }
    std::sort(report_.supported.begin(), report_.supported.end());
    std::sort(report_.unsupported.begin(), report_.unsupported.end());
    if (report_.supported.empty() && report_.findings.empty() && report_.given_up.empty())
      add({Duty::abi, "prepare", "", "no kind of problem is supported: there is nothing to check"}, nullptr);
    return rehearse(kinds);
  }

  bool has_more(const std::vector<KindState>& kinds, int round, double end_s) const {
    if (round == 0) return true;
    return report_.given_up.empty() && judge::now_s() < end_s &&
           std::any_of(kinds.begin(), kinds.end(), [](const KindState& state) { return !state.is_done; });
  }

  Result<void> try_problem(const Problem& problem, KindState& state) {
    auto walked = walk_here(problem);
    if (!walked) return pass_on(walked.error());
    if (walked->answer == Walked::Answer::unsupported && !walked->finding) {
      state.refusal = walked->refusal;
      if (++state.refusals >= refusals_of_a_kind && !state.is_supported) state.is_done = true;
    } else if (!walked->finding || walked->finding->call != "prepare") {
      state.is_supported = true;
    }
    // A kind that is broken is not asked again, unless the list says so: then other shapes may show other faults.
    if (walked->finding && expected(settings_.lists, *walked->finding) == nullptr) state.is_done = true;
    return {};
  }

  Result<void> single(const Problem& problem) {
    const auto walked = walk_here(problem);
    if (!walked) return pass_on(walked.error());
    if (walked->answer == Walked::Answer::unsupported)
      report_.unsupported.emplace_back(case_id(problem), walked->refusal);
    if (walked->answer == Walked::Answer::unsupported || walked->finding) return {};
    report_.supported.push_back(case_id(problem));
    return measure(problem);
  }

  static Walked given_up() {
    Walked walked;
    walked.answer = Walked::Answer::unsupported;
    return walked;
  }

  Result<Walked> walk_here(const Problem& problem) {
    const std::string id = case_id(problem);
    progress_(id);
    if (!session_) {
      CHIPFIT_ATTEMPT(open());
      if (!session_) return given_up();
    }
    for (const auto& entry : settings_.lists.entries)
      if (entry.kind == Lists::Kind::expected && matches(entry.cases, id)) tried_.insert(entry.where);
    WalkSettings settings{settings_.deadline_s, settings_.threads, AfterUpload::overwrite};
    Walked walked = walk(*session_, problem, seed_of_case(settings_.seed, problem), settings);
    if (!walked.trouble.empty()) return trouble(walked.trouble);
    if (walked.answer == Walked::Answer::unsupported && !walked.finding) {
      ++report_.refused;
    } else {
      ++report_.problems;
      if (!walked.finding) ++report_.complete;
      if (const auto* entry = never(settings_.lists, id)) report_.not_never.push_back({id, *entry});
    }
    if (walked.worker_dead) session_.reset();
    deaths_in_a_row_ = walked.worker_dead ? deaths_in_a_row_ + 1 : 0;
    if (deaths_in_a_row_ >= deaths_allowed)
      report_.given_up = fmt::format("{} workers died in a row", deaths_in_a_row_);
    report_.repeatable = report_.repeatable && walked.repeatable;
    if (walked.finding) {
      const bool is_new = !is_full(walked.finding->duty);
      walked.finding = explained(std::move(*walked.finding), walked.worker_dead);
      if (is_new && is_kept_pointer(problem, *walked.finding)) {
        walked.finding->duty = Duty::p5;
        walked.finding->what += "; all is well where what was passed in stays as it was after the call";
      }
      add(*walked.finding, expected(settings_.lists, *walked.finding));
    }
    return walked;
  }

  /// Whether the same walk fails again in a new worker, and succeeds in one that leaves alone what the plugin was lent.
  bool is_kept_pointer(const Problem& problem, const Finding& finding) const {
    static constexpr std::array others{Duty::p5, Duty::p7, Duty::p10, Duty::host};
    if (std::find(others.begin(), others.end(), finding.duty) != others.end()) return false;
    return !succeeds(problem, wire::Lending::take_back, AfterUpload::overwrite) &&
           succeeds(problem, wire::Lending::leave, AfterUpload::leave);
  }

  bool succeeds(const Problem& problem, wire::Lending lending, AfterUpload after) const {
    auto session = judge::Session::open(config(lending), subject_.device_index);
    if (!session) return false;
    const WalkSettings settings{settings_.deadline_s, settings_.threads, after};
    const Walked walked = walk(**session, problem, seed_of_case(settings_.seed, problem), settings);
    return walked.answer == Walked::Answer::checked && !walked.finding && walked.trouble.empty();
  }

  // ---- the judge's own protocol ----------------------------------------------------------------------------------

  /// One problem of each operation as a run would measure it: false clocks, work behind the timing, cheats that know
  /// small problems from large ones.
  Result<void> rehearse(const std::vector<KindState>& kinds) {
    if (!report_.given_up.empty()) return {};
    std::set<std::string_view> rehearsed;
    for (const bool in_f32 : {true, false})
      for (const KindState& state : kinds) {
        const Problem& like = state.kind.like;
        const bool is_plain = accumulate(like) == Accumulate::overwrite && math(like) == Math::strict;
        if (!state.is_supported || state.is_done || !is_plain || (dtypes(like).out == Dtype::f32) != in_f32) continue;
        if (!rehearsed.insert(op_name(like)).second) continue;
        CHIPFIT_ATTEMPT(measure(larger_problem(state.kind)));
      }
    return {};
  }

  static Problem larger_problem(const Kind& kind) {
    if (auto gemm = std::get_if<GemmProblem>(&kind.like)) {
      GemmProblem problem = *gemm;
      problem.m = 192, problem.n = 160, problem.k = 256;
      return problem;
    }
    ConvProblem problem = std::get<ConvProblem>(kind.like);
    problem.n = 4, problem.c = 32, problem.h = problem.w = 14, problem.k = 48, problem.r = problem.s = 3;
    problem.pad_h = problem.pad_w = 1;
    return problem;
  }

  Result<void> measure(const Problem& problem) {
    const std::string id = case_id(problem);
    progress_(id + " as a run measures it");
    if (!session_) CHIPFIT_ATTEMPT(open());
    if (!session_) return {};
    const chipfit_device_info& device = session_->device();
    const bool own_memory = device.kind == CHIPFIT_GPU || device.kind == CHIPFIT_ACCELERATOR;
    judge::CaseContext context;
    context.settings = judge::MeasureSettings::quick_look();
    context.deadlines.call_s = settings_.deadline_s;
    context.limits = {.host_available = telemetry::available_memory_bytes(),
                      .device_available = own_memory ? device.memory_bytes : 0,
                      .view_alignment = device.view_alignment,
                      .last_level_cache = 0};
    context.oracle_threads = settings_.threads;
    context.seed = seed_of_case(settings_.seed, problem);
    const judge::Outcome outcome = judge::measure(*session_, problem, context);
    if (outcome.session_dead) session_.reset();
    ++report_.problems;
    if (info(outcome.verdict).acceptable) return {};
    const Breach breach = breach_of(outcome.verdict, outcome.reason);
    const Finding finding =
        explained({breach.duty, breach.call, id, fmt::format("{}: {}", info(outcome.verdict).name, outcome.reason)},
                  outcome.session_dead);
    add(finding, expected(settings_.lists, finding));
    return {};
  }

  const Subject& subject_;
  const CheckSettings& settings_;
  const CheckProgress& progress_;
  Dice dice_;
  ScratchFolder scratch_;
  std::unique_ptr<judge::Session> session_;
  CheckReport report_;
  std::set<std::string> tried_, failed_;  // entries of the list, by where they stand
  int deaths_in_a_row_ = 0;
};

}  // namespace

Result<CheckReport> check(const Subject& subject, const CheckSettings& settings, const CheckProgress& progress) {
  std::error_code ignored;
  if (!fs::exists(subject.worker_binary, ignored))
    return fail(Error::Kind::unavailable, "the worker program is missing", subject.worker_binary.string(),
                "it is installed beside chipfit; build or install again");
  return Checker(subject, settings, progress).run();
}

}  // namespace chipfit::conformance
