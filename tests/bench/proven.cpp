// What proving costs an honest plugin: time of a problem in an accumulated batch, from reveal to receipt of the one
// output, against the same problem in a throughput round.
//   bench_proven PLUGIN.so WORKER PAIRS CASE…
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <span>

#include "harness/judge/proven.hpp"
#include "harness/judge/settings.hpp"
#include "harness/telemetry/machine.hpp"
#include "kernels/problem/case_id.hpp"
#include "tests/bench/fill_pools.hpp"
#include "tests/bench/paired.hpp"
#include "tests/bench/subject.hpp"
#include "tests/bench/table.hpp"

namespace {

using namespace chipfit;
using namespace chipfit::bench;

template <class Expected>
auto must(Expected result) {
  if (!result) throw WorkerFailure(result.error().reason);
  return std::move(*result);
}

/// A problem with both kernels in one worker.
class Prover {
 public:
  Prover(const judge::WorkerConfig& config, const Problem& problem)
      : session_(must(judge::Session::open(config, 0))),
        problem_(problem),
        sizes_(operands(problem)),
        checks_(session_->arena(), problem_, telemetry::describe_machine().cores) {
    const auto planned =
        judge::plan_memory(problem, {telemetry::available_memory_bytes(), 0, session_->device().view_alignment,
                                     telemetry::describe_machine().last_level_cache_bytes});
    if (!planned) throw WorkerFailure(planned.error().what);
    plan_ = *planned;
    judge::Arena& arena = session_->arena();
    kernel_ = must(session_->worker().prepare(problem)).kernel;
    if (!arena.reserve(plan_, sizes_, judge::Secrets(oracle::secret_seed()))) throw WorkerFailure("no memory");
    fill_pools(sizes_, plan_, {arena.pool(0), arena.pool(1)}, oracle::secret_seed());
    for (int i = 0; i < 2; ++i)
      if (!arena.upload(i, plan_.pool[static_cast<std::size_t>(i)])) throw WorkerFailure("upload failed");
    problem_s_ = throughput(1);
    problem_s_ = throughput(4);
    const auto adding = must(judge::prepare_accumulation(proven_case()));
    if (!adding) throw WorkerFailure("the plugin cannot accumulate");
    adding_ = *adding;
  }

  double throughput(int count) {
    judge::Arena& arena = session_->arena();
    std::vector<judge::EnqueueEntry> entries;
    for (int i = 0; i < count; ++i) entries.push_back(arena.entry(arena.draw(plan_.pool), i % plan_.ring));
    return must(session_->worker().run(kernel_, entries, 600)).seconds() / count;
  }
  double proven() { return must(judge::prove_by_accumulation(proven_case(), adding_)).receipt_s; }
  double problem_s() const { return problem_s_; }

 private:
  judge::ProvenCase proven_case() {
    return {problem_,
            sizes_,
            plan_,
            problem_s_,
            judge::MeasureSettings::standard().proven_s,
            session_->worker(),
            session_->arena(),
            checks_,
            kernel_,
            [this](judge::KernelId kernel,
                   std::span<const judge::EnqueueEntry> entries) -> tl::expected<judge::BatchTimes, judge::Ending> {
              auto times = session_->worker().run(kernel, entries, 600);
              if (!times) return judge::end(times.error(), "run");
              return *times;
            }};
  }

  std::unique_ptr<judge::Session> session_;
  Problem problem_;
  Operands sizes_;
  judge::OutputChecks checks_;
  judge::MemoryPlan plan_;
  judge::KernelId kernel_ = 0, adding_ = 0;
  double problem_s_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc < 5) {
    fmt::print(stderr, "usage: bench_proven PLUGIN.so WORKER PAIRS CASE…\n");
    return 2;
  }
  const Pairs pairs{.most = std::atoi(argv[3]), .fewest = 8, .budget_s = 20};
  const Aim aim{.high = 1.02};
  print_heading(
      fmt::format("Proven against throughput, {}: time ratio", std::filesystem::path(argv[1]).stem().string()), aim);
  pin_to_last_cpus(1);
  bool all = true;
  for (const char* id : std::span(argv + 4, static_cast<std::size_t>(argc - 4))) {
    const auto problem = parse_case_id(id);
    if (!problem) {
      fmt::print(stderr, "{}: {}\n", id, problem.error().what);
      return 2;
    }
    try {
      Prover prover(worker_config(argv[2], argv[1], 1), *problem);
      const int count = static_cast<int>(std::clamp(0.1 / prover.problem_s(), 1.0, 256.0));
      double best_s = 1e9;
      const auto ratios = paired_ratios(
          pairs, [&] { return prover.proven(); },
          [&] {
            const double s = prover.throughput(count);
            best_s = std::min(best_s, s);
            return s;
          });
      all = print_line({id, 1, static_cast<double>(flop(*problem)) / best_s, ""}, ratios, aim) && all;
    } catch (const WorkerFailure& failure) {
      print_note(id, failure.what());
      all = false;
    }
  }
  return all ? 0 : 1;
}
