#include "harness/judge/isolation_trial.hpp"

#include <fmt/format.h>

#include <cstring>

#include "harness/judge/attempt.hpp"
#include "harness/judge/worker.hpp"
#include "harness/sandbox/scratch_folder.hpp"

namespace chipfit::judge {
namespace {

constexpr std::int64_t extent = 32;
constexpr std::uint64_t elements = extent * extent, bytes = elements * sizeof(float);

/// Whole numbers, so that the product is exact in any order of summation.
float operand(std::uint64_t index) {
  return static_cast<float>(index % 7) - 3;
}

bool is_right(const float* c) {
  for (std::int64_t i = 0; i < extent; ++i)
    for (std::int64_t j = 0; j < extent; ++j) {
      float sum = 0;
      for (std::int64_t k = 0; k < extent; ++k)
        sum += operand(static_cast<std::uint64_t>(i * extent + k)) *
               operand(elements + static_cast<std::uint64_t>(k * extent + j));
      if (!(c[i * extent + j] == sum)) return false;
    }
  return true;
}

CallFailure own_failure(const Error& error) {
  return {.kind = CallFailure::Kind::broken, .reason = error.what};
}

CallResult<void> multiply(Worker& worker) {
  auto input = wire::SealedMemory::create(2 * bytes, "chipfit-trial-in");
  if (!input) return tl::unexpected(own_failure(input.error()));
  auto output = wire::SharedMemory::create(bytes, "chipfit-trial-out");
  if (!output) return tl::unexpected(own_failure(output.error()));
  auto* values = reinterpret_cast<float*>(input->data());
  for (std::uint64_t i = 0; i < 2 * elements; ++i) values[i] = operand(i);

  CHIPFIT_ATTEMPT(worker.open(0));
  CHIPFIT_ATTEMPT(worker.map_input(*input));
  CHIPFIT_ATTEMPT(worker.map_output(*output));
  BufferId buffers[3];
  for (BufferId& buffer : buffers) {
    const auto made = worker.alloc(bytes);
    if (!made) return tl::unexpected(made.error());
    buffer = *made;
  }
  CHIPFIT_ATTEMPT(worker.upload(buffers[0], 0, 0, bytes));
  CHIPFIT_ATTEMPT(worker.upload(buffers[1], 0, bytes, bytes));
  GemmProblem product;
  product.m = product.n = product.k = extent;
  const auto prepared = worker.prepare(product);
  if (!prepared) return tl::unexpected(prepared.error());
  const EnqueueEntry entry{.in0 = buffers[0], .in1 = buffers[1], .out = buffers[2]};
  const auto ran = worker.run(prepared->kernel, {&entry, 1}, 10);
  if (!ran) return tl::unexpected(ran.error());
  CHIPFIT_ATTEMPT(worker.download(buffers[2], 0, 0, bytes));
  if (!is_right(reinterpret_cast<const float*>(output->data())))
    return tl::unexpected(own_failure({Error::Kind::internal, "the product is wrong", {}, {}}));
  return {};
}

}  // namespace

LevelTrial try_level(sandbox::Isolation level, const TrialPrograms& programs) {
  const auto scratch = sandbox::ScratchFolder::make();
  if (!scratch) return {level, scratch.error().what};
  WorkerConfig config;
  config.worker_binary = programs.worker;
  config.library = programs.plugin;
  config.options = "threads=1";
  config.scratch_dir = scratch->path();
  config.isolation = level;
  config.deadlines = {.load_s = 20, .open_s = 10, .prepare_s = 10, .transfer_s = 10, .call_s = 10, .exit_s = 10};
  const auto worker = Worker::start(config);
  if (!worker) return {level, worker.error().reason};
  if (const auto product = multiply(**worker); !product) return {level, product.error().reason};
  return {level, {}};
}

std::vector<LevelTrial> strongest_level(const TrialPrograms& programs) {
  std::vector<LevelTrial> trials;
  for (const sandbox::Isolation level : sandbox::levels_from_the_top()) {
    trials.push_back(try_level(level, programs));
    if (trials.back().works()) break;
  }
  return trials;
}

}  // namespace chipfit::judge
