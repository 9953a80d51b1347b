#include "harness/telemetry/sampler.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace chipfit::telemetry {

Sampler::Sampler(ReadSample read, std::function<double()> now_s, double period_s)
    : read_(std::move(read)), now_s_(std::move(now_s)), period_s_(period_s), thread_([this] { run(); }) {}

Sampler::~Sampler() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

std::vector<Sample> Sampler::take() {
  const std::lock_guard lock(mutex_);
  return std::exchange(samples_, {});
}

void Sampler::run() {
  using Clock = std::chrono::steady_clock;
  const auto period = std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(period_s_));
  auto next = Clock::now();
  for (;;) {
    const double before_s = now_s_();
    std::optional<Sample> sample = read_();
    if (!sample) return;
    sample->t_s = 0.5 * (before_s + now_s_());
    // A reading that took longer than the period is not made up for: the next comes a period later.
    next = std::max(next + period, Clock::now());
    std::unique_lock lock(mutex_);
    samples_.push_back(*sample);
    if (wake_.wait_until(lock, next, [this] { return stop_; })) return;
  }
}

}  // namespace chipfit::telemetry
