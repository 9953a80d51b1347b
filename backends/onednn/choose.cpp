#include "backends/onednn/choose.hpp"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <limits>

namespace onednn {
namespace {

using chipfit::plugin::HostBuffer;

constexpr std::uint64_t most_trial_bytes = std::uint64_t{512} << 20;
constexpr double trial_s = 0.1;        // for all candidates, but every one runs twice …
constexpr double longest_trial_s = 2;  // … unless that takes so long: no run is started later
constexpr int most_rounds = 20;

/// Null where oneDNN lacks a reorder that it needs.
std::shared_ptr<Program> build(const Candidate& candidate, const Offer& offer, bool accumulate, Weights weights,
                               unsigned threads) {
  try {
    return std::make_shared<Program>(candidate, offer.user, accumulate, weights, threads);
  } catch (const dnnl::error& error) {
    if (error.status == dnnl_out_of_memory) throw std::bad_alloc();
    if (error.status != dnnl_unimplemented && error.status != dnnl_invalid_arguments) throw;
    return nullptr;
  }
}

/// The program with the shortest run. They take turns, so that whatever else the machine does meets all of them.
std::size_t fastest(const std::vector<std::shared_ptr<Program>>& programs, const Operands& operands) {
  using Clock = std::chrono::steady_clock;
  std::vector<HostBuffer> data;
  for (const dnnl::memory::desc& operand : operands) {
    data.emplace_back(operand.get_size());
    // Small positive numbers in every type: 0.0115 in f32 and bf16, 60 in bytes.
    std::memset(data.back().data(), 0x3c, operand.get_size());
  }
  std::vector<double> shortest_s(programs.size(), std::numeric_limits<double>::infinity());
  double spent_s = 0;
  for (int round = 0; round < most_rounds && spent_s < (round < 2 ? longest_trial_s : trial_s); ++round)
    for (std::size_t i = 0; i < programs.size(); ++i) {
      // What has not run by now stays unseen: infinitely slow.
      if (spent_s > longest_trial_s) break;
      const auto begin = Clock::now();
      programs[i]->run(data[0].data(), data[1].data(), data[2].data());
      const double time_s = std::chrono::duration<double>(Clock::now() - begin).count();
      shortest_s[i] = std::min(shortest_s[i], time_s);
      spent_s += time_s;
    }
  std::size_t best = 0;
  // The earlier of two that are equally fast, so that the choice is the same in every launch.
  for (std::size_t i = 1; i < programs.size(); ++i)
    if (shortest_s[i] < 0.97 * shortest_s[best]) best = i;
  return best;
}

}  // namespace

std::shared_ptr<Program> choose(const Offer& offer, bool accumulate, Weights weights, unsigned threads) {
  std::uint64_t bytes = 0;
  for (const dnnl::memory::desc& operand : offer.user) bytes += operand.get_size();
  std::vector<std::shared_ptr<Program>> programs;
  for (const Candidate& candidate : offer.candidates) {
    if (!programs.empty() && bytes > most_trial_bytes) break;
    if (auto program = build(candidate, offer, accumulate, weights, threads)) programs.push_back(std::move(program));
  }
  // Asked for packed weights, a kernel that takes them plainly is no answer where there is another.
  if (weights == Weights::prepacked &&
      std::ranges::any_of(programs, [](const auto& program) { return program->keeps_weights(); }))
    std::erase_if(programs, [](const auto& program) { return !program->keeps_weights(); });
  if (programs.empty()) return nullptr;
  const std::shared_ptr<Program> best = programs[programs.size() == 1 ? 0 : fastest(programs, offer.user)];
  // Memory of the trial is free now: the harness may get the same addresses.
  best->forget_weights();
  return best;
}

}  // namespace onednn
