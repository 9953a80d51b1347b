#include "tests/bench/subject.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include "harness/telemetry/machine.hpp"
#include "tests/bench/fill_pools.hpp"

namespace chipfit::bench {
namespace {

template <class T>
T must(judge::CallResult<T> result) {
  if (!result) throw WorkerFailure(result.error().reason);
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

}  // namespace

Subject::Subject(const judge::WorkerConfig& config, const Problem& problem, oracle::Seed data, SecondOperand second)
    : session_(must(judge::Session::open(config, 0))), second_operand_(second) {
  const Operands sizes = operands(problem);
  const auto planned =
      judge::plan_memory(problem, {telemetry::available_memory_bytes(), 0, session_->device().view_alignment,
                                   telemetry::describe_machine().last_level_cache_bytes});
  if (!planned) throw WorkerFailure(planned.error().what);
  plan_ = *planned;
  const auto prepared = must(session_->worker().prepare(problem));
  kernel_ = prepared.kernel;
  algorithm_ = prepared.algorithm;
  judge::Arena& arena = session_->arena();
  must(arena.reserve(plan_, sizes, judge::Secrets(oracle::secret_seed())));
  fill_pools(sizes, plan_, {arena.pool(0), arena.pool(1)}, data);
  for (int i = 0; i < 2; ++i) must(arena.upload(i, plan_.pool[static_cast<std::size_t>(i)]));
  for (int slot = 0; slot < plan_.ring; ++slot) must(arena.poison(slot));
}

double Subject::round(int count) {
  judge::Arena& arena = session_->arena();
  std::vector<judge::EnqueueEntry> entries;
  for (int i = 0; i < count; ++i) {
    judge::DrawnView view = arena.draw(plan_.pool);
    if (second_operand_ == SecondOperand::fixed) view.offset[1] = 0;
    entries.push_back(arena.entry(view, i % plan_.ring));
  }
  const auto times = must(session_->worker().run(kernel_, entries, 600));
  return (times.synced_s - times.revealed_s) / count;
}

judge::WorkerConfig worker_config(const std::string& worker_binary, const std::string& library, int threads,
                                  const std::string& options) {
  judge::WorkerConfig config;
  config.library = library;
  config.worker_binary = worker_binary;
  config.options = fmt::format("threads={}{}{}", threads, options.empty() ? "" : " ", options);
  config.log_file = "/dev/null";
  return config;
}

std::string disturbing_variable() {
  for (char** entry = environ; *entry != nullptr; ++entry)
    for (const std::string_view prefix : {"OPENBLAS_", "OMP_", "GOMP_", "GOTO_", "ONEDNN_", "DNNL_", "BLIS_"})
      if (std::string_view(*entry).starts_with(prefix)) return *entry;
  return {};
}

}  // namespace chipfit::bench
