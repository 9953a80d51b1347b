#include "backends/common/cuda/trial.hpp"

#include <chipfit/chipfit_plugin.hpp>
#include <chrono>
#include <cmath>
#include <limits>

#include "backends/common/cuda/random_data.hpp"

namespace cuda {
namespace {

using chipfit::plugin::Failure;

constexpr int kMostRounds = 10;
constexpr double kRound_s = 200e-6;  ///< short kernels are timed in runs of this length
constexpr int kMostRepeats = 64;
constexpr double kTie = 0.97;

constexpr double kNever = std::numeric_limits<double>::infinity();

/// Seconds of one execution of candidate `i`, the mean of `repeats`; kNever where it fails. Failure where the device
/// itself is lost, which its stream then says too.
double time_of(const TrialBench& bench, const TrialData& data, const RunCandidate& run, std::size_t i, int repeats) {
  try {
    Event begin(bench.driver), end(bench.driver);
    begin.record(bench.stream);
    for (int n = 0; n < repeats; ++n) run(i, data);
    end.record(bench.stream);
    return end.seconds_since(begin) / repeats;
  } catch (const Failure&) {
    bench.stream.synchronize();
    return kNever;
  }
}

}  // namespace

std::optional<std::size_t> shortest(const std::vector<double>& times_s) {
  std::optional<std::size_t> best;
  for (std::size_t i = 0; i < times_s.size(); ++i)
    if (std::isfinite(times_s[i]) && (!best || times_s[i] < kTie * times_s[*best])) best = i;
  return best;
}

std::array<std::uint64_t, 3> elements_of(const chipfit_problem& p) {
  const auto u = [](std::int64_t n) { return static_cast<std::uint64_t>(n); };
  if (p.op == CHIPFIT_GEMM) {
    const chipfit_gemm_shape& s = p.shape.gemm;
    return {u(s.batch) * u(s.m) * u(s.k), u(s.batch) * u(s.k) * u(s.n), u(s.batch) * u(s.m) * u(s.n)};
  }
  const chipfit_conv_shape& s = p.shape.conv;
  const std::uint64_t x = u(s.n) * u(s.c) * u(s.h) * u(s.w), w = u(s.k) * u(s.c / s.groups) * u(s.r) * u(s.s),
                      y = u(s.n) * u(s.k) * u(s.p) * u(s.q);
  if (p.op == CHIPFIT_CONV_FWD) return {x, w, y};
  if (p.op == CHIPFIT_CONV_BWD_DATA) return {y, w, x};
  return {x, y, w};
}

std::optional<TrialData> trial_data(const TrialBench& bench, const chipfit_problem& p) {
  const auto elements = elements_of(p);
  try {
    const auto make = [&](std::uint32_t dtype, std::size_t operand) {
      return random_memory(bench.driver, bench.stream, dtype, elements[operand]);
    };
    return TrialData{{make(p.dtype_a, 0), make(p.dtype_b, 1), make(p.dtype_out, 2)}};
  } catch (const Failure& failure) {
    if (failure.status() == CHIPFIT_OUT_OF_MEMORY) return std::nullopt;
    throw;
  }
}

std::optional<std::size_t> fastest(const TrialBench& bench, const TrialData& data, std::size_t count,
                                   const RunCandidate& run) {
  using Clock = std::chrono::steady_clock;
  const auto begin = Clock::now();
  const auto time_is_up = [&] { return std::chrono::duration<double>(Clock::now() - begin).count() > bench.trial_s; };
  std::vector<double> times_s(count, kNever);
  std::vector<int> repeats(count, 1);
  // The first execution loads code and allocates; it is not counted.
  for (std::size_t i = 0; i < count && (i == 0 || !time_is_up()); ++i) {
    if (!std::isfinite(time_of(bench, data, run, i, 1))) continue;
    times_s[i] = time_of(bench, data, run, i, 1);
    repeats[i] = static_cast<int>(std::fmin(std::ceil(kRound_s / std::fmax(times_s[i], 1e-6)), kMostRepeats));
  }
  // They take turns, so that a change of clocks meets all of them.
  for (int round = 0; round < kMostRounds && !time_is_up(); ++round)
    for (std::size_t i = 0; i < count; ++i)
      if (std::isfinite(times_s[i])) times_s[i] = std::fmin(times_s[i], time_of(bench, data, run, i, repeats[i]));
  return shortest(times_s);
}

}  // namespace cuda
