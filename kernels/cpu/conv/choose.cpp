#include "kernels/cpu/conv/choose.hpp"

#include <algorithm>
#include <ctime>
#include <limits>
#include <random>

#include "kernels/cpu/conv/scratch.hpp"
#include "kernels/problem/convert.hpp"
#include "kernels/problem/problem.hpp"

namespace chipfit::cpu {
namespace {

constexpr double trial_s = 0.25;
constexpr int least_rounds = 2, most_rounds = 20;
constexpr std::int64_t most_trial_flop = 32'000'000'000, most_trial_bytes = 256 << 20;

/// Time of this thread on its processor, which takes part in all work and waits spinning: what else the machine does
/// counts less than on a clock.
double thread_s() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

HugeMemory random_operand(const Operand& operand, std::uint64_t seed) {
  HugeMemory data = scratch(operand.bytes());
  constexpr std::int64_t period = 4099;  // computing them all would take longer than the trial
  std::mt19937_64 random(seed);
  std::uniform_real_distribution<double> uniform(-1, 1);
  const double scale = info(operand.dtype).is_integer ? 100 : 1;
  const std::int64_t made = std::min(period, operand.elements), bytes = info(operand.dtype).bytes;
  for (std::int64_t i = 0; i < made; ++i) store(operand.dtype, data.data(), i, scale * uniform(random));
  for (std::int64_t i = made; i < operand.elements; i += made)
    std::copy_n(data.data(), std::min(made, operand.elements - i) * bytes, data.data() + i * bytes);
  return data;
}

}  // namespace

ConvProblem trial_problem(const ConvProblem& problem) {
  const auto small = [](const ConvProblem& p) {
    return flop(p) <= most_trial_flop && traffic_bytes(p) <= most_trial_bytes;
  };
  ConvProblem trial = problem;
  while (trial.n > 1 && !small(trial)) trial.n = (trial.n + 1) / 2;
  return trial;
}

std::size_t fastest(const std::vector<ConvCandidate>& candidates, const ConvProblem& problem) {
  const Operands shapes = operands(problem);
  HugeMemory in0 = random_operand(shapes.in[0], 1), in1 = random_operand(shapes.in[1], 2),
             out = random_operand(shapes.out, 3);
  std::vector<ConvProgram> programs;
  for (const ConvCandidate& candidate : candidates) programs.push_back(candidate.make());
  std::vector<double> shortest_s(programs.size(), std::numeric_limits<double>::infinity());
  double spent_s = 0;
  for (int round = 0; round < most_rounds && (round < least_rounds || spent_s < trial_s); ++round)
    for (std::size_t i = 0; i < programs.size(); ++i) {
      const double begin = thread_s();
      programs[i].run(in0.data(), in1.data(), out.data());
      const double time_s = thread_s() - begin;
      shortest_s[i] = std::min(shortest_s[i], time_s);
      spent_s += time_s;
    }
  std::size_t best = 0;
  for (std::size_t i = 1; i < programs.size(); ++i)
    if (shortest_s[i] < 0.97 * shortest_s[best]) best = i;
  return best;
}

}  // namespace chipfit::cpu
